import { readTime } from "../../base/time_text.ts";

/** How exactly a moment is written. */
export type TimeDetail = "second" | "millisecond" | "microsecond";

const DIGITS: Readonly<Record<TimeDetail, number>> = { second: 0, millisecond: 3, microsecond: 6 };

/** A moment in the zone of the process, as {@linkcode readTime} reads it. */
export function formatLocal(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || date.getFullYear() < 1000 || date.getFullYear() > 9999) {
    return `${seconds}`;
  }
  const isWhole = Number.isInteger(seconds);
  const text = `${formatDate(seconds)}T${formatTime(seconds, isWhole ? "second" : "microsecond")}`;
  // What the digits do not hold exactly is written as the number.
  return readTime(text, 0) === seconds ? text : `${seconds}`;
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
