import {
  DAY_SECONDS,
  dayNear,
  midnightBefore,
  midnightOf,
  monthAt,
  secondsOf,
} from "./calendar.ts";
import { readOffset } from "./clock_text.ts";
import { instantOf, type LineTime, LOOK_CHARACTERS, type Reading } from "./line_time.ts";
import { TIME_DIRECTIVES, type TimeField } from "./strptime_directives.ts";

/** Longer than any way to write a time, short enough for its expression to be quick on any line. */
export const MAX_TIME_PATTERN_LENGTH = 128;

/** Two-digit years from here on are of the last century, as POSIX has it. */
const FIRST_SHORT_YEAR = 69;

type Fields = ReadonlyMap<TimeField, string>;

/**
 * Compiles a pattern in the manner of `strptime`, to be found in a line rather than to match all of
 * it.
 *
 * A space stands for one or more; letters match in either case; numbers may lack leading zeros where
 * something else tells where they end. A date without year is of the latest year in which it has been
 * when it is read, a time without date of the day that brings it closest to the time of reading.
 *
 * @throws {RangeError} When the pattern is wrong; the message names `--time-pattern`.
 *
 * @example
 * ```ts
 * import { compileStrptime } from "./strptime.ts";
 * import { TimeZone } from "./time_zone.ts";
 * import assert from "node:assert/strict";
 *
 * const find = compileStrptime("%d.%m.%Y %H:%M");
 * const reading = { zone: new TimeZone({ utc: true }), localNow: 1.7e9 };
 * assert.equal(find("[9.9.2001 01:46] ready", reading), 999999960);
 * assert.equal(find("[31.9.2001 01:46] ready", reading), NaN);
 * ```
 */
export function compileStrptime(pattern: string): LineTime {
  if (pattern.length > MAX_TIME_PATTERN_LENGTH) {
    throw refusal(pattern, `have at most ${MAX_TIME_PATTERN_LENGTH} characters`);
  }
  const fields: TimeField[] = [];
  const source = compile(pattern, pattern, fields).replace(/(?:\[ \\t\]\+)+/g, "[ \\t]+");
  checkFields(pattern, fields);
  const expression = new RegExp(String.raw`(?<!\d)${source}(?!\d)`, "i");
  return (head, reading) => {
    const match = expression.exec(head);
    if (match === null || match.index >= LOOK_CHARACTERS) return undefined;
    return instantOfFields(new Map(fields.map((field, i) => [field, match[i + 1] ?? ""])), reading);
  };
}

/** The expression for a part of a pattern; its fields are added in the order of their groups. */
function compile(part: string, pattern: string, fields: TimeField[]): string {
  return part.replace(/%([\s\S]?)|\s+|[^%\s]/gu, (text, letter?: string) => {
    if (letter === undefined) return text.trim() === "" ? "[ \\t]+" : escape(text);
    const directive = TIME_DIRECTIVES.get(letter);
    if (directive === undefined) {
      const known = [...TIME_DIRECTIVES.keys()].map((key) => `%${key}`).join(" ");
      throw refusal(pattern, `have only the directives ${known}, and not '${text}'`);
    }
    if (directive.kind === "composite") return compile(directive.format, pattern, fields);
    if (directive.field === "nothing") return directive.source;
    if (fields.includes(directive.field)) {
      throw refusal(pattern, `tell each part of the time once, and not '${text}' again`);
    }
    fields.push(directive.field);
    return `(${directive.source})`;
  });
}

function escape(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function checkFields(pattern: string, fields: readonly TimeField[]): void {
  const has = (field: TimeField) => fields.includes(field);
  const hasHour = has("hour") || has("halfDayHour");
  const hasDay = has("day") || has("yearDay");
  if (has("epoch")) return;
  if (!hasDay && !hasHour) {
    throw refusal(pattern, "tell a day or an hour, such as %d or %H, or be %s");
  }
  if (has("day") !== (has("month") || has("monthName"))) {
    throw refusal(pattern, "tell the month and the day, or neither");
  }
  if (!hasDay && (has("year") || has("shortYear"))) {
    throw refusal(pattern, "tell the day where it tells the year");
  }
  if (has("yearDay") && !has("year") && !has("shortYear")) {
    throw refusal(pattern, "tell the year where it has %j");
  }
  if (has("halfDayHour") && !has("halfDay")) throw refusal(pattern, "have %p where it has %I");
}

function refusal(pattern: string, rule: string): RangeError {
  return new RangeError(
    `Cannot read times as '--time-pattern' must ${rule}: current value is ${
      JSON.stringify(pattern)
    }`,
  );
}

function instantOfFields(fields: Fields, { zone, localNow }: Reading): number {
  const fraction = fields.get("fraction") ?? "";
  const epoch = fields.get("epoch");
  if (epoch !== undefined) return instantOf(Number(epoch), fraction, 0, zone);
  const seconds = timeOfDay(fields);
  const midnight = midnightOfFields(fields, seconds, localNow);
  const zoneText = fields.get("zone")?.toUpperCase();
  const offset = zoneText === undefined ? undefined : readOffset(zoneText, 0)?.seconds ?? NaN;
  return instantOf(midnight + seconds, fraction, offset, zone);
}

function timeOfDay(fields: Fields): number {
  const minute = Number(fields.get("minute") ?? 0);
  const second = Number(fields.get("second") ?? 0);
  const half = fields.get("halfDayHour");
  if (half === undefined) return secondsOf(Number(fields.get("hour") ?? 0), minute, second);
  const hour = Number(half);
  if (hour < 1 || hour > 12) return NaN;
  const isAfternoon = fields.get("halfDay")?.toLowerCase() === "pm";
  return secondsOf(hour % 12 + (isAfternoon ? 12 : 0), minute, second);
}

function midnightOfFields(fields: Fields, seconds: number, localNow: number): number {
  const year = yearOf(fields);
  const yearDay = fields.get("yearDay");
  if (yearDay !== undefined) {
    const midnight = midnightOf(year ?? NaN, 1, 1) + (Number(yearDay) - 1) * DAY_SECONDS;
    return new Date(midnight * 1000).getUTCFullYear() === year ? midnight : NaN;
  }
  const name = fields.get("monthName");
  const month = name === undefined ? Number(fields.get("month")) : monthAt(name, 0);
  const day = fields.get("day");
  if (day === undefined) return dayNear(seconds, localNow);
  return year === undefined
    ? midnightBefore(month, Number(day), seconds, localNow)
    : midnightOf(year, month, Number(day));
}

function yearOf(fields: Fields): number | undefined {
  const year = fields.get("year");
  if (year !== undefined) return Number(year);
  const short = fields.get("shortYear");
  if (short === undefined) return undefined;
  return Number(short) + (Number(short) >= FIRST_SHORT_YEAR ? 1900 : 2000);
}
