/**
 * A double in decimal digits, rounded as C and Python round: the exact binary value, ties to the
 * even digit. (`toFixed` and `toExponential` round ties up.) All functions take finite values that
 * are not negative.
 *
 * @module
 */

/** A decimal number `d.ddd × 10^exponent`. */
export interface Decimal {
  /** The digits without a point; the first one counts ones at exponent 0. */
  readonly digits: string;
  /** The power of ten of the first digit. */
  readonly exponent: number;
}

/**
 * More digits than these are zeros for every double: the smallest has 1074 decimals, of which at
 * most 767 count.
 */
const EXACT_PLACES = 1074;
const EXACT_DIGITS = 767;

/** What `toFixed` can do: up to 100 places, and no exponent in the text below this value. */
const TO_FIXED_PLACES = 100;
const TO_FIXED_BELOW = 1e21;

/**
 * The fewest digits that read back as the same double, which is what Python's `repr` prints.
 *
 * @param value A finite value, not negative.
 * @returns The digits and the power of ten of the first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(shortestDecimal(1886501203.1), { digits: "18865012031", exponent: 9 });
 * ```
 */
export function shortestDecimal(value: number): Decimal {
  const [mantissa = "", exponent = ""] = value.toExponential().split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
}

/**
 * The value rounded to a number of significant digits.
 *
 * @param value A finite value, not negative.
 * @param count How many digits, at least 1.
 * @returns Exactly `count` digits and the power of ten of the first.
 *
 * @example A tie goes to the even digit
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(roundToDigits(2.5, 1), { digits: "2", exponent: 0 });
 * ```
 */
export function roundToDigits(value: number, count: number): Decimal {
  if (value === 0) return { digits: "0".repeat(count), exponent: 0 };
  const kept = Math.min(count, EXACT_DIGITS);
  const shortest = shortestDecimal(value);
  // The shortest text can have been rounded up to the next power of ten, as 9.99…e22 to 1e+23.
  let exponent = shortest.digits === "1" ? shortest.exponent - 1 : shortest.exponent;
  let digits = scaleAndRound(value, kept - 1 - exponent).toString();
  if (digits.length > kept) {
    exponent += 1;
    digits = scaleAndRound(value, kept - 1 - exponent).toString();
  }
  return { digits: digits.padEnd(count, "0"), exponent };
}

/**
 * The value with a fixed number of decimal places, without an exponent however large it is.
 *
 * @param value A finite value, not negative.
 * @param places How many digits behind the point; 0 gives no point.
 * @returns The text.
 *
 * @example A tie goes to the even digit
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(roundToPlaces(0.125, 2), "0.12");
 * assert.equal(roundToPlaces(1e22, 1), "10000000000000000000000.0");
 * ```
 */
export function roundToPlaces(value: number, places: number): string {
  if (places <= TO_FIXED_PLACES && value < TO_FIXED_BELOW && !isTie(value, places)) {
    return value.toFixed(places);
  }
  const kept = Math.min(places, EXACT_PLACES);
  const digits = scaleAndRound(value, kept).toString().padStart(kept + 1, "0");
  if (places === 0) return digits;
  const point = digits.length - kept;
  return `${digits.slice(0, point)}.${digits.slice(point).padEnd(places, "0")}`;
}

/**
 * Whether the value lies exactly between two numbers with that many places; then it is an odd
 * multiple of 2^-(places+1).
 */
function isTie(value: number, places: number): boolean {
  return value * 2 ** (places + 1) % 2 === 1;
}

/** `value × 10^power`, rounded to an integer with ties to even, without any error on the way. */
function scaleAndRound(value: number, power: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const shift = Math.max(biased, 1) - 1075;

  const numerator = (mantissa << BigInt(Math.max(shift, 0))) * 10n ** BigInt(Math.max(power, 0));
  const denominator = 10n ** BigInt(Math.max(-power, 0)) << BigInt(Math.max(-shift, 0));
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}
