/**
 * The directives of `strftime` in the C locale, with glibc's extensions.
 *
 * The rules are those of
 * https://sourceware.org/glibc/manual/2.36/html_node/Formatting-Calendar-Time.html, the unwritten
 * ones were found by running it.
 *
 * @module
 */

import type { LocalTime } from "./local_time.ts";

/** What one directive letter writes. */
export type Directive =
  | {
    /** A number, padded to its digits or to a wider field. */
    readonly kind: "number";
    /** The number. */
    readonly value: (time: LocalTime) => number;
    /** The least number of digits. */
    readonly digits: number;
    /** What pads when the directive has no flag for it. */
    readonly pad: "0" | "_";
    /**
     * The modifiers that glibc does not know for it; such a directive is printed as it was written.
     */
    readonly refuses: "" | "E" | "O";
  }
  | {
    /** Text, padded only to a given width. */
    readonly kind: "text";
    /** The text. */
    readonly value: (time: LocalTime) => string;
    /** What the flag `#` does with the letters. */
    readonly swap: "" | "upper" | "lower";
    /** As above; `EO` is both. */
    readonly refuses: "" | "E" | "O" | "EO";
  }
  | {
    /** Other directives, written as one text. */
    readonly kind: "composite";
    /** The format it stands for. */
    readonly format: string;
    /** As above. */
    readonly refuses: "" | "O" | "EO";
  };

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
// deno-fmt-ignore
const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];
const SHORT_NAME = 3;

/**
 * All directives by letter. `%z` and `%Z` write nothing, because the dates are Python's naive ones;
 * `%f` is not here, as it is Python's, not glibc's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(DIRECTIVES.get("T"), { kind: "composite", format: "%H:%M:%S", refuses: "" });
 * ```
 */
export const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ["a", text((time) => WEEKDAYS[time.weekday]!.slice(0, SHORT_NAME), "upper", "EO")],
  ["A", text((time) => WEEKDAYS[time.weekday]!, "upper", "EO")],
  ["b", text(shortMonth, "upper", "E")],
  ["h", text(shortMonth, "upper", "E")],
  ["B", text((time) => MONTHS[time.month - 1]!, "upper", "E")],
  ["p", text((time) => time.hour < 12 ? "AM" : "PM", "lower", "")],
  // The letters of `%P` stay small under every flag, which `swap` below gives it too.
  ["P", text((time) => time.hour < 12 ? "am" : "pm", "lower", "")],
  ["s", text((time) => String(time.epochSeconds), "", "")],
  ["n", text(() => "\n", "", "")],
  ["t", text(() => "\t", "", "")],
  ["%", text(() => "%", "", "")],
  ["Z", text(() => "", "", "")],

  ["C", number((time) => Math.floor(time.year / 100), 1, "")],
  ["d", number((time) => time.day, 2, "E")],
  ["e", number((time) => time.day, 2, "E", "_")],
  ["g", number((time) => isoWeek(time).year % 100, 2, "E")],
  ["G", number((time) => isoWeek(time).year, 1, "E")],
  ["H", number((time) => time.hour, 2, "E")],
  ["I", number(hourOfTwelve, 2, "E")],
  ["j", number((time) => time.yearDay + 1, 3, "E")],
  ["k", number((time) => time.hour, 2, "E", "_")],
  ["l", number(hourOfTwelve, 2, "E", "_")],
  ["m", number((time) => time.month, 2, "E")],
  ["M", number((time) => time.minute, 2, "E")],
  ["S", number((time) => time.second, 2, "E")],
  ["u", number((time) => time.weekday || 7, 1, "")],
  ["U", number((time) => weekOfYear(time.yearDay, time.weekday), 2, "E")],
  ["V", number((time) => isoWeek(time).week, 2, "E")],
  ["w", number((time) => time.weekday, 1, "E")],
  ["W", number((time) => weekOfYear(time.yearDay, mondayBased(time)), 2, "E")],
  ["y", number((time) => time.year % 100, 2, "")],
  ["Y", number((time) => time.year, 1, "O")],

  ["c", composite("%a %b %e %H:%M:%S %Y", "O")],
  ["D", composite("%m/%d/%y", "EO")],
  ["F", composite("%Y-%m-%d", "EO")],
  ["r", composite("%I:%M:%S %p", "")],
  ["R", composite("%H:%M", "")],
  ["T", composite("%H:%M:%S", "")],
  ["x", composite("%m/%d/%y", "O")],
  ["X", composite("%H:%M:%S", "O")],
]);

function number(
  value: (time: LocalTime) => number,
  digits: number,
  refuses: "" | "E" | "O",
  pad: "0" | "_" = "0",
): Directive {
  return { kind: "number", value, digits, pad, refuses };
}

function text(
  value: (time: LocalTime) => string,
  swap: "" | "upper" | "lower",
  refuses: "" | "E" | "O" | "EO",
): Directive {
  return { kind: "text", value, swap, refuses };
}

function composite(format: string, refuses: "" | "O" | "EO"): Directive {
  return { kind: "composite", format, refuses };
}

function shortMonth(time: LocalTime): string {
  return MONTHS[time.month - 1]!.slice(0, SHORT_NAME);
}

function hourOfTwelve(time: LocalTime): number {
  return time.hour % 12 || 12;
}

function mondayBased(time: LocalTime): number {
  return (time.weekday + 6) % 7;
}

/** Week 1 begins with the first day on which the week begins; days before it are in week 0. */
function weekOfYear(yearDay: number, dayOfWeek: number): number {
  return Math.floor((yearDay + 7 - dayOfWeek) / 7);
}

/** The ISO 8601 week: it belongs to the year in which its Thursday lies. */
function isoWeek(time: LocalTime): { year: number; week: number } {
  const thursday = time.yearDay - mondayBased(time) + 3;
  const daysInYear = yearLength(time.year);
  if (thursday < 0) {
    const year = time.year - 1;
    return { year, week: Math.floor((thursday + yearLength(year)) / 7) + 1 };
  }
  if (thursday >= daysInYear) {
    return { year: time.year + 1, week: Math.floor((thursday - daysInYear) / 7) + 1 };
  }
  return { year: time.year, week: Math.floor(thursday / 7) + 1 };
}

function yearLength(year: number): number {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}
