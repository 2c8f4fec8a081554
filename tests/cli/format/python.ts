/** Running the real Python beside this program's own code. */

/** Why tests against Python cannot run here; `undefined` when they can. */
export const pythonMissing: string | undefined = await findPython();

/** The result of one case: a text, or the name and text of an exception. */
export type PythonResult = { readonly text: string } | { readonly error: string };

/** Runs a Python script that maps the JSON on its input to the JSON on its output. */
export async function runPython<T>(script: string, input: unknown, timeZone = "UTC"): Promise<T> {
  return await runFilter<T>("python3", ["-c", script], input, timeZone);
}

/** Runs a program that maps the JSON on its input to the JSON on its output, in a time zone. */
export async function runFilter<T>(
  program: string,
  args: readonly string[],
  input: unknown,
  timeZone: string,
): Promise<T> {
  const process = new Deno.Command(program, {
    args: [...args],
    env: { TZ: timeZone, LC_ALL: "C.UTF-8", NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writing = new Blob([JSON.stringify(input)]).stream().pipeTo(process.stdin);
  const { success, stdout, stderr } = await process.output();
  await writing.catch(() => undefined);
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function findPython(): Promise<string | undefined> {
  const script =
    "import platform, sys; print(sys.version_info[:2] == (3, 11), platform.libc_ver()[0])";
  try {
    const { stdout } = await new Deno.Command("python3", { args: ["-c", script] }).output();
    const answer = new TextDecoder().decode(stdout).trim();
    return answer === "True glibc" ? undefined : "python3 is not 3.11 on glibc";
  } catch {
    return "no python3";
  }
}

/** The name of a test against Python, with the reason in it when it cannot run. */
export function nameForPython(name: string): string {
  return pythonMissing === undefined ? name : `${name} (skipped: ${pythonMissing})`;
}
