import { JsonReader } from "./json_reader.ts";
import { type JsonValue, MAX_JSON_DEPTH } from "./json_value.ts";

/** Words, numbers and escapes that `JSON.parse` alone does not read right. */
const NEEDS_CARE = /\\|\bNaN\b|\bInfinity\b|\d{16}|-0(?![.\deE])/;

/**
 * Writes a value as Python's `json.dumps` does: `", "` and `": "` between members, nothing but ASCII.
 *
 * A number is written as an integer when it is one within ±(2⁵³ − 1), else as Python writes a float.
 *
 * @example
 * ```ts
 * import { formatJson } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatJson({ a: [1, 1e-5, "č"] }), '{"a": [1, 1e-05, "\\u010d"]}');
 * ```
 *
 * @throws {TypeError} When there is something in it that JSON does not have, or it is too deep or circular.
 */
export function formatJson(value: JsonValue): string {
  return format(value, 0);
}

/**
 * Reads JSON as Python's `json.loads` does: also `NaN`, `Infinity` and `-Infinity`, integers of any size.
 *
 * @throws {SyntaxError} When it is not JSON, or too deep.
 */
export function parseJson(text: string): JsonValue {
  if (NEEDS_CARE.test(text)) return new JsonReader(text).read();
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read JSON text as it is not JSON: ${reason}`, { cause: error });
  }
}

function format(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return formatString(value);
    case "number":
      return formatNumber(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "object":
      return value === null ? "null" : formatObject(value, depth);
    default:
      throw problem(
        `a value must be of a kind that JSON has: current value is of kind ${typeof value}`,
      );
  }
}

function formatObject(value: object, depth: number): string {
  if (depth === MAX_JSON_DEPTH) {
    throw problem(
      `values must not lie deeper than ${MAX_JSON_DEPTH} in each other, nor in a circle`,
    );
  }
  if (Array.isArray(value)) return `[${value.map((item) => format(item, depth + 1)).join(", ")}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    throw problem(`an object must be a plain one: current value is a ${value.constructor.name}`);
  }
  const members = Object.entries(value)
    .map(([key, member]) => `${formatString(key)}: ${format(member, depth + 1)}`);
  return `{${members.join(", ")}}`;
}

/** `JSON.stringify` escapes what JSON demands, in Python's spelling. */
function formatString(value: string): string {
  return JSON.stringify(value).replace(/[\x7f-\uffff]/g, escape);
}

function escape(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Python writes an exponent from 1e16 and below 1e-4, of two digits at least. */
function formatNumber(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  if (Number.isSafeInteger(value)) return String(value);
  if (!Number.isFinite(value)) {
    throw problem(`numbers must be finite: current value is ${value}`);
  }
  const size = Math.abs(value);
  if (size >= 1e16 || size < 1e-4) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function problem(rule: string): TypeError {
  return new TypeError(`Cannot write JSON text as ${rule}`);
}
