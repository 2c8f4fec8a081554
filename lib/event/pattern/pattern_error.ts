/** How many characters of a pattern an error message quotes. */
const QUOTED_CHARACTERS = 120;

/**
 * Why a pattern is refused: `syntax` = Python refuses it too, `unsupported` = Python takes it and JavaScript cannot
 * give the same answer, `limit` = it is larger than the program allows.
 */
export type PatternErrorReason = "syntax" | "unsupported" | "limit";

/** The fields of a {@linkcode PatternError}. */
export interface PatternErrorDetails {
  /** The whole pattern. */
  readonly pattern: string;
  /** Where the construct begins, in code points from the start of the pattern. */
  readonly position: number;
  /** The name of the construct, for instance `quantifier` or `conditional group`. */
  readonly construct: string;
  /** Who refuses: Python's rules, JavaScript's abilities, or a limit. */
  readonly reason: PatternErrorReason;
}

/**
 * Thrown for a pattern that Python refuses, that JavaScript cannot honour exactly, or that is too large.
 *
 * `construct` is one of
 * - `escape`, `character class`, `quantifier`, `group`, `group name`, `flags`, `look-behind`, `back-reference` when
 *   Python refuses the pattern as well (`reason` is `syntax`; the wording is Python's);
 * - `conditional group`, `character name`, `back-reference to a group that may be unset`,
 *   `back-reference to a repeated group`, `case-insensitive back-reference` when only this program does (`reason` is
 *   `unsupported`);
 * - `pattern length`, `nesting`, `repetition count`, `generated size` for the limits (`reason` is `limit`).
 *
 * @example Reporting where a pattern is wrong
 * ```ts
 * import { compilePattern, PatternError } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * assert.throws(
 *   () => compilePattern("(a", "search"),
 *   (error) => error instanceof PatternError && error.construct === "group" && error.position === 0,
 * );
 * ```
 */
export class PatternError extends Error {
  /** Always `PatternError`. */
  override readonly name = "PatternError";
  /** The whole pattern. */
  readonly pattern: string;
  /** Where the construct begins, in code points from the start of the pattern. */
  readonly position: number;
  /** The name of the construct. */
  readonly construct: string;
  /** Who refuses: Python's rules, JavaScript's abilities, or a limit. */
  readonly reason: PatternErrorReason;

  /**
   * Makes an error whose message names the pattern, the problem and the place.
   *
   * @param problem What is wrong, in Python's words where Python has them.
   * @param details Where, and with which construct.
   */
  constructor(problem: string, details: PatternErrorDetails) {
    const { pattern, position } = details;
    const quoted = pattern.length > QUOTED_CHARACTERS
      ? `${pattern.slice(0, QUOTED_CHARACTERS)}…`
      : pattern;
    super(`Cannot compile pattern ${JSON.stringify(quoted)}: ${problem} at position ${position}`);
    this.pattern = pattern;
    this.position = position;
    this.construct = details.construct;
    this.reason = details.reason;
  }
}
