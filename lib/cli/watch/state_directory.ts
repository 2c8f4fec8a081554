import { join } from "node:path";
import type { Environment } from "../environment.ts";
import { badValue } from "../option_value.ts";
import { UsageError } from "../usage_error.ts";
import { WATCH_OPTIONS, type WatchValues } from "./watch_options.ts";

/**
 * Where a watcher keeps what it must know after a restart: the directory that is given, or the default.
 *
 * @throws {UsageError} When it is empty, or no home directory is known.
 */
export function stateDirectory(
  { stateDir }: Pick<WatchValues, "stateDir">,
  environment: Pick<Environment, "variable">,
): string {
  if (stateDir === "") throw badValue(WATCH_OPTIONS.stateDir, "not be empty", stateDir);
  return stateDir ?? defaultStateDirectory(environment);
}

/**
 * `$XDG_STATE_HOME/theia`, or `~/.local/state/theia`, as the XDG base directory specification has it.
 *
 * @throws {UsageError} When no home directory is known.
 */
function defaultStateDirectory({ variable }: Pick<Environment, "variable">): string {
  const state = variable("XDG_STATE_HOME");
  // Paths that are not absolute must be ignored, says the specification.
  if (state?.startsWith("/")) return join(state, "theia");
  const home = variable("HOME") ?? variable("USERPROFILE");
  if (home) return join(home, ".local", "state", "theia");
  throw new UsageError(
    "Cannot find a place for the checkpoint as neither XDG_STATE_HOME nor HOME is set: " +
      "name a directory with '--state-dir'",
  );
}
