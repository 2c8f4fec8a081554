/**
 * The markup of Python's format strings: literal text and replacement fields.
 *
 * @module
 */

import { FormatError } from "./format_error.ts";

/** A piece of a format string, in order. */
export type FormatPart =
  | {
    /** Text that is printed as it is; doubled braces are single ones here. */
    readonly kind: "literal";
    /** The text. */
    readonly text: string;
  }
  | ReplacementField;

/** What stands between a pair of braces: `{name!conversion:spec}`. */
export interface ReplacementField {
  /** Tells it from literal text. */
  readonly kind: "field";
  /** The name with its `[0]` and `.x` steps, not yet looked at. */
  readonly name: string;
  /** The character behind `!`, any; `""` when there is none. */
  readonly conversion: string;
  /** The text behind the colon. */
  readonly spec: string;
  /** Whether the spec has braces of its own, so that it is a format string itself. */
  readonly nested: boolean;
}

/**
 * Splits a format string as Python does. The parts are made one by one, so that an error behind a
 * part comes after what the reader of the parts says about it, which is Python's order.
 *
 * @param format The format string.
 * @returns The parts in order.
 * @throws {FormatError} at the place where the markup is broken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...parseFormat("{{ {id!r:>5}")], [
 *   { kind: "literal", text: "{" },
 *   { kind: "literal", text: " " },
 *   { kind: "field", name: "id", conversion: "r", spec: ">5", nested: false },
 * ]);
 * ```
 */
export function* parseFormat(format: string): Generator<FormatPart, void> {
  let position = 0;
  while (position < format.length) {
    const brace = findBrace(format, position);
    const doubled = format[brace] !== undefined && format[brace + 1] === format[brace];
    const text = format.slice(position, doubled ? brace + 1 : brace);
    if (text !== "") yield { kind: "literal", text };
    if (doubled || brace === format.length) {
      position = brace + 2;
      continue;
    }
    if (format[brace] === "}" || brace === format.length - 1) {
      refuse(format, `Single '${format[brace]}' encountered in format string`);
    }
    const { field, end } = parseField(format, brace + 1);
    yield field;
    position = end;
  }
}

/** The index of the next brace, or the length of the format. */
function findBrace(format: string, from: number): number {
  const offset = format.slice(from).search(/[{}]/);
  return offset < 0 ? format.length : from + offset;
}

function parseField(format: string, start: number): { field: ReplacementField; end: number } {
  const nameEnd = findNameEnd(format, start);
  const name = format.slice(start, nameEnd);
  const conversion = format[nameEnd] === "!" ? readConversion(format, nameEnd + 1) : "";
  const afterConversion = nameEnd + (conversion === "" ? 0 : 1 + conversion.length);
  const closing = format[afterConversion];
  if (closing === "}") {
    const field: ReplacementField = { kind: "field", name, conversion, spec: "", nested: false };
    return { field, end: afterConversion + 1 };
  }
  if (closing !== undefined && closing !== ":") {
    refuse(format, "expected ':' after conversion specifier");
  }
  const specStart = afterConversion + 1;
  const specEnd = findSpecEnd(format, specStart);
  const spec = format.slice(specStart, specEnd);
  const field: ReplacementField = {
    kind: "field",
    name,
    conversion,
    spec,
    nested: spec.includes("{"),
  };
  return { field, end: specEnd + 1 };
}

/** The index of the `}`, `:` or `!` behind the name; inside brackets these are part of the name. */
function findNameEnd(format: string, start: number): number {
  for (let index = start; index < format.length; index++) {
    const character = format[index]!;
    if ("}:!".includes(character)) return index;
    if (character === "{") refuse(format, "unexpected '{' in field name");
    if (character === "[") {
      const bracket = format.indexOf("]", index);
      index = bracket < 0 ? format.length : bracket;
    }
  }
  refuse(format, "expected '}' before end of string");
}

function readConversion(format: string, index: number): string {
  const code = format.codePointAt(index);
  if (code === undefined) refuse(format, "end of string while looking for conversion specifier");
  return String.fromCodePoint(code);
}

function findSpecEnd(format: string, start: number): number {
  let open = 1;
  for (let index = start; index < format.length; index++) {
    if (format[index] === "{") open += 1;
    if (format[index] === "}") open -= 1;
    if (open === 0) return index;
  }
  refuse(format, "unmatched '{' in format spec");
}

function refuse(format: string, reason: string): never {
  throw new FormatError("format", format, `ValueError: ${reason}`);
}
