/**
 * Python's `str.format` for a known set of named fields.
 *
 * The rules are those of Python 3.11:
 * https://docs.python.org/3.11/library/string.html#format-string-syntax
 *
 * @module
 */

import {
  compileFieldReader,
  type FieldReader,
  type FieldType,
  type FieldValues,
} from "./field_reader.ts";
import { compileFloatSpec, reprFloat } from "./float_spec.ts";
import { FormatError } from "./format_error.ts";
import { nameCharacter } from "./format_spec.ts";
import { asciiText, reprText } from "./python_repr.ts";
import { parseFormat, type ReplacementField } from "./replacement_field.ts";
import { compileTextSpec } from "./text_spec.ts";

export { FormatError } from "./format_error.ts";
export type { FieldType, FieldValues } from "./field_reader.ts";

/** Fields may stand in a format and in the spec of one of its fields, but no deeper. */
const MAX_DEPTH = 2;

/** Adds to the text of a field, such as colours: `name` is the field's, `text` is cut and padded. */
export type FieldDecorator = (name: string, text: string) => string;

type Writer = (values: FieldValues) => string;

/**
 * Compiles a format string once, so that many lines can be formatted fast.
 *
 * Understood is all of Python's syntax for text and floats: fill, alignment, sign, `z`, `#`, `0`,
 * width, `,` and `_`, precision, the types `s` `e` `E` `f` `F` `g` `G` `n` `%`, the conversions
 * `!s` `!r` `!a`, `{{` and `}}`, fields within a spec, and an index into text (`{content[0]}`).
 * Attributes are refused. Widths count code points.
 *
 * @param format The format string.
 * @param fields The name and type of each field.
 * @param decorate Is called for each field of the format itself.
 * @returns A function from the values of the fields to the text. It throws a `FormatError` for what
 * only the values can show: an index behind the end, or a bad spec made from a field; and a
 * `TypeError` for a value that is not of its type.
 * @throws {FormatError} for everything in the format that is wrong whatever the values are.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const line = compileFormat("{timestamp:.1f} [{source:6}] {content!r}", {
 *   timestamp: "number",
 *   source: "text",
 *   content: "text",
 * });
 * assert.equal(line({ timestamp: 12, source: "web", content: "up\n" }), "12.0 [web   ] 'up\\n'");
 * ```
 */
export function compileFormat(
  format: string,
  fields: Readonly<Record<string, FieldType>>,
  decorate?: FieldDecorator,
): (values: FieldValues) => string {
  return compileParts(format, fields, MAX_DEPTH, decorate);
}

function compileParts(
  format: string,
  fields: Readonly<Record<string, FieldType>>,
  depth: number,
  decorate?: FieldDecorator,
): Writer {
  if (depth === 0) {
    throw new FormatError("format", format, "ValueError: Max string recursion exceeded");
  }
  const writers: Writer[] = [];
  for (const part of parseFormat(format)) {
    if (part.kind === "literal") {
      writers.push(() => part.text);
      continue;
    }
    const write = compileField(part, fields, depth);
    const [name = ""] = part.name.split(/[.[]/, 1);
    writers.push(decorate === undefined ? write : (values) => decorate(name, write(values)));
  }
  return (values) => {
    let text = "";
    for (const write of writers) text += write(values);
    return text;
  };
}

function compileField(
  field: ReplacementField,
  fields: Readonly<Record<string, FieldType>>,
  depth: number,
): Writer {
  const reader = convert(compileFieldReader(field.name, fields), field.conversion);
  if (!field.nested) return applySpec(reader, field.spec);
  const writeSpec = compileParts(field.spec, fields, depth - 1);
  let lastSpec: string | undefined;
  let write: Writer;
  return (values) => {
    const spec = writeSpec(values);
    if (spec !== lastSpec) {
      write = applySpec(reader, spec);
      lastSpec = spec;
    }
    return write(values);
  };
}

function applySpec(reader: FieldReader, spec: string): Writer {
  if (reader.type === "text") {
    const { read } = reader;
    const write = compileTextSpec(spec);
    return (values) => write(read(values));
  }
  const { read } = reader;
  const write = compileFloatSpec(spec);
  return (values) => write(read(values));
}

function convert(reader: FieldReader, conversion: string): FieldReader {
  if (conversion === "") return reader;
  if (!"sra".includes(conversion)) {
    const reason = `ValueError: Unknown conversion specifier ${nameCharacter(conversion)}`;
    throw new FormatError("format", `!${conversion}`, `${reason}; use !s, !r or !a`);
  }
  if (reader.type === "number") {
    const { read } = reader;
    return { type: "text", read: (values) => reprFloat(read(values)) };
  }
  if (conversion === "s") return reader;
  const { read } = reader;
  const write = conversion === "r" ? reprText : asciiText;
  return { type: "text", read: (values) => write(read(values)) };
}
