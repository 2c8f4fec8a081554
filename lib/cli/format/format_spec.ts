/**
 * Python's format specification: what stands behind the colon in `{source:*>10.3}`.
 *
 * @module
 */

import { FormatError } from "./format_error.ts";

/**
 * The parts of a format spec. Which of them a type of value allows is decided where the spec is
 * applied.
 */
export interface FormatSpec {
  /** The spec as it was written. */
  readonly text: string;
  /** One character, by code point, to pad with. */
  readonly fill: string;
  /** Where the value stands in the width; `=` pads between sign and digits. */
  readonly align: "<" | ">" | "^" | "=";
  /** Which sign is written for values that are not negative; `""` when none was asked for. */
  readonly sign: "" | "+" | "-" | " ";
  /** `z`: a value rounded to negative zero loses its sign. */
  readonly positiveZero: boolean;
  /** `#`: the decimal point stays, and so do the trailing zeros of `g`. */
  readonly alternate: boolean;
  /** The least number of code points; 0 when not given. */
  readonly width: number;
  /** Stands between thousands. */
  readonly separator: "" | "," | "_";
  /** The number behind the point. */
  readonly precision: number | undefined;
  /** The presentation type, one character; `""` when not given. */
  readonly type: string;
}

/** How Python names the types in its messages. */
export type PythonType = "str" | "float";

/**
 * The largest width and precision: one typing error must not fill the memory for every printed
 * line.
 */
export const MAX_FORMAT_SIZE = 1_000_000;

const SPEC = /^(?:(.)([<>=^])|([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d*)(,)?(_)?(?:\.(\d*))?(.*)$/su;
const SEPARATED_TYPES = "deEfFgG%";

/**
 * Reads a format spec.
 *
 * @param text The spec without braces and colon.
 * @param type The type of the value that it will be applied to: it decides the default alignment
 * and words the errors.
 * @returns The parts.
 * @throws {FormatError} when the text is not a format spec of Python, or a size is above {@linkcode
 * MAX_FORMAT_SIZE}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spec = parseFormatSpec("*^20,.2f", "float");
 * assert.deepEqual([spec.fill, spec.align, spec.width, spec.precision], ["*", "^", 20, 2]);
 * ```
 */
export function parseFormatSpec(text: string, type: PythonType): FormatSpec {
  const [
    ,
    fill,
    align,
    bareAlign,
    sign,
    z,
    alternate,
    zero,
    width,
    comma,
    underscore,
    precision,
    rest,
  ] = SPEC.exec(text)! as readonly (string | undefined)[];
  const spec: FormatSpec = {
    text,
    fill: fill ?? (zero ?? " "),
    align:
      (align ?? bareAlign ?? (zero && type === "float" ? "=" : defaultAlign(type))) as FormatSpec[
        "align"
      ],
    sign: (sign ?? "") as FormatSpec["sign"],
    positiveZero: z !== undefined,
    alternate: alternate !== undefined,
    width: readSize(text, width ?? ""),
    separator: underscore !== undefined ? "_" : comma !== undefined ? "," : "",
    precision: precision === undefined ? undefined : readSize(text, precision),
    type: rest ?? "",
  };
  checkSeparators(spec, comma !== undefined, underscore !== undefined);
  if (precision === "") refuse(text, "Format specifier missing precision");
  if ([...spec.type].length > 1) {
    refuse(text, `Invalid format specifier '${text}' for object of type '${type}'`);
  }
  checkSeparatedType(spec, type);
  return spec;
}

/**
 * Refuses a presentation type that values of this type do not have.
 *
 * @param spec The spec with the type.
 * @param type The type of the value.
 * @throws {FormatError} always.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const spec = parseFormatSpec("d", "str");
 * assert.throws(() => refuseType(spec, "str"), /Unknown format code 'd' for object of type 'str'/);
 * ```
 */
export function refuseType(spec: FormatSpec, type: PythonType): never {
  refuse(
    spec.text,
    `Unknown format code '${nameCharacter(spec.type)}' for object of type '${type}'`,
  );
}

/**
 * A character as Python's messages name it: itself in printable ASCII, else `\x` and its number.
 *
 * @param character One character.
 * @returns The name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(nameCharacter("é"), "\\xe9");
 * ```
 */
export function nameCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 32 && code < 128 ? character : `\\x${code.toString(16)}`;
}

function defaultAlign(type: PythonType): "<" | ">" {
  return type === "str" ? "<" : ">";
}

function readSize(text: string, digits: string): number {
  const size = Number(digits);
  if (size > MAX_FORMAT_SIZE) {
    refuse(
      text,
      `Too many decimal digits in format string; the largest number is ${MAX_FORMAT_SIZE}`,
    );
  }
  return size;
}

function checkSeparators(spec: FormatSpec, comma: boolean, underscore: boolean): void {
  const commaBehind = underscore && spec.precision === undefined && spec.type.startsWith(",");
  if ((comma && underscore) || commaBehind) refuse(spec.text, "Cannot specify both ',' and '_'.");
}

function checkSeparatedType(spec: FormatSpec, type: PythonType): void {
  if (spec.separator === "") return;
  const presentation = spec.type === "" && type === "str" ? "s" : spec.type;
  const allowed = SEPARATED_TYPES + (spec.separator === "_" ? "boxX" : "");
  if (allowed.includes(presentation)) return;
  refuse(spec.text, `Cannot specify '${spec.separator}' with '${nameCharacter(presentation)}'.`);
}

function refuse(text: string, reason: string): never {
  throw new FormatError("format spec", text, `ValueError: ${reason}`);
}
