/**
 * The error of a format string that cannot be used.
 *
 * @module
 */

/**
 * A format string, one of its specs or one of its fields cannot be used. It is a usage error: the
 * text was typed by somebody, so a command answers it with exit status 2.
 *
 * The reason names the Python exception and its text, because the strings are Python's `str.format`
 * strings and people look these words up.
 *
 * @example Tell a bad format from other errors
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const error = new FormatError("format", "{id", "ValueError: expected '}' before end of string");
 * assert.equal(error.message, "Cannot use format '{id': ValueError: expected '}' before end of string");
 * ```
 */
export class FormatError extends Error {
  /** Tells it from other errors. */
  override readonly name = "FormatError";
  /** The text that cannot be used: the whole format, one format spec, or one field. */
  readonly part: string;
  /** Python's exception name and text, followed by what to do where that is known. */
  readonly reason: string;

  /**
   * Makes the error.
   *
   * @param what What the part is, as in "format spec".
   * @param part The text that cannot be used.
   * @param reason The rule that it breaks.
   */
  constructor(what: "format" | "format spec" | "format field", part: string, reason: string) {
    super(`Cannot use ${what} '${part}': ${reason}`);
    this.part = part;
    this.reason = reason;
  }
}
