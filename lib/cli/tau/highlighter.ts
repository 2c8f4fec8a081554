import { DeadlineError, runWithSecondChance } from "../../base/deadline.ts";
import { compilePattern, PatternError } from "../../event/pattern.ts";

/** A part of a text, from a place up to another one. */
export type TextSpan = readonly [start: number, end: number];

/** Far more than a screen needs, and nobody notices that it takes so long once. */
const DEADLINE_MS = 50;

/** Matches that are shown of a text. */
const MAX_SPANS = 200;

/** What asks for the beginning or the end of a text; a class that holds such a character is taken for one, too. */
const ANCHORS = /[\^$]|\\[AZ]/;

/** Finds what a pattern matches in texts on the screen; a pattern that takes too long finds nothing any more. */
export class Highlighter {
  #pattern: RegExp | undefined;
  readonly #isAnchored: boolean;

  /** @param content The pattern for contents, that of the filter. */
  constructor(content: string | undefined) {
    this.#pattern = content ? compile(content) : undefined;
    this.#isAnchored = ANCHORS.test(content ?? "");
  }

  /** Whether there is anything to find. */
  get isActive(): boolean {
    return this.#pattern !== undefined;
  }

  /** The matches in a part of a text, where it makes no difference to the pattern that it is a part. */
  spansInPart(text: string): readonly TextSpan[] {
    return this.#isAnchored ? [] : this.spans(text);
  }

  /** The matches in a text, in their order. */
  spans(text: string): readonly TextSpan[] {
    const pattern = this.#pattern;
    if (pattern === undefined) return [];
    try {
      return runWithSecondChance(DEADLINE_MS, () => findSpans(pattern, text));
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      this.#pattern = undefined;
      return [];
    }
  }
}

function compile(content: string): RegExp | undefined {
  try {
    const { exactSource } = compilePattern(content, "search");
    return exactSource === undefined ? undefined : new RegExp(exactSource, "g");
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return undefined;
  }
}

function findSpans(pattern: RegExp, text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { index } = match;
    const end = index + match[0].length;
    if (end > index) spans.push([index, end]);
    else pattern.lastIndex++;
    if (spans.length >= MAX_SPANS) break;
  }
  return spans;
}
