import { type Option, optionName } from "./option.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Reads the file that an option names.
 *
 * @param content What must be in it, as PEM says it: `CERTIFICATE`, `PRIVATE KEY`.
 * @throws {UsageError} When it cannot be read, or holds something else.
 */
export async function readPemFile(option: Option, path: string, content: string): Promise<string> {
  const name = optionName(option);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`Cannot use option '${name}' as '${path}' cannot be read: ${reason}`, {
      cause,
    });
  }
  if (new RegExp(`^-----BEGIN (\\w+ )?${content}-----`, "m").test(text)) return text;
  throw new UsageError(
    `Cannot use option '${name}' as its file must hold '-----BEGIN ${content}-----': ` +
      `current file is '${path}'`,
  );
}
