/**
 * Python's regular expressions as JavaScript ones, with the same answers.
 *
 * @example Searching as Python's `re.search` does
 * ```ts
 * import { compilePattern } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const pattern = compilePattern("(?i)error$", "search");
 * assert(pattern.test("Disk ERROR\n"));
 * ```
 *
 * @module
 */

import type { Dialect } from "./pattern/emit_set.ts";
import { generate, type PatternMode } from "./pattern/generate.ts";
import { isContextFree } from "./pattern/context_free.ts";
import { requiredLiterals } from "./pattern/literals.ts";
import { parsePattern } from "./pattern/parse.ts";
import { PatternError } from "./pattern/pattern_error.ts";
import { checkReferences } from "./pattern/references.ts";
import type { ParsedPattern } from "./pattern/syntax.ts";
import { lowerText } from "./pattern/unicode.ts";

export {
  PatternError,
  type PatternErrorDetails,
  type PatternErrorReason,
} from "./pattern/pattern_error.ts";
export type { PatternMode } from "./pattern/generate.ts";

/** The longest pattern taken, in UTF-16 units: 16 KiB of ASCII. */
export const MAX_PATTERN_LENGTH = 16_384;

let make: (parsed: ParsedPattern, mode: PatternMode) => Pattern;

/**
 * A compiled Python pattern; made by {@linkcode compilePattern} only. It holds no state between calls, so one can be
 * shared freely.
 *
 * @example Choosing the faster test for ASCII text
 * ```ts
 * import { compilePattern } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const pattern = compilePattern("\\bdisk\\d+\\b", "search");
 * const line = "disk7 is full";
 * const isAscii = /^[\0-\x7f]*$/.test(line);
 * assert(isAscii ? pattern.testAscii(line) : pattern.test(line));
 * ```
 */
export class Pattern {
  /** The pattern as given, in Python's syntax. */
  readonly source: string;
  /** How much of a text must match. */
  readonly mode: PatternMode;
  /**
   * Whether V8's linear engine can take over both generated expressions. Under the V8 flag
   * `--enable-experimental-regexp-engine-on-excessive-backtracks` such a pattern cannot run away.
   */
  readonly linear: boolean;
  /** The same for {@linkcode Pattern.asciiSource} alone, which has fewer needs. */
  readonly linearAscii: boolean;
  /**
   * Strings each of which every matching text contains, compared by case, longest first; empty when none is certain.
   * A text without one of them need not be tested.
   */
  readonly literals: readonly string[];
  /**
   * An expression for `new RegExp(asciiSource)`, without flags, exact for texts of ASCII characters only. A match may
   * reach one character beyond Python's, as only whether there is one counts.
   */
  readonly asciiSource: string;
  /**
   * Whether {@linkcode Pattern.asciiSource} finds, in texts joined by newlines, at least one place in each text that
   * matches, so that one search over all of them gives the candidates.
   */
  readonly isContextFree: boolean;
  /**
   * As {@linkcode Pattern.asciiSource}, for any text without lone surrogates (`text.isWellFormed()`); `undefined` when no single expression is
   * exact (a back-reference that ignores case): then only {@linkcode Pattern.test} is.
   */
  readonly exactSource: string | undefined;
  readonly #parsed: ParsedPattern;
  readonly #wellFormedSource: string;
  readonly #ascii: RegExp;
  readonly #lowers: boolean;
  #wellFormed: RegExp | undefined;
  #any: RegExp | undefined;

  static {
    make = (parsed, mode) => new Pattern(parsed, mode);
  }

  private constructor(parsed: ParsedPattern, mode: PatternMode) {
    this.#parsed = parsed;
    this.#lowers = checkReferences(parsed) === "lowerText";
    const ascii = generate(parsed, mode, "ascii");
    const wellFormed = generate(parsed, mode, "wellFormed");
    this.source = parsed.source;
    this.mode = mode;
    this.linear = ascii.linear && wellFormed.linear;
    this.linearAscii = ascii.linear;
    this.literals = requiredLiterals(parsed.root);
    this.asciiSource = ascii.source;
    this.isContextFree = isContextFree(ascii.source);
    this.exactSource = this.#lowers ? undefined : wellFormed.source;
    this.#wellFormedSource = wellFormed.source;
    this.#ascii = new RegExp(ascii.source);
  }

  /**
   * Whether a text matches; exact for every text.
   *
   * @param text Any text, lone surrogates included: each counts as one character.
   */
  test(text: string): boolean {
    const subject = this.#lowers ? lowerText(text) : text;
    if (subject.isWellFormed()) {
      this.#wellFormed ??= new RegExp(this.#wellFormedSource);
      return this.#wellFormed.test(subject);
    }
    this.#any ??= this.#compile("any");
    return this.#any.test(subject);
  }

  /**
   * Whether a text matches, faster than {@linkcode Pattern.test}.
   *
   * @param text Characters U+0000 to U+007F only; for any other the answer means nothing.
   */
  testAscii(text: string): boolean {
    return this.#ascii.test(text);
  }

  #compile(dialect: Dialect): RegExp {
    return new RegExp(generate(this.#parsed, this.mode, dialect).source);
  }
}

/**
 * Compiles a pattern in the syntax of Python 3.11's `re`, for the same answers on text (`str`) as there.
 *
 * Beyond Python it takes JavaScript's `(?<name>…)` for a named group. Characters that Unicode got after version 14 are
 * what the runtime says they are.
 *
 * @param source The pattern, {@linkcode MAX_PATTERN_LENGTH} units at most.
 * @param mode How much of a text must match.
 * @throws {PatternError} When Python refuses the pattern, JavaScript cannot honour it exactly, or it is too large.
 *
 * @example Python's rules, not JavaScript's
 * ```ts
 * import { compilePattern } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const word = compilePattern(String.raw`(?P<word>\w+)\Z`, "fullmatch");
 * assert(word.test("Жук"));
 * assert(!word.test("Жук\n"));
 * ```
 */
export function compilePattern(source: string, mode: PatternMode): Pattern {
  if (source.length > MAX_PATTERN_LENGTH) {
    throw new PatternError(
      `a pattern may have ${MAX_PATTERN_LENGTH} characters at most: current length is ${source.length}`,
      {
        pattern: source,
        position: MAX_PATTERN_LENGTH,
        construct: "pattern length",
        reason: "limit",
      },
    );
  }
  return make(parsePattern(source), mode);
}
