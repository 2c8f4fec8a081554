/**
 * A value of JSON. Integers beyond ±(2⁵³ − 1) are a `bigint`; `NaN` and infinities are read, as Python
 * reads them, but not written.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** How deep arrays and objects may lie in each other: about what Python's own reader and writer stand. */
const MAX_DEPTH = 900;

/** What some characters of a string are written as; all others outside of ASCII's printable ones by number. */
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

/** A string, or a word without quotes. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[\w.+-]+/g;

/** What {@linkcode JSON.parse} reads as infinite: stands for the words that it does not know. */
const STAND_INS: Readonly<Record<string, string>> = {
  "NaN": "1e999999",
  "Infinity": "1e99999",
  "-Infinity": "-1e99999",
};

/** Words and numbers for which `JSON.parse` alone does not give the answer. */
const NEEDS_CARE = /[NI]|\d{16}/;

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
  try {
    return NEEDS_CARE.test(text)
      ? JSON.parse(text.replace(TOKEN, (token) => STAND_INS[token] ?? token), exactNumber)
      : JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SyntaxError(`Cannot read JSON text: ${reason}`, { cause: error });
  }
}

function exactNumber(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  if (source === STAND_INS["NaN"]) return NaN;
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
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
      throw problem(`a value must be of a kind that JSON has: current value is a ${typeof value}`);
  }
}

function formatObject(value: object, depth: number): string {
  if (depth === MAX_DEPTH) {
    throw problem(`values must not lie deeper than ${MAX_DEPTH} in each other, nor in a circle`);
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

function formatString(value: string): string {
  return `"${value.replace(/["\\]|[^ -~]/g, escape)}"`;
}

function escape(char: string): string {
  return SHORT_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
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
