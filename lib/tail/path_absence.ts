import { dirname } from "node:path";
import { changedAt } from "./rotation_names.ts";

/** File systems keep times of change to two seconds at worst: what changed later than that may change again unseen. */
const SETTLED_MS = 2000;

/** What a look at a path brought at which nothing is. */
export type AbsenceNews =
  /** Something was there at the last look. */
  | "gone"
  /** Nothing was, but something may have come and gone. */
  | "passed"
  | "same";

/**
 * As long as nothing is at a path, tells by its directory when something may have been there between two
 * looks.
 *
 * @example
 * ```ts
 * import { PathAbsence } from "./path_absence.ts";
 * import assert from "node:assert/strict";
 *
 * const absence = new PathAbsence("/tmp/not-there.log");
 * assert.equal(absence.look(), "gone");
 * ```
 */
export class PathAbsence {
  readonly #directory: string;
  #last: { readonly changedAt: number; readonly lookedAt: number } | undefined;

  /** Knows of nothing yet. */
  constructor(path: string) {
    this.#directory = dirname(path);
  }

  /** To be called at each look that finds nothing. */
  look(): AbsenceNews {
    const last = this.#last;
    const changed = directoryChangedAt(this.#directory);
    const now = Date.now();
    if (last === undefined) {
      this.#last = { changedAt: changed, lookedAt: now };
      return "gone";
    }
    // Once more after a change that may hide another one.
    const isSettled = last.lookedAt - changed >= SETTLED_MS || now - changed < SETTLED_MS;
    if (changed === last.changedAt && isSettled) return "same";
    this.#last = { changedAt: changed, lookedAt: now };
    return "passed";
  }
}

/** Milliseconds since 1970; 0 where there is no directory. */
function directoryChangedAt(directory: string): number {
  try {
    return changedAt(Deno.statSync(directory));
  } catch {
    return 0;
  }
}
