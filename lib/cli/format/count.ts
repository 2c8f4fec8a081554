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

/**
 * So many events, in words.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(formatEvents(1), "1 event");
 * assert.equal(formatEvents(1200), "1,200 events");
 * ```
 */
export function formatEvents(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "event" : "events"}`;
}
