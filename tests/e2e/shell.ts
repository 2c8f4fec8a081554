import { within } from "./until.ts";

/** Longest wait for the end of a line: some of them move much data, on a machine that may be busy. */
const LINE_MS = 240_000;

/** What a command line did. */
export interface ShellResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line by bash, as a person would type it. */
export async function shell(
  line: string,
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ShellResult> {
  await using child = new Deno.Command("bash", {
    args: ["-c", line],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
  const { code, stdout, stderr } = await within(`the end of: ${line}`, child.output(), LINE_MS);
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
