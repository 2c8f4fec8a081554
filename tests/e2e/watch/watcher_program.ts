import { RunningProgram, SOURCE } from "../program.ts";

/** How a watcher is started. */
export interface WatcherProgramOptions {
  /** Of the collector. */
  readonly port: number;
  /** Under which the state directory of the default is; watchers with the same one resume. */
  readonly stateHome: string;
  /** What to follow, and how. */
  readonly args: readonly string[];
  /** Put before the command, such as `["prlimit", "--nofile=64"]`. @default {[]} */
  readonly under?: readonly string[];
}

/**
 * Starts `theia watch`, which reads files from their beginning where no checkpoint says otherwise. It
 * need not have found its collector yet.
 */
export function startWatcher(options: WatcherProgramOptions): RunningProgram {
  const { port, stateHome, args, under = [] } = options;
  const program = { command: [...under, ...SOURCE.command] };
  const all = ["watch", "--verbose", "-p", `${port}`, "--from", "beginning", ...args];
  return RunningProgram.start(program, all, { env: { XDG_STATE_HOME: stateHome } });
}

/** Ends a watcher as people do: it delivers what is there. */
export async function stopWatcher(watcher: RunningProgram): Promise<number> {
  watcher.signal("SIGINT");
  return (await watcher.exit()).code;
}
