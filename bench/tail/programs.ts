import { fileURLToPath } from "node:url";
import { CollectorProgram } from "../../tests/e2e/collector_program.ts";
import { type Program, RunningProgram } from "../../tests/e2e/program.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Opening ten thousand files takes a while. */
const START_TIMEOUT_MS = 120_000;

/** `theia` with the flags that a task of `deno.json` gives its command: those that users get. */
async function programOf(task: "collect" | "watch", root = ROOT): Promise<Program> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const [, ...args] = String(tasks[task].command).split(" ");
  return { command: [Deno.execPath(), ...args.slice(0, -1), "mod.ts"] };
}

/**
 * A collector that keeps events in the default store, in a directory.
 *
 * @param root Of its source. @default {this one's}
 */
export async function startCollector(directory: string, root = ROOT): Promise<CollectorProgram> {
  const program = await programOf("collect", root);
  const args = ["--store", `sqlite:///${directory}/events.db`];
  return await CollectorProgram.start(args, { program, cwd: root });
}

/**
 * A watcher that follows its files and is connected.
 *
 * @param directory Its checkpoint is kept in it.
 */
export async function startWatcher(
  { port }: CollectorProgram,
  directory: string,
  args: readonly string[],
): Promise<RunningProgram> {
  const program = await programOf("watch");
  const all = ["watch", "--verbose", "-p", `${port}`, "--state-dir", `${directory}/state`, ...args];
  const watcher = RunningProgram.start(program, all, { cwd: ROOT });
  try {
    await watcher.line("stderr", /^Connected to/, START_TIMEOUT_MS);
    return watcher;
  } catch (error) {
    await watcher[Symbol.asyncDispose]();
    throw error;
  }
}

/** Runs with a directory of its own that is gone after it. */
export async function withDirectory<T>(run: (path: string) => Promise<T>): Promise<T> {
  const path = await Deno.makeTempDir({ prefix: "theia-bench-" });
  try {
    return await run(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
