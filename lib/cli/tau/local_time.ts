import { readTime } from "../../base/time_text.ts";
import { roundToMicroseconds } from "../format/local_time.ts";

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
  const { date } = toMicrosecond(seconds);
  if (Number.isNaN(date.getTime())) return "";
  const year = String(date.getFullYear()).padStart(4, "0");
  return `${year}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`;
}

/** The time of day, such as `10:30:05.123`; the seconds themselves for a moment outside of the calendar. */
export function formatTime(seconds: number, detail: TimeDetail = "second"): string {
  const { date, microsecond } = toMicrosecond(seconds);
  if (Number.isNaN(date.getTime())) return `${seconds}`;
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
  const digits = DIGITS[detail];
  if (digits === 0) return time;
  return `${time}.${String(microsecond).padStart(DIGITS.microsecond, "0").slice(0, digits)}`;
}

/** Digits beyond that are those of the number's own error: 17.829 is written so, not as 17.828999. */
function toMicrosecond(seconds: number): { readonly date: Date; readonly microsecond: number } {
  const { epochSeconds, microsecond } = roundToMicroseconds(seconds);
  return { date: new Date(epochSeconds * 1000), microsecond };
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
