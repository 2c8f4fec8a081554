import { niceInterval } from "./interval.js";
import { zoneOffset } from "./time_format.js";

const DAY = 86_400;

/** 1970 began on a Thursday; weeks are taken to begin on Mondays. */
const FIRST_MONDAY = 4;

/** Steps in days: on which days since 1970 they fall. */
const DAY_STEPS = [
  { days: 1, first: 0 },
  { days: 2, first: 0 },
  { days: 7, first: FIRST_MONDAY },
];

/** Steps in months, which are counted from the year 0. */
const MONTH_STEPS = [
  1,
  2,
  3,
  6,
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].map((years) => 12 * years),
];

/** No month is longer. */
const MONTH_DAYS = 31;

/**
 * Where a chart's labels stand, and what they are about.
 *
 * @typedef {{unit: "time" | "day" | "month" | "year", step: number, ticks: readonly number[]}} Ticks
 */

/**
 * Times that people count in, in a stretch of time: round ones of the clock, days, Mondays, the first
 * days of months and of years.
 *
 * @param {number} start Seconds since 1970.
 * @param {number} end
 * @param {number} most At most so many, or a few more.
 * @param {boolean} utc
 * @returns {Ticks} `step` is in seconds, about.
 */
export function axisTicks(start, end, most, utc) {
  const least = (end - start) / most;
  const clock = niceInterval(end - start, most);
  if (clock < DAY) {
    return { unit: "time", step: clock, ticks: clockTicks(start, end, clock, utc, most) };
  }
  const daily = DAY_STEPS.find(({ days }) => days * DAY >= least);
  if (daily !== undefined) {
    return { unit: "day", step: daily.days * DAY, ticks: dayTicks(start, end, daily, utc) };
  }
  const months = MONTH_STEPS.find((months) => months * MONTH_DAYS * DAY >= least) ??
    Math.ceil(least / (MONTH_DAYS * DAY));
  const unit = months % 12 === 0 ? "year" : "month";
  return { unit, step: months * MONTH_DAYS * DAY, ticks: monthTicks(start, end, months, utc) };
}

/**
 * @param {number} start
 * @param {number} end
 * @param {number} step
 * @param {boolean} utc
 * @param {number} most
 */
function clockTicks(start, end, step, utc, most) {
  const offset = zoneOffset(start, utc);
  const first = Math.ceil((start + offset) / step - 1e-9);
  const ticks = [];
  // Far from 1970, steps may be less than doubles tell apart.
  for (let i = 0; i <= most; i++) {
    const at = (first + i) * step - offset;
    if (at > end) break;
    ticks.push(at);
  }
  return ticks;
}

/**
 * @param {number} start
 * @param {number} end
 * @param {{days: number, first: number}} step
 * @param {boolean} utc
 */
function dayTicks(start, end, { days, first }, utc) {
  const begin = Math.floor((start + zoneOffset(start, utc)) / DAY);
  const ticks = [];
  for (let day = begin - (((begin - first) % days) + days) % days;; day += days) {
    const at = dateSeconds(1970, 0, 1 + day, utc);
    if (!(at <= end)) return ticks;
    if (at >= start) ticks.push(at);
  }
}

/** @param {number} start @param {number} end @param {number} months @param {boolean} utc */
function monthTicks(start, end, months, utc) {
  const first = new Date((start + zoneOffset(start, utc)) * 1000);
  const begin = 12 * first.getUTCFullYear() + first.getUTCMonth();
  const ticks = [];
  for (let month = Math.floor(begin / months) * months;; month += months) {
    const at = dateSeconds(0, month, 1, utc);
    if (!(at <= end)) return ticks;
    if (at >= start) ticks.push(at);
  }
}

/**
 * When a day begins; NaN for one that `Date` does not know.
 *
 * @param {number} year
 * @param {number} month
 * @param {number} day
 * @param {boolean} utc
 */
function dateSeconds(year, month, day, utc) {
  const date = new Date(0);
  // The constructor would take the year 99 for 1999.
  if (utc) return date.setUTCFullYear(year, month, day) / 1000;
  date.setFullYear(year, month, day);
  return date.setHours(0, 0, 0, 0) / 1000;
}
