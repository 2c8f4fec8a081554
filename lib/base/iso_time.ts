/**
 * Whether the calendar has a day: `Date.parse` takes 31 February for one of March.
 *
 * @param date As `2026-02-28`.
 */
export function isDay(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(date);
}

/**
 * Seconds with a fraction: one conversion of all digits, so that it is the double nearest to what was
 * written.
 *
 * @param whole An integer, also before 1970.
 * @param fraction As `.25`; may be empty.
 * @example
 * ```ts
 * import { withFraction } from "./iso_time.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(withFraction(1700000000, ".1"), 1700000000.1);
 * assert.equal(withFraction(-2, ".75"), -1.25);
 * ```
 */
export function withFraction(whole: number, fraction: string): number {
  return whole < 0 ? whole + Number(`0${fraction}`) : Number(`${whole}${fraction}`);
}
