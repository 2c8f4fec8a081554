import { DeadlineError, runWithSecondChance } from "../base/deadline.ts";
import { compilePattern, type Pattern, PatternError } from "../event/pattern.ts";

/** How the lines of a file belong together. */
export type MultilineRule =
  | {
    /** A line in which the pattern is found begins an event, all others go on with the one before. */
    readonly kind: "start";
    /** A regular expression in Python's syntax, searched anywhere in the line. */
    readonly pattern: string;
  }
  | {
    /** A line that is empty or begins with a space or tab goes on with the event before. */
    readonly kind: "indent";
  };

/**
 * How long the lines of one batch may be matched: a thousand times what the longest batch takes with
 * a pattern of the usual speed, short enough for the other files to wait.
 */
export const MULTILINE_DEADLINE_MS = 1000;

const SPACE = 0x20;
const TAB = 0x09;

/** Thrown when a pattern that lines are to be grouped by cannot be used. */
export class MultilineError extends Error {
  /** Always `MultilineError`. */
  override readonly name = "MultilineError";
}

/** Tells which lines begin an event. */
export interface BeginningFinder {
  /**
   * For each of the lines whether it begins an event.
   *
   * @throws {MultilineError} When a pattern ran out of time twice: once may be the machine that slept.
   */
  find(lines: readonly string[]): readonly boolean[];
}

/**
 * Makes a rule ready.
 *
 * @throws {MultilineError} When the pattern is refused; the message names `--multiline-start`.
 */
export function compileMultilineRule(
  rule: MultilineRule,
  deadlineMs: number = MULTILINE_DEADLINE_MS,
): BeginningFinder {
  if (rule.kind === "indent") return { find: (lines) => lines.map(isNotIndented) };
  const pattern = compileStart(rule.pattern);
  return { find: (lines) => findInTime(pattern, lines, deadlineMs) };
}

function isNotIndented(line: string): boolean {
  if (line === "") return false;
  const first = line.charCodeAt(0);
  return first !== SPACE && first !== TAB;
}

function compileStart(source: string): Pattern {
  if (source === "") {
    throw new MultilineError(
      "Cannot group lines as '--multiline-start' must not be empty: every line would begin an event",
    );
  }
  try {
    return compilePattern(source, "search");
  } catch (cause) {
    if (!(cause instanceof PatternError)) throw cause;
    throw new MultilineError(`Cannot group lines by '--multiline-start': ${cause.message}`, {
      cause,
    });
  }
}

/** A call under a deadline costs as much as matching a hundred lines, so all are matched in one. */
function findInTime(pattern: Pattern, lines: readonly string[], deadlineMs: number): boolean[] {
  const found: boolean[] = [];
  function matchTheRest(): void {
    for (let i = found.length; i < lines.length; i++) found.push(pattern.test(lines[i] ?? ""));
  }
  try {
    runWithSecondChance(deadlineMs, matchTheRest);
  } catch (cause) {
    if (!(cause instanceof DeadlineError)) throw cause;
    throw new MultilineError(
      `Cannot group lines as '--multiline-start' must not take longer than ${deadlineMs} ms on a ` +
        `batch of lines: current value is ${JSON.stringify(pattern.source)}; make it simpler, ` +
        "such as (a+)+ to a+",
      { cause },
    );
  }
  return found;
}
