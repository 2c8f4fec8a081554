/**
 * Seconds since 1970 as a date and a time of day in a time zone.
 *
 * @module
 */

import type { WallTime } from "../../base/zone.ts";

/** A moment of the years 1 to 9999 on a calendar and a clock, with the seconds it was made from. */
export interface LocalTime extends WallTime {
  /** 0 to 6, Sunday is 0. */
  readonly weekday: number;
  /** 0 to 365: the days of the year that are over. */
  readonly yearDay: number;
  /** 0 to 999999. */
  readonly microsecond: number;
  /** Whole seconds since 1970, rounded down. */
  readonly epochSeconds: number;
}

const MICROSECONDS = 1e6;
const DAY_MS = 86_400_000;
const MAX_YEAR = 9999;

/**
 * Makes a clock for a time zone.
 *
 * @param timeZone `"UTC"` or a name of the IANA database; without it the zone of the process
 * (`TZ`).
 * @returns The date and time of a number of seconds, rounded to microseconds as Python's
 * `datetime.fromtimestamp` rounds. It throws a `RangeError` where `fromtimestamp` fails: for what
 * is no number and outside 0001-01-02 to 9999-12-31.
 * @throws {RangeError} when the time zone is unknown.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * const clock = compileClock("Asia/Kolkata");
 * const { hour, minute, microsecond } = clock(0.25);
 * assert.deepEqual([hour, minute, microsecond], [5, 30, 250000]);
 * ```
 */
export function compileClock(timeZone?: string): (seconds: number) => LocalTime {
  const shift = timeZone === undefined ? shiftByProcess : compileShift(timeZone);
  return (seconds) => {
    const { epochSeconds, microsecond } = roundToMicroseconds(seconds);
    const time = readTime(shift(epochSeconds * 1000), epochSeconds, microsecond);
    // Python looks one day back for a clock change, and that day must exist as well.
    const first = time.year === 1 && time.yearDay === 0;
    if (!(time.year >= 1 && time.year <= MAX_YEAR) || first) {
      throw new RangeError(
        `Cannot convert timestamp ${seconds} to a date as it must lie between 0001-01-02 and ${MAX_YEAR}-12-31`,
      );
    }
    return time;
  };
}

/**
 * The fraction alone is scaled and rounded, ties to even: the same steps as Python, so the same
 * last digit.
 */
export function roundToMicroseconds(
  seconds: number,
): Pick<LocalTime, "epochSeconds" | "microsecond"> {
  const whole = Math.trunc(seconds);
  const microsecond = roundHalfEven((seconds - whole) * MICROSECONDS);
  if (microsecond >= MICROSECONDS) {
    return { epochSeconds: whole + 1, microsecond: microsecond - MICROSECONDS };
  }
  if (microsecond < 0) return { epochSeconds: whole - 1, microsecond: microsecond + MICROSECONDS };
  return { epochSeconds: whole, microsecond };
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** Reads a moment that was shifted so that its UTC parts are the local ones. */
function readTime(shiftedMs: number, epochSeconds: number, microsecond: number): LocalTime {
  const date = new Date(shiftedMs);
  const year = date.getUTCFullYear();
  const newYear = new Date(0).setUTCFullYear(year, 0, 1);
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: date.getUTCDay(),
    yearDay: Math.floor((shiftedMs - newYear) / DAY_MS),
    microsecond,
    epochSeconds,
  };
}

function shiftByProcess(ms: number): number {
  const date = new Date(ms);
  // `getTimezoneOffset` is cut to minutes; old local mean times have seconds.
  return new Date(0).setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate()) +
    ((date.getHours() * 60 + date.getMinutes()) * 60 + date.getSeconds()) * 1000;
}

function compileShift(timeZone: string): (ms: number) => number {
  if (timeZone === "UTC") return (ms) => ms;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (ms) => {
    const date = new Date(ms);
    if (Number.isNaN(date.getTime())) return NaN;
    const part: Record<string, string> = {};
    for (const { type, value } of format.formatToParts(date)) part[type] = value;
    const year = part.era === "AD" ? Number(part.year) : 1 - Number(part.year);
    return new Date(0).setUTCFullYear(year, Number(part.month) - 1, Number(part.day)) +
      ((Number(part.hour) * 60 + Number(part.minute)) * 60 + Number(part.second)) * 1000;
  };
}
