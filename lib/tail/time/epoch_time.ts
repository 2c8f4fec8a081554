import { digitsAt, isDigit } from "./characters.ts";
import { LOOK_CHARACTERS } from "./line_time.ts";

/**
 * A number of its own, not part of a word, a decimal number or an address: with as many digits as
 * seconds have since 1973, or milliseconds, microseconds, nanoseconds.
 */
const NUMBER = /(?<![\w.-])(\d{9,10}|\d{12,13}|\d{15,16}|\d{18,19})(?:\.(\d{1,12}))?(?![\w-]|\.\d)/;

/** As many digits as in our time, up to the year 2096, at the very beginning, perhaps in brackets. */
const FIRST_NUMBER = /^[[("']?([123]\d{9}(?:\d{3}){0,3})(?:\.(\d{1,12}))?(?![\w-]|\.\d)/;

const SECOND_DIGITS = 10;

/** Finds the first number in the line that can be a time since 1970. */
export function epochTime(head: string): number | undefined {
  const match = NUMBER.exec(head);
  if (match === null || match.index > LOOK_CHARACTERS) return undefined;
  return secondsOf(match[1] ?? "", match[2] ?? "");
}

/** Finds a time since 1970 that the line begins with; elsewhere numbers are too often something else. */
export function leadingEpochTime(head: string): number | undefined {
  const start = isDigit(head.charCodeAt(0)) ? 0 : 1;
  if (digitsAt(head, start, SECOND_DIGITS) < 0) return undefined;
  const match = FIRST_NUMBER.exec(head);
  return match === null ? undefined : secondsOf(match[1] ?? "", match[2] ?? "");
}

/** Its number of digits tells the unit; as text it is not rounded before the point is in its place. */
function secondsOf(digits: string, fraction: string): number {
  const point = digits.length - Math.floor((digits.length - SECOND_DIGITS + 2) / 3) * 3;
  return Number(`${digits.slice(0, point)}.${digits.slice(point)}${fraction}0`);
}
