/**
 * Format specs applied to text.
 *
 * @module
 */

import { FormatError } from "./format_error.ts";
import { type FormatSpec, parseFormatSpec, refuseType } from "./format_spec.ts";

/**
 * Compiles a format spec for text, as Python's `format(str, spec)` applies it.
 *
 * @param text The spec, such as `*^20.5`; `""` prints the value as it is.
 * @returns The value cut to the precision and padded to the width, both counted in code points.
 * @throws {FormatError} when the text is no spec, or has a part that text does not allow.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(compileTextSpec("*>6.3")("😀漢字語"), "***😀漢字");
 * ```
 */
export function compileTextSpec(text: string): (value: string) => string {
  if (text === "") return (value) => value;
  const spec = parseFormatSpec(text, "str");
  checkTextSpec(spec);
  const { precision } = spec;
  if (precision === undefined) return (value) => pad(value, spec);
  if (spec.width === 0) return (value) => cut(value, precision);
  return (value) => pad(cut(value, precision), spec);
}

function checkTextSpec(spec: FormatSpec): void {
  if (spec.type !== "" && spec.type !== "s") refuseType(spec, "str");
  const faults: readonly (readonly [boolean, string])[] = [
    [spec.sign === " ", "Space not allowed"],
    [spec.sign !== "", "Sign not allowed"],
    [spec.positiveZero, "Negative zero coercion (z) not allowed"],
    [spec.alternate, "Alternate form (#) not allowed"],
    [spec.align === "=", "'=' alignment not allowed"],
  ];
  const fault = faults.find(([broken]) => broken);
  if (fault === undefined) return;
  throw new FormatError(
    "format spec",
    spec.text,
    `ValueError: ${fault[1]} in string format specifier`,
  );
}

/** The first `count` code points. */
function cut(value: string, count: number): string {
  if (value.length <= count) return value;
  let end = 0;
  for (let taken = 0; taken < count && end < value.length; taken++) {
    end += value.codePointAt(end)! > 0xffff ? 2 : 1;
  }
  return value.slice(0, end);
}

function pad(value: string, { width, fill, align }: FormatSpec): string {
  // Each code point is at most two units, so longer values are wide enough without counting.
  if (value.length >= 2 * width) return value;
  const missing = width - countCodePoints(value);
  if (missing <= 0) return value;
  const before = align === "<" ? 0 : align === ">" ? missing : Math.floor(missing / 2);
  return fill.repeat(before) + value + fill.repeat(missing - before);
}

function countCodePoints(value: string): number {
  let count = value.length;
  for (let index = 0; index < value.length - 1; index++) {
    if (value.codePointAt(index)! > 0xffff) {
      count -= 1;
      index += 1;
    }
  }
  return count;
}
