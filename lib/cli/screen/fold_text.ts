import { fitText } from "./cell_text.ts";

/** The least that a wide character needs. */
const MIN_COLUMNS = 2;

/**
 * Breaks a text into lines of some columns, at blanks, and where none is near, anywhere.
 *
 * @returns At least one line.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(foldText("no event matches", 10), ["no event", "matches"]);
 * ```
 */
export function foldText(text: string, wantedColumns: number): string[] {
  const columns = Math.max(MIN_COLUMNS, wantedColumns);
  const lines: string[] = [];
  for (let at = 0; at < text.length;) {
    const { end } = fitText(text, columns, at);
    const blank = end < text.length ? text.lastIndexOf(" ", end) : -1;
    const cut = blank > at ? blank : Math.max(end, at + 1);
    lines.push(text.slice(at, cut));
    at = blank > at ? cut + 1 : cut;
  }
  return lines.length === 0 ? [""] : lines;
}
