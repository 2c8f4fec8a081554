import { parseTimeArgument } from "../time_argument.ts";

const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?$/;

/**
 * Reads a point in time as it is typed on a screen: what the options of the command line take, and a time
 * of day alone.
 *
 * @param text Such as `10:30`, `15m`, `2026-11-22T10:00`.
 * @param now Seconds since 1970, for times before it.
 * @param day A moment of the day that a time of day alone is on. @default {now}
 * @returns Seconds since 1970.
 * @throws {TypeError} When it is something else.
 */
export function readTypedTime(text: string, now: number, day: number = now): number {
  const parts = TIME_OF_DAY.exec(text.trim());
  if (parts === null) return parseTimeArgument(text, now * 1000);
  const [, hour = "", minute = "", second = "0", fraction = ""] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new TypeError(
      `Cannot read time '${text}': the time of day must lie between 00:00:00 and 23:59:59`,
    );
  }
  const date = new Date(day * 1000);
  date.setHours(Number(hour), Number(minute), Number(second), 0);
  return Number(`${date.getTime() / 1000}${fraction}`);
}

/** How exactly a moment is written. */
export type TimeDetail = "second" | "millisecond" | "microsecond";

const DIGITS: Readonly<Record<TimeDetail, number>> = { second: 0, millisecond: 3, microsecond: 6 };

/** A moment in the zone of the process, as {@linkcode readTypedTime} reads it. */
export function formatLocal(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getFullYear() < 1000 || date.getFullYear() > 9999) {
    return `${seconds}`;
  }
  const isWhole = Number.isInteger(seconds);
  const text = `${formatDate(seconds)}T${formatTime(seconds, isWhole ? "second" : "microsecond")}`;
  // What the digits do not hold exactly is written as the number.
  return readTypedTime(text, 0) === seconds ? text : `${seconds}`;
}

/** The day, such as `2026-11-22`; nothing for a moment outside of the calendar. */
export function formatDate(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const year = String(date.getFullYear()).padStart(4, "0");
  return `${year}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

/** The time of day, such as `10:30:05.123`; the seconds themselves for a moment outside of the calendar. */
export function formatTime(seconds: number, detail: TimeDetail = "second"): string {
  const date = new Date(Math.floor(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
  const digits = DIGITS[detail];
  if (digits === 0) return time;
  const fraction = Math.min(
    10 ** digits - 1,
    Math.floor((seconds - Math.floor(seconds)) * 10 ** digits + 1e-3),
  );
  return `${time}.${String(fraction).padStart(digits, "0")}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
