/**
 * Field names of format strings: which value `{content[0]}` reads.
 *
 * @module
 */

import { FormatError } from "./format_error.ts";
import { reprText } from "./python_repr.ts";

/** The type of a field: text is a `str` to Python, a number is a `float`. */
export type FieldType = "text" | "number";

/** The values of one event by field name. */
export type FieldValues = Readonly<Record<string, string | number>>;

/** Reads one value of the type that is known beforehand. */
export type FieldReader =
  | {
    /** The value is text. */
    readonly type: "text";
    /** Takes the text out of the values; throws a `TypeError` when it is none. */
    readonly read: (values: FieldValues) => string;
  }
  | {
    /** The value is a number. */
    readonly type: "number";
    /** Takes the number out of the values; throws a `TypeError` when it is none. */
    readonly read: (values: FieldValues) => number;
  };

const INDEX = /^\d+$/;
const BROKEN_PATH = "Only '.' or '[' may follow ']' in format field specifier";

/**
 * Compiles a field name: one of the known fields, for text with an index of one character behind
 * it.
 *
 * @param name The name as it stands in the format, such as `content` or `content[0]`.
 * @param fields The known fields.
 * @returns What reads the value. An index behind the end of a value is a `FormatError` when it is
 * read.
 * @throws {FormatError} for unknown names, numbered and nameless fields, attributes, and indexes
 * into numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const reader = compileFieldReader("content[1]", { content: "text" });
 * assert.equal(reader.read({ content: "a😀b" }), "😀");
 * ```
 */
export function compileFieldReader(
  name: string,
  fields: Readonly<Record<string, FieldType>>,
): FieldReader {
  const [first = ""] = /^[^.[]*/.exec(name) ?? [];
  let reader = compileNamed(name, first, fields);
  let path = name.slice(first.length);
  while (path !== "") {
    const step = /^(?:\.([^.[]*)|\[([^\]]*)\])/s.exec(path);
    if (step === null) refuse(name, `ValueError: ${BROKEN_PATH}`);
    const [text, attribute, index] = step;
    if (attribute === "" || index === "") {
      refuse(name, "ValueError: Empty attribute in format string");
    }
    if (index === undefined) {
      refuse(
        name,
        `AttributeError: '.${attribute}' is not available; use '{${first}}' without attributes`,
      );
    }
    reader = compileIndexed(name, reader, index);
    path = path.slice(text.length);
  }
  return reader;
}

function compileNamed(
  name: string,
  first: string,
  fields: Readonly<Record<string, FieldType>>,
): FieldReader {
  const known = `the fields are ${Object.keys(fields).map(reprText).join(", ")}`;
  if (first === "" || INDEX.test(first)) {
    const reason = `Replacement index ${Number(first)} out of range for positional args tuple`;
    refuse(name, `IndexError: ${reason}; ${known}`);
  }
  if (!Object.hasOwn(fields, first)) refuse(name, `KeyError: ${reprText(first)}; ${known}`);
  if (fields[first] === "text") {
    return { type: "text", read: (values) => expectText(first, values[first]) };
  }
  return { type: "number", read: (values) => expectNumber(first, values[first]) };
}

function compileIndexed(name: string, reader: FieldReader, index: string): FieldReader {
  if (reader.type === "number") refuse(name, "TypeError: 'float' object is not subscriptable");
  if (!INDEX.test(index)) refuse(name, "TypeError: string indices must be integers, not 'str'");
  const { read } = reader;
  const wanted = Number(index);
  return {
    type: "text",
    read: (values) => {
      let seen = 0;
      for (const character of read(values)) {
        if (seen++ === wanted) return character;
      }
      refuse(name, "IndexError: string index out of range");
    },
  };
}

function expectText(name: string, value: string | number | undefined): string {
  if (typeof value === "string") return value;
  throw new TypeError(
    `Cannot format field '${name}' as it must be text: current value is ${value}`,
  );
}

function expectNumber(name: string, value: string | number | undefined): number {
  if (typeof value === "number") return value;
  throw new TypeError(
    `Cannot format field '${name}' as it must be a number: current value is ${value}`,
  );
}

function refuse(name: string, reason: string): never {
  throw new FormatError("format field", name, reason);
}
