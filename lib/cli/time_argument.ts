/**
 * Points in time as people type them on a command line.
 *
 * @module
 */

import { isDay, withFraction } from "../base/iso_time.ts";

const SECONDS = /^[-+]?\d+(?:\.\d+)?$/;
const DATE_PART = /(?<date>\d{4}-\d{2}-\d{2})/.source;
const TIME_PART = /(?<time>(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2}))?)/.source;
const ZONE_PART = /(?<zone>Z|[-+]\d{2}(?::?\d{2})?)/.source;
const DATE = new RegExp(
  `^${DATE_PART}(?:[T ]${TIME_PART}(?<fraction>\\.\\d+)?${ZONE_PART}?)?$`,
  "i",
);
const TIME_OF_DAY =
  /^(?<time>(?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2}))?)(?<fraction>\.\d+)?$/;
const DURATION = /^(?:(?:\d+(?:\.\d+)?[wdhms])+)(?:\s+ago)?$/i;
const DURATION_PART = /([\d.]+)([wdhms])/gi;

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ["w", 604_800],
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
]);

const ACCEPTED =
  "seconds since 1970 (1795341600), a date (2026-11-22), a date and time (2026-11-22T10:00, " +
  "2026-11-22 10:00:30.5, 2026-11-22T10:00Z, 2026-11-22T10:00+02:00), a time before now (15m, 2h, 1h30m, 3d ago), " +
  "a time of today (10:30), now, today or yesterday";

/**
 * Reads a point in time.
 *
 * Accepted are seconds since 1970 with or without decimals; ISO 8601 dates and date-times, with `T`
 * or a space, seconds and a fraction of them optional, with `Z` or an offset, and else in the time
 * zone of the process; times of day, such as `10:30`; durations of weeks, days (of 24 hours), hours,
 * minutes and seconds before now, with or without ` ago`; `now`, and the local midnights `today` and
 * `yesterday`.
 *
 * @param text What was typed.
 * @param nowMs The current time, in milliseconds since 1970.
 * @param dayMs A moment of the day that a time of day alone is on. @default {nowMs}
 * @returns Seconds since 1970.
 * @throws {TypeError} when the text is something else, or a date or time of day that does not
 * exist.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const nowMs = Date.UTC(2026, 10, 22, 12);
 * assert.equal(parseTimeArgument("1h30m", nowMs), nowMs / 1000 - 5400);
 * assert.equal(parseTimeArgument("2026-11-22T10:00Z", nowMs), nowMs / 1000 - 7200);
 * assert.throws(() => parseTimeArgument("2026-02-30", nowMs), TypeError);
 * ```
 */
export function parseTimeArgument(text: string, nowMs: number, dayMs: number = nowMs): number {
  const trimmed = text.trim();
  if (SECONDS.test(trimmed)) return Number(trimmed);
  const named = parseName(trimmed.toLowerCase(), nowMs);
  if (named !== undefined) return named;
  if (DURATION.test(trimmed)) return nowMs / 1000 - sumDuration(text, trimmed);
  const clock = TIME_OF_DAY.exec(trimmed)?.groups;
  if (clock !== undefined) return parseTimeOfDay(text, clock, dayMs);
  const parts = DATE.exec(trimmed)?.groups;
  if (parts === undefined) refuse(text, `expected ${ACCEPTED}`);
  return parseDate(text, parts);
}

function parseName(name: string, nowMs: number): number | undefined {
  if (name === "now") return nowMs / 1000;
  if (name !== "today" && name !== "yesterday") return undefined;
  const midnight = new Date(nowMs);
  midnight.setHours(0, 0, 0, 0);
  if (name === "yesterday") midnight.setDate(midnight.getDate() - 1);
  return midnight.getTime() / 1000;
}

function parseTimeOfDay(text: string, parts: TimeParts, dayMs: number): number {
  checkTime(text, parts);
  const { hour = "0", minute = "0", second = "0", fraction = "" } = parts;
  const date = new Date(dayMs);
  date.setHours(Number(hour), Number(minute), Number(second), 0);
  return withFraction(date.getTime() / 1000, fraction);
}

function sumDuration(text: string, duration: string): number {
  const seen = new Set<string>();
  let seconds = 0;
  for (const [, amount, letter = ""] of duration.matchAll(DURATION_PART)) {
    const unit = letter.toLowerCase();
    if (seen.has(unit)) refuse(text, `the unit '${unit}' must not be given twice`);
    seen.add(unit);
    seconds += Number(amount) * UNIT_SECONDS.get(unit)!;
  }
  return seconds;
}

/** The named groups of a time. */
type TimeParts = Readonly<Record<string, string | undefined>>;

function parseDate(text: string, parts: TimeParts): number {
  const { date = "", time = "00:00", fraction = "", zone = "" } = parts;
  if (!isDay(date)) refuse(text, "there is no such day in the calendar");
  checkTime(text, parts);
  const ms = Date.parse(`${date}T${time}${readZone(text, zone)}`);
  return withFraction(ms / 1000, fraction);
}

function checkTime(text: string, parts: TimeParts): void {
  const { hour = "0", minute = "0", second, fraction } = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? "0") > 59) {
    refuse(text, "the time of day must lie between 00:00:00 and 23:59:59");
  }
  if (fraction !== undefined && second === undefined) {
    refuse(text, "a fraction must follow the seconds, as in 10:00:30.5");
  }
}

/** The offset as `Date.parse` wants it: `+02` and `+0200` become `+02:00`. */
function readZone(text: string, zone: string): string {
  if (zone === "" || zone.toUpperCase() === "Z") return zone.toUpperCase();
  const hours = zone.slice(1, 3);
  const minutes = zone.slice(3).replace(":", "") || "00";
  if (Number(hours) > 23 || Number(minutes) > 59) {
    refuse(text, "the offset must lie between -23:59 and +23:59");
  }
  return `${zone[0]}${hours}:${minutes}`;
}

function refuse(text: string, reason: string): never {
  throw new TypeError(`Cannot read time '${text}': ${reason}`);
}
