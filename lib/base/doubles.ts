/**
 * The next higher double: no number lies between the two.
 *
 * @example
 * ```ts
 * import { nextUp } from "./doubles.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(nextUp(1), 1 + Number.EPSILON);
 * assert.equal(nextUp(Infinity), Infinity);
 * ```
 */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  if (Number.isNaN(value) || value === Infinity) return value;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

/** The next lower double, see {@linkcode nextUp}. */
export function nextDown(value: number): number {
  return -nextUp(-value);
}
