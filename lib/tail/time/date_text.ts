import { midnightBefore, midnightOf, monthAt } from "./calendar.ts";
import {
  code,
  COLON,
  digitsAt,
  isDigit,
  isLetter,
  MINUS,
  SLASH,
  SMALL_T,
  SPACE,
} from "./characters.ts";
import { type ClockText, readOffset } from "./clock_text.ts";

/** A date found around a clock. */
export interface DateText {
  /** Midnight of it, as if in UTC; NaN when there is no such date. */
  readonly midnight: number;
  /** Seconds that the zone is ahead of UTC; `undefined` when none is told. */
  readonly offset: number | undefined;
}

/**
 * Finds one kind of date around a clock.
 *
 * @param localNow What the clock on the wall shows at the time of reading, for dates without year.
 */
export type DateReader = (
  text: string,
  clock: ClockText,
  localNow: number,
) => DateText | undefined;

/** `2015-07-29T17:41:44Z`, also with a space, and any zone of ISO 8601 or none. */
export function readIsoDate(text: string, clock: ClockText): DateText | undefined {
  return readYearFirst(text, clock, MINUS);
}

/** `2015/07/29 17:41:44`, as in nginx's log of errors. */
export function readSlashDate(text: string, clock: ClockText): DateText | undefined {
  return readYearFirst(text, clock, SLASH);
}

function readYearFirst(text: string, clock: ClockText, separator: number): DateText | undefined {
  const end = clock.start - 1;
  const between = code(text, end) | 0x20;
  if (between !== SPACE && between !== SMALL_T) return undefined;
  if (code(text, end - 3) !== separator || code(text, end - 6) !== separator) return undefined;
  const year = digitsAt(text, end - 10, 4);
  const month = digitsAt(text, end - 5, 2);
  const day = digitsAt(text, end - 2, 2);
  if (year < 0 || month < 0 || day < 0 || isDigit(code(text, end - 11))) return undefined;
  return {
    midnight: midnightOf(year, month, day),
    offset: readOffset(text, clock.end)?.seconds,
  };
}

/** `10/Oct/2000:13:55:36 -0700`, as in the logs of requests of Apache and nginx. */
export function readRequestDate(text: string, clock: ClockText): DateText | undefined {
  const end = clock.start - 1;
  if (code(text, end) !== COLON) return undefined;
  if (code(text, end - 5) !== SLASH || code(text, end - 9) !== SLASH) {
    return undefined;
  }
  const year = digitsAt(text, end - 4, 4);
  const month = monthAt(text, end - 8);
  const day = digitsAt(text, end - 11, 2);
  if (year < 0 || month === 0 || day < 0 || isDigit(code(text, end - 12))) return undefined;
  return {
    midnight: midnightOf(year, month, day),
    offset: readOffset(text, clock.end)?.seconds,
  };
}

/** `Jun 14 15:16:01` of RFC 3164; the year is the latest in which it has been when it is read. */
export function readSyslogDate(
  text: string,
  clock: ClockText,
  localNow: number,
): DateText | undefined {
  const date = readMonthFirst(text, clock);
  return date?.year === undefined ? dateOf(date, clock, localNow) : undefined;
}

/** `Dec 04 04:47:44 2005`, as `ctime` and Apache's log of errors have it; or the year before the time. */
export function readCtimeDate(
  text: string,
  clock: ClockText,
  localNow: number,
): DateText | undefined {
  const date = readMonthFirst(text, clock);
  return date?.year === undefined ? undefined : dateOf(date, clock, localNow);
}

/** Either of the two. */
export function readMonthDate(
  text: string,
  clock: ClockText,
  localNow: number,
): DateText | undefined {
  return dateOf(readMonthFirst(text, clock), clock, localNow);
}

function dateOf(
  date: MonthFirst | undefined,
  clock: ClockText,
  localNow: number,
): DateText | undefined {
  if (date === undefined) return undefined;
  const { year, month, day, offset } = date;
  const midnight = year === undefined
    ? midnightBefore(month, day, clock.seconds, localNow)
    : midnightOf(year, month, day);
  return { midnight, offset };
}

interface MonthFirst {
  readonly year: number | undefined;
  readonly month: number;
  readonly day: number;
  readonly offset: number | undefined;
}

function readMonthFirst(text: string, clock: ClockText): MonthFirst | undefined {
  const space = clock.start - 1;
  // A list of files has months, days and times, too, but no seconds.
  if (code(text, space) !== SPACE || !clock.isExact) return undefined;
  const yearBefore = digitsAt(text, space - 4, 4);
  const hasYear = yearBefore >= 0 && code(text, space - 5) === SPACE;
  const date = readMonthAndDay(text, hasYear ? space - 5 : space);
  if (date === undefined) return undefined;
  const offset = readOffset(text, clock.end);
  return {
    ...date,
    year: hasYear ? yearBefore : readYearAfter(text, offset?.end ?? clock.end),
    offset: offset?.seconds,
  };
}

/** A day of one digit has a space or two before it. */
function readMonthAndDay(
  text: string,
  end: number,
): { readonly month: number; readonly day: number } | undefined {
  const isLong = isDigit(code(text, end - 2));
  const day = isLong ? digitsAt(text, end - 2, 2) : digitsAt(text, end - 1, 1);
  let space = isLong ? end - 3 : end - 2;
  if (day < 0 || code(text, space) !== SPACE) return undefined;
  if (code(text, space - 1) === SPACE) space--;
  const month = monthAt(text, space - 3);
  if (month === 0 || isLetter(code(text, space - 4))) return undefined;
  return { month, day };
}

/** As in `Sun Dec  4 04:47:44 2005`, or with the name of a zone in between, as `date` prints it. */
function readYearAfter(text: string, at: number): number | undefined {
  YEAR_AFTER.lastIndex = at;
  const year = YEAR_AFTER.exec(text)?.[1];
  return year === undefined ? undefined : Number(year);
}

const YEAR_AFTER = / (?:[A-Z]{3,4} )?((?:19|20|21)\d\d)(?=[\] :,]|$)/y;
