/** Seconds of each unit of a length of time, in small letters. */
export const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["m", 60],
  ["h", 3_600],
  ["d", 86_400],
  ["w", 604_800],
]);

const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/i;
const PART = /([\d.]+)(ms|[smhdw])/gi;

/**
 * Reads a length of time as people type it: `250ms`, `90s`, `15m`, `2h`, `30d`, `4w`, `1h30m`.
 *
 * @returns Seconds.
 * @throws {TypeError} When the text is something else; the message ends the sentence "it must …".
 * @example
 * ```ts
 * import { parseDuration } from "./duration_text.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(parseDuration("1h30m"), 5400);
 * ```
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  let seconds = 0;
  for (const [, amount, unit = ""] of trimmed.matchAll(PART)) {
    seconds += Number(amount) * (UNIT_SECONDS.get(unit.toLowerCase()) ?? NaN);
  }
  if (DURATION.test(trimmed) && seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new TypeError("be a length of time such as 90s, 15m, 2h, 30d or 4w");
}
