import { readTime } from "../../base/time_text.ts";

/** An offset before which stands a time of day, and the blank that addresses make of its `+`. */
const LOST_PLUS = /(:\d{2}(?:\.\d+)?) (\d{2}(?::?\d{2})?)$/;

/**
 * Reads a point in time of an address: what {@linkcode readTime} does, by the clocks of the collector, also
 * with a blank for the `+` of an offset, which addresses turn into one.
 *
 * @param now The current time in seconds since 1970.
 * @returns Seconds since 1970.
 * @throws {TimeTextError} When it is something else, or no time there is.
 * @example
 * ```ts
 * import { readInstant } from "./instant.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(readInstant("15m", 1700000000), 1699999100);
 * assert.equal(readInstant("2023-11-14T23:13:20 01:00", 0), 1700000000);
 * ```
 */
export function readInstant(text: string, now: number): number {
  return readTime(text.replace(LOST_PLUS, "$1+$2"), now);
}
