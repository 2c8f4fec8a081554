import { secondsOf } from "./calendar.ts";
import {
  code,
  COLON,
  COMMA,
  digitsAt,
  isDigit,
  isLetter,
  MINUS,
  PLUS,
  POINT,
  SPACE,
} from "./characters.ts";

/** Picoseconds; what has more digits behind the point is no clock. */
const MAX_FRACTION_DIGITS = 12;

/** No zone of the world is further from UTC. */
const MAX_OFFSET_HOURS = 14;

/** A time of the day found in a text. */
export interface ClockText {
  /** Where the hour begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** Whole seconds of the day; NaN when no clock shows it. */
  readonly seconds: number;
  /** Whether it tells the second. */
  readonly isExact: boolean;
  /** Digits behind the decimal point or comma. */
  readonly fraction: string;
}

/** A zone found in a text. */
export interface OffsetText {
  /** Where it ends. */
  readonly end: number;
  /** Seconds ahead of UTC; NaN for what cannot be. */
  readonly seconds: number;
}

/**
 * The time around a colon, such as `17:41` or `17:41:44,747`.
 *
 * @param colon Where the one after the hour is.
 */
export function readClock(text: string, colon: number): ClockText | undefined {
  const hour = digitsAt(text, colon - 2, 2);
  const minute = digitsAt(text, colon + 1, 2);
  if (hour < 0 || minute < 0) return undefined;
  let end = colon + 3;
  if (code(text, end) !== COLON || !isDigit(code(text, end + 1))) {
    if (isDigit(code(text, end))) return undefined;
    const seconds = secondsOf(hour, minute, 0);
    return { start: colon - 2, end, seconds, isExact: false, fraction: "" };
  }
  const second = digitsAt(text, end + 1, 2);
  end += 3;
  if (second < 0 || isDigit(code(text, end))) return undefined;
  const fraction = readFraction(text, end);
  if (fraction === undefined) return undefined;
  if (fraction !== "") end += 1 + fraction.length;
  const seconds = secondsOf(hour, minute, second);
  return { start: colon - 2, end, seconds, isExact: true, fraction };
}

/** Digits behind a point or comma; `undefined` when there are too many. */
export function readFraction(text: string, at: number): string | undefined {
  const point = code(text, at);
  if (point !== POINT && point !== COMMA) return "";
  let end = at + 1;
  while (isDigit(code(text, end))) end++;
  return end - at - 1 > MAX_FRACTION_DIGITS ? undefined : text.slice(at + 1, end);
}

/**
 * The zone behind a time: `Z`, `+02`, `+0200` or `+02:00`, the longer ones and the name `UTC` or
 * `GMT` also behind a space. Other names mean different things in different countries.
 */
export function readOffset(text: string, at: number): OffsetText | undefined {
  const isApart = code(text, at) === SPACE;
  const start = isApart ? at + 1 : at;
  const first = code(text, start);
  if (first === PLUS || first === MINUS) return readNumber(text, start, isApart);
  if (!isLetter(first)) return undefined;
  UTC_NAME.lastIndex = start;
  return UTC_NAME.test(text) ? { end: UTC_NAME.lastIndex, seconds: 0 } : undefined;
}

const UTC_NAME = /(?:Z|UTC|GMT)(?![A-Za-z0-9])/y;

function readNumber(text: string, sign: number, isApart: boolean): OffsetText | undefined {
  const hours = digitsAt(text, sign + 1, 2);
  if (hours < 0) return undefined;
  const separator = code(text, sign + 3) === COLON ? 1 : 0;
  const minutes = digitsAt(text, sign + 3 + separator, 2);
  const end = minutes < 0 ? sign + 3 : sign + 5 + separator;
  if (isDigit(code(text, end)) || (minutes < 0 && isApart)) return undefined;
  const ahead = (hours * 60 + Math.max(minutes, 0)) * 60;
  const isPossible = ahead <= MAX_OFFSET_HOURS * 3600 && minutes <= 59;
  // A number apart may be something else, such as the result of a request.
  if (!isPossible) return isApart ? undefined : { end, seconds: NaN };
  return { end, seconds: code(text, sign) === MINUS ? -ahead : ahead };
}
