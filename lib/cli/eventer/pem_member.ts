import { resolve } from "node:path";
import type { ConfigValue } from "./config_value.ts";

/** The text of a file that a member names. */
export async function readPem(value: ConfigValue, directory: string): Promise<string> {
  const path = resolve(directory, value.text());
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw value.error(`must be a file that can be read: ${reason}`, cause);
  }
}
