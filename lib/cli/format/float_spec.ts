/**
 * Format specs applied to numbers, all of which are floats to Python.
 *
 * @module
 */

import { type Decimal, roundToDigits, roundToPlaces, shortestDecimal } from "./decimal.ts";
import { type FormatSpec, parseFormatSpec, refuseType } from "./format_spec.ts";

const FLOAT_TYPES = "eEfFgGn%";
const DEFAULT_PRECISION = 6;
/**
 * `repr` writes an exponent from 1e16 on, where a double no longer tells neighbouring integers
 * apart.
 */
const REPR_EXPONENT_FROM = 16;
const EXPONENT_BELOW = -4;
const GROUP_SIZE = 3;
const ZERO = /^[0.]+(?:e\+00)?%?$/i;

/**
 * A number as Python's `repr` and `str` write a float: `1886501203.1`, `3.0`, `1e+16`, `nan`,
 * `-inf`.
 *
 * @param value Any number.
 * @returns The text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(reprFloat(2987181765), "2987181765.0");
 * assert.equal(reprFloat(1e16), "1e+16");
 * ```
 */
export function reprFloat(value: number): string {
  return signOf(value, "") + magnitudeText(value, writeRepr);
}

/**
 * Compiles a format spec for numbers, as Python's `format(float, spec)` applies it.
 *
 * @param text The spec, such as `+,.2f`; `""` writes {@linkcode reprFloat}.
 * @returns The number in that form. The type `n` writes as Python does in the C locale.
 * @throws {FormatError} when the text is no spec, or has a part that floats do not allow.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(compileFloatSpec("012,.2f")(1234.5), "0,001,234.50");
 * assert.equal(compileFloatSpec(".0f")(2.5), "2");
 * ```
 */
export function compileFloatSpec(text: string): (value: number) => string {
  if (text === "") return reprFloat;
  const spec = parseFormatSpec(text, "float");
  if (spec.type !== "" && !FLOAT_TYPES.includes(spec.type)) refuseType(spec, "float");
  const write = compileMagnitude(spec);
  const upper = spec.type === "E" || spec.type === "F" || spec.type === "G";
  return (value) => {
    const scaled = spec.type === "%" ? value * 100 : value;
    let body = magnitudeText(scaled, write);
    if (spec.type === "%") body += "%";
    if (upper) body = body.toUpperCase();
    const sign = spec.positiveZero && ZERO.test(body)
      ? signOf(0, spec.sign)
      : signOf(scaled, spec.sign);
    return pad(sign, body, spec);
  };
}

function magnitudeText(value: number, write: (magnitude: number) => string): string {
  if (Number.isNaN(value)) return "nan";
  return Math.abs(value) === Infinity ? "inf" : write(Math.abs(value));
}

function signOf(value: number, wanted: FormatSpec["sign"]): string {
  if (value < 0 || Object.is(value, -0)) return "-";
  return wanted === "-" ? "" : wanted;
}

function writeRepr(magnitude: number): string {
  return writeGeneral(shortestDecimal(magnitude), REPR_EXPONENT_FROM, true, false);
}

/** How the type and the precision write a finite number that is not negative. */
function compileMagnitude(
  { type, precision, alternate }: FormatSpec,
): (magnitude: number) => string {
  const places = precision ?? DEFAULT_PRECISION;
  switch (type) {
    case "e":
    case "E":
      return (magnitude) => writeExponent(roundToDigits(magnitude, places + 1), alternate);
    case "f":
    case "F":
    case "%": {
      const point = alternate && places === 0 ? "." : "";
      return (magnitude) => roundToPlaces(magnitude, places) + point;
    }
    case "":
      if (precision === undefined) {
        return (magnitude) =>
          writeGeneral(shortestDecimal(magnitude), REPR_EXPONENT_FROM, true, alternate);
      }
      return compileGeneral(Math.max(precision, 1), true, alternate);
    default:
      return compileGeneral(Math.max(places, 1), false, alternate);
  }
}

function compileGeneral(
  count: number,
  pointZero: boolean,
  alternate: boolean,
): (magnitude: number) => string {
  const exponentFrom = pointZero ? count - 1 : count;
  return (magnitude) => {
    const { digits, exponent } = roundToDigits(magnitude, count);
    const kept = alternate ? digits : digits.replace(/(?!^)0+$/, "");
    return writeGeneral({ digits: kept, exponent }, exponentFrom, pointZero, alternate);
  };
}

/** Python's `g` and `repr`: with an exponent when it is small or large, plain otherwise. */
function writeGeneral(
  decimal: Decimal,
  exponentFrom: number,
  pointZero: boolean,
  alternate: boolean,
): string {
  const { digits, exponent } = decimal;
  if (exponent < EXPONENT_BELOW || exponent >= exponentFrom) {
    return writeExponent(decimal, alternate);
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1) || (pointZero ? "0" : "");
  return fraction !== "" || alternate ? `${whole}.${fraction}` : whole;
}

function writeExponent({ digits, exponent }: Decimal, alternate: boolean): string {
  const point = digits.length > 1 || alternate ? "." : "";
  const sign = exponent < 0 ? "-" : "+";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${digits[0]}${point}${digits.slice(1)}e${sign}${power}`;
}

function pad(sign: string, body: string, spec: FormatSpec): string {
  const { width, fill, align, separator } = spec;
  let text = body;
  if (separator !== "") {
    const wholeLength = /^\d*/.exec(body)![0].length;
    const rest = body.slice(wholeLength);
    const least = fill === "0" && align === "=" ? width - sign.length - rest.length : 0;
    text = groupDigits(body.slice(0, wholeLength), separator, least) + rest;
  }
  const missing = width - sign.length - text.length;
  if (missing <= 0) return sign + text;
  if (align === "=") return sign + fill.repeat(missing) + text;
  const before = align === "<" ? 0 : align === ">" ? missing : Math.floor(missing / 2);
  return fill.repeat(before) + sign + text + fill.repeat(missing - before);
}

/**
 * Separates thousands; zeros in front, separated too, fill up to `least` and never leave a
 * separator at the front.
 */
function groupDigits(whole: string, separator: string, least: number): string {
  if (whole === "") return "";
  let grouped = "";
  let remaining = whole;
  let missing = least;
  for (;;) {
    const size = Math.min(GROUP_SIZE, Math.max(remaining.length, missing, 1));
    grouped = remaining.slice(-size).padStart(size, "0") + grouped;
    remaining = remaining.slice(0, -size);
    missing -= size;
    if (remaining === "" && missing <= 0) return grouped;
    grouped = separator + grouped;
    missing -= separator.length;
  }
}
