import { DeadlineError, runWithSecondChance } from "../../base/deadline.ts";
import type { Pattern } from "../../event/pattern.ts";

/** A part of a text: from `start` up to but not including `end`. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** More matches in one text are not marked: nobody looks at them, and each costs. */
const MAX_MATCHES = 1000;

/** What may be spent on the matches of one text. */
const DEADLINE_MS = 50;

/** What may be spent at once, and besides as a part of all time: what is left is for printing. */
const FREE_MS = 1000;
const FREE_PART = 0.1;

const ASCII = /^[\0-\x7f]*$/;

/** Ends at the boundary of a word, for which the expression may take the character after it as well. */
const ENDS_AT_WORD = /\\b\)*$/;

/**
 * Finds what a pattern matches in texts, to mark it. The pattern may be one that runs for ever: when it
 * takes too long nothing is marked.
 */
export class MatchFinder {
  readonly #ascii: RegExp;
  readonly #any: RegExp | undefined;
  readonly #endsAtWord: boolean;
  readonly #now: () => number;
  readonly #startMs: number;
  #spentMs = 0;

  /** @param now Milliseconds, from any beginning. */
  constructor(pattern: Pattern, now: () => number = () => performance.now()) {
    this.#ascii = new RegExp(pattern.asciiSource, "g");
    this.#any = pattern.exactSource === undefined
      ? undefined
      : new RegExp(pattern.exactSource, "g");
    this.#endsAtWord = ENDS_AT_WORD.test(pattern.source);
    this.#now = now;
    this.#startMs = now();
  }

  /** The matches, in order, without empty ones. A match may reach one character too far. */
  find(text: string): readonly TextRange[] {
    const expression = ASCII.test(text) ? this.#ascii : this.#any;
    if (expression === undefined || !text.isWellFormed()) return [];
    const startMs = this.#now();
    if (this.#spentMs > FREE_MS + (startMs - this.#startMs) * FREE_PART) return [];
    try {
      const ranges = runWithSecondChance(DEADLINE_MS, () => findAll(text, expression));
      return this.#endsAtWord ? ranges.map((range) => upToWord(text, range)) : ranges;
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      return [];
    } finally {
      this.#spentMs += this.#now() - startMs;
    }
  }
}

function findAll(text: string, expression: RegExp): TextRange[] {
  const ranges: TextRange[] = [];
  for (const { index, 0: { length } } of text.matchAll(expression)) {
    // A newline at the end is what `$` looked at.
    const end = text[index + length - 1] === "\n" ? index + length - 1 : index + length;
    if (end > index) ranges.push({ start: index, end });
    if (ranges.length >= MAX_MATCHES) break;
  }
  return ranges;
}

function upToWord(text: string, { start, end }: TextRange): TextRange {
  const isWord = /[\p{L}\p{N}_]$/u.test(text.slice(Math.max(start, end - 2), end));
  return isWord || end - start < 2 ? { start, end } : { start, end: end - 1 };
}
