import { join } from "node:path";
import type { Environment } from "../environment.ts";
import { UsageError } from "../usage_error.ts";

/**
 * Where a watcher keeps what it must know after a restart: `$XDG_STATE_HOME/theia`, or
 * `~/.local/state/theia`, as the XDG base directory specification has it.
 *
 * @throws {UsageError} When no home directory is known.
 */
export function defaultStateDirectory({ variable }: Pick<Environment, "variable">): string {
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
