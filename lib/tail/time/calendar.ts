/** Seconds of a day. */
export const DAY_SECONDS = 86_400;

/** The collector takes a timestamp of zero for none, so the year it lies in is where times begin. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;

/** A time further ahead is one of the year before: two zones are at most 26 hours apart. */
const MAX_AHEAD_SECONDS = 2 * DAY_SECONDS;

/** No year is shorter. */
const SHORT_YEAR_SECONDS = 365 * DAY_SECONDS;

/** The powers of ten with which whole seconds of our time are still exact numbers. */
const SCALES: readonly number[] = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
const MAX_SCALED_SECONDS = 9e9;

// deno-fmt-ignore
const MONTHS: ReadonlyMap<number, number> = new Map([
  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
].map((name, i) => [lettersAt(name, 0), i + 1]));

/** The month from 1 to 12 whose English name begins at a place in a text; 0 where there is none. */
export function monthAt(text: string, at: number): number {
  return MONTHS.get(lettersAt(text, at)) ?? 0;
}

/** Three letters as a number, the same for small and capital ones. */
function lettersAt(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  const third = text.charCodeAt(at + 2);
  // Other characters than letters could become one.
  if (!(first >= 0x41 && second >= 0x41 && third >= 0x41 && (first | second | third) < 0x80)) {
    return 0;
  }
  return ((first | 0x20) << 16) | ((second | 0x20) << 8) | third | 0x20;
}

/**
 * Midnight of a date in seconds since 1970, as if the date were in UTC.
 *
 * @param year 1970 to 9999.
 * @param month 1 to 12.
 * @param day 1 to 31.
 * @returns NaN when there is no such date.
 */
export function midnightOf(year: number, month: number, day: number): number {
  if (!(year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12)) return NaN;
  if (!(day >= 1 && day <= monthLength(year, month))) return NaN;
  // Years begin with March here, so that the leap day is the last one.
  const shifted = month > 2 ? year : year - 1;
  const yearDay = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return (shifted * 365 + leapDays + yearDay - DAYS_BEFORE_1970) * DAY_SECONDS;
}

const DAYS_BEFORE_1970 = 719_468;

function monthLength(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/**
 * Midnight of a date whose year is not told: of the latest year in which it has been, as a log tells
 * what was, or is about to be, as clocks and zones differ.
 *
 * @param seconds Time of the day.
 * @param now Seconds since 1970, on the same clock.
 * @returns NaN when no year about that time has the date.
 */
export function midnightBefore(month: number, day: number, seconds: number, now: number): number {
  const year = new Date(now * 1000).getUTCFullYear();
  const latest = now + MAX_AHEAD_SECONDS - seconds;
  const same = midnightOf(year, month, day);
  if (same <= latest && same > latest - SHORT_YEAR_SECONDS) return same;
  for (const near of [year + 1, year, year - 1]) {
    const midnight = midnightOf(near, month, day);
    if (midnight <= latest) return midnight;
  }
  return NaN;
}

/** Midnight of the day that brings a time of the day closest to another time. */
export function dayNear(seconds: number, near: number): number {
  const today = Math.floor(near / DAY_SECONDS) * DAY_SECONDS;
  return closest([today - DAY_SECONDS, today, today + DAY_SECONDS], { seconds, near });
}

function closest(
  midnights: readonly number[],
  { seconds, near }: { readonly seconds: number; readonly near: number },
): number {
  let best = NaN;
  for (const midnight of midnights) {
    const isCloser = !(Math.abs(midnight + seconds - near) >= Math.abs(best + seconds - near));
    if (!Number.isNaN(midnight) && isCloser) best = midnight;
  }
  return best;
}

/**
 * Seconds of a time of the day.
 *
 * @returns NaN when no clock shows it. A leap second is the first of the next minute, as on the
 * clocks of computers.
 */
export function secondsOf(hour: number, minute: number, second: number): number {
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return NaN;
  // Leap seconds end a day in UTC, which is a half or a whole hour in every zone.
  if (second === 60 && minute % 30 !== 29) return NaN;
  return (hour * 60 + minute) * 60 + second;
}

/**
 * Whole seconds with the digits behind the decimal point, as the number closest to that.
 *
 * @param digits Any number of digits, also none.
 */
export function withFraction(whole: number, digits: string): number {
  if (digits === "") return whole;
  const scale = SCALES[digits.length];
  if (scale === undefined || whole > MAX_SCALED_SECONDS) return Number(`${whole}.${digits}`);
  return (whole * scale + Number(digits)) / scale;
}
