/**
 * How many bytes a text has in UTF-8; a lone surrogate counts as U+FFFD, which it is written as.
 *
 * @example
 * ```ts
 * import { utf8Length } from "./utf8_length.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(utf8Length("für 😀"), 9);
 * ```
 */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    // Two units and two bytes more are the four bytes of a pair.
    if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) i++;
  }
  return length;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
