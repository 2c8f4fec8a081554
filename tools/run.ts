/**
 * Runs a program to its end, with this process's output, and throws when it fails.
 *
 * @param command The program and its arguments.
 * @param env Variables to set beside those of this process.
 */
export async function run(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [program = "", ...args] = command;
  const { code } = await new Deno.Command(program, { args, env: { ...env }, stdin: "null" })
    .spawn().status;
  if (code !== 0) throw new Error(`Cannot go on as '${command.join(" ")}' ended with code ${code}`);
}
