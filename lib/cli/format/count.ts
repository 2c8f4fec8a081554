/**
 * A whole number with commas between thousands.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatCount(1234567), "1,234,567");
 * ```
 */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
