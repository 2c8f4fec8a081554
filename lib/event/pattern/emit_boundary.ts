import { type CodePoints, isDisjoint, isSubset } from "./code_points.ts";
import { NEVER } from "./emit_set.ts";
import type { Place } from "./place.ts";
import type { BoundaryNode } from "./syntax.ts";
import { categorySet } from "./unicode.ts";

/** What writing a word boundary needs from its surroundings. */
export interface BoundaryContext {
  /** Whether JavaScript's own `\b` means the same: ASCII words, or ASCII text. */
  readonly native: boolean;
  /** Whether the whole pattern can match the empty string. */
  readonly textCanBeEmpty: boolean;
  readonly emit: (set: CodePoints) => string;
  readonly lookAhead: (source: string) => string;
}

/**
 * Writes `\b` or `\B`. Python's `\B` does not match in empty text; where the neighbours are known, one look at the
 * other side is enough.
 */
export function emitBoundary(node: BoundaryNode, place: Place, context: BoundaryContext): string {
  return context.native ? emitNative(node, place, context) : emitUnicode(node, place, context);
}

function emitNative(node: BoundaryNode, place: Place, context: BoundaryContext): string {
  if (!node.negated) return "\\b";
  if (!context.textCanBeEmpty) return "\\B";
  const something = place.end === "open" ? "[^]" : context.lookAhead("(?=[^])");
  return `(?:(?<=[^])\\B|\\B${something})`;
}

function emitUnicode(node: BoundaryNode, place: Place, context: BoundaryContext): string {
  const word = categorySet("word", false);
  const before = sideOf(place.before(), word);
  // A boundary between two words or two others is none.
  if (before !== undefined) return ahead((before === "word") === node.negated, place, context);
  const after = sideOf(place.after(), word);
  const { emit } = context;
  if (after !== undefined) {
    return `(?<${(after === "word") === node.negated ? "=" : "!"}${emit(word)})`;
  }
  const other = categorySet("word", false, true);
  const cases = node.negated
    ? [
      `(?<=${emit(word)})${ahead(true, place, context)}`,
      `(?<=${emit(other)})${ahead(false, place, context)}`,
      `^${otherAhead(place, context)}`,
    ]
    : [
      `(?<=${emit(word)})${ahead(false, place, context)}`,
      `(?<!${emit(word)})${ahead(true, place, context)}`,
    ];
  return `(?:${cases.join("|")})`;
}

/** Whether all of a set are word characters, none is, or it depends. */
function sideOf(set: CodePoints | undefined, word: CodePoints): "word" | "other" | undefined {
  if (set === undefined || set.length === 0) return undefined;
  if (isSubset(set, word)) return "word";
  return isDisjoint(set, word) ? "other" : undefined;
}

/** Writes that a word character does, or does not, come next. Where nothing follows, it can as well be consumed. */
function ahead(word: boolean, place: Place, context: BoundaryContext): string {
  if (place.end === "text") return word ? NEVER : "";
  if (place.end === "open") {
    const next = context.emit(categorySet("word", false, !word));
    return word ? next : `(?:${next}|$)`;
  }
  return context.lookAhead(`(?${word ? "=" : "!"}${context.emit(categorySet("word", false))})`);
}

function otherAhead(place: Place, context: BoundaryContext): string {
  if (place.end === "text") return NEVER;
  const other = context.emit(categorySet("word", false, true));
  return place.end === "open" ? other : context.lookAhead(`(?=${other})`);
}
