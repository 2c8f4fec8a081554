/**
 * Points in time as people write them: in options, filters and addresses.
 *
 * @module
 */

import { UNIT_SECONDS } from "./duration_text.ts";
import { isDay, withFraction } from "./iso_time.ts";
import { LOCAL_ZONE, UTC_ZONE, type WallTime, type Zone } from "./zone.ts";

/** Some of what {@linkcode readTime} reads, for help texts. */
export const TIME_EXAMPLES = "15m, 3d, today, 10:30, 2026-11-22T10:00, 1795341600";

const ACCEPTED =
  "seconds since 1970 (1795341600), a date (2026-11-22), a date and time (2026-11-22T10:00, " +
  "2026-11-22 10:00:30.5, 2026-11-22T10:00Z, 2026-11-22T10:00+02:00), a time of day (10:30), " +
  "a time before now (15m, 2h, 1h30m, 3d ago), now, today or yesterday";

/** A text is no point in time. */
export class TimeTextError extends TypeError {
  override readonly name = "TimeTextError";
  /** What is wrong with it, or what would be right. */
  readonly reason: string;

  constructor(text: string, reason: string) {
    super(`Cannot read time '${text}': ${reason}`);
    this.reason = reason;
  }
}

/** Options of {@linkcode readTime}. */
export interface TimeTextOptions {
  /** A moment of the day that a time of day alone is on. @default {now} */
  readonly day?: number | undefined;
  /** Whose clocks are meant where the text does not say. @default {those of the process} */
  readonly zone?: Zone;
}

const SECONDS = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
const FRACTION = /(?:\.(?<fraction>\d+))?/.source;
const DATE = /(?<year>\d{4})-(?<month>\d{2})-(?<date>\d{2})/.source;
const TIME = /(?<hour>\d{2}):(?<minute>\d{2})(?::(?<second>\d{2}))?/.source + FRACTION;
const ZONE = /(?<zone>Z|[-+]\d{2}(?::?\d{2})?)/.source;
const DATE_TIME = new RegExp(`^${DATE}(?:[T ]${TIME}${ZONE}?)?$`, "i");
const TIME_OF_DAY = new RegExp(`^${TIME.replace("{2}", "{1,2}")}$`);
const DURATION = /(?:\d+(?:\.\d+)?[wdhms])+/.source;
const BEFORE_NOW = new RegExp(`^(?:(?:now)?-${DURATION}|${DURATION}(?:\\s+ago)?)$`, "i");
const DURATION_PART = /([\d.]+)([wdhms])/gi;

/**
 * Reads a point in time. Letters may be small or capital, and blanks around it are nothing. Accepted are
 *
 * - seconds since 1970, with or without decimals: `1795341600.25`, `1.7e9`;
 * - a date, its midnight: `2026-11-22`; a date and time of ISO 8601, with `T` or a blank, seconds and a
 *   fraction of them optional, `Z` or an offset, or else by the clocks of the zone: `2026-11-22T10:00`,
 *   `2026-11-22 10:00:30.5+02:00`; 24:00 is the end of the day;
 * - a time of day: `10:30`, `9:05:30`;
 * - what was before now by weeks, days (of 24 hours), hours, minutes and seconds: `15m`, `1h30m`,
 *   `3d ago`, `-2h`, `now-2h`;
 * - `now`, and the midnights `today` and `yesterday`.
 *
 * @param now The current time in seconds since 1970.
 * @returns Seconds since 1970.
 * @throws {TimeTextError} When it is something else, or a date or time of day that does not exist.
 *
 * @example
 * ```ts
 * import { readTime } from "./time_text.ts";
 * import { UTC_ZONE } from "./zone.ts";
 * import assert from "node:assert/strict";
 *
 * const now = Date.UTC(2026, 10, 22, 12) / 1000;
 * assert.equal(readTime("1h30m", now), now - 5400);
 * assert.equal(readTime("2026-11-22T10:00Z", now), now - 7200);
 * assert.equal(readTime("10:30", now, { zone: UTC_ZONE }), now - 5400);
 * assert.throws(() => readTime("2026-02-30", now), TypeError);
 * ```
 */
export function readTime(
  text: string,
  now: number,
  { day = now, zone = LOCAL_ZONE }: TimeTextOptions = {},
): number {
  const trimmed = text.trim();
  if (SECONDS.test(trimmed)) return readSeconds(text, trimmed);
  const named = readName(trimmed.toLowerCase(), now, zone);
  if (named !== undefined) return named;
  if (BEFORE_NOW.test(trimmed)) return now - sumDuration(text, trimmed);
  const time = TIME_OF_DAY.exec(trimmed)?.groups;
  if (time !== undefined) {
    return toSeconds(zone, { ...zone.toWall(day), ...readTimeOfDay(text, time) }, time["fraction"]);
  }
  const parts = DATE_TIME.exec(trimmed)?.groups;
  if (parts === undefined) throw new TimeTextError(text, `expected ${ACCEPTED}`);
  return readDateTime(text, parts, zone);
}

function readSeconds(text: string, number: string): number {
  const seconds = Number(number);
  if (!Number.isFinite(seconds)) throw new TimeTextError(text, "the number is too large");
  return seconds;
}

function readName(name: string, now: number, zone: Zone): number | undefined {
  if (name === "now") return now;
  if (name !== "today" && name !== "yesterday") return undefined;
  const today = zone.toWall(now);
  const day = today.day - (name === "yesterday" ? 1 : 0);
  return zone.toSeconds({ ...today, day, hour: 0, minute: 0, second: 0 });
}

function sumDuration(text: string, duration: string): number {
  const seen = new Set<string>();
  let seconds = 0;
  for (const [, amount, letter = ""] of duration.matchAll(DURATION_PART)) {
    const unit = letter.toLowerCase();
    if (seen.has(unit)) throw new TimeTextError(text, `the unit '${unit}' must not be given twice`);
    seen.add(unit);
    seconds += Number(amount) * UNIT_SECONDS.get(unit)!;
  }
  return seconds;
}

/** What the groups of an expression matched. */
type Parts = Readonly<Record<string, string | undefined>>;

function readDateTime(text: string, parts: Parts, zone: Zone): number {
  const { year = "", month = "", date = "" } = parts;
  if (!isDay(`${year}-${month}-${date}`)) {
    throw new TimeTextError(text, "there is no such day in the calendar");
  }
  const wall = {
    year: Number(year),
    month: Number(month),
    day: Number(date),
    ...readTimeOfDay(text, parts),
  };
  const { fraction } = parts;
  if (parts["zone"] === undefined) return toSeconds(zone, wall, fraction);
  return withFraction(UTC_ZONE.toSeconds(wall) - readOffset(text, parts["zone"]), dotted(fraction));
}

function toSeconds(zone: Zone, wall: WallTime, fraction: string | undefined): number {
  return withFraction(zone.toSeconds(wall), dotted(fraction));
}

function dotted(fraction: string | undefined): string {
  return fraction === undefined ? "" : `.${fraction}`;
}

function readTimeOfDay(text: string, parts: Parts): Pick<WallTime, "hour" | "minute" | "second"> {
  if (parts["fraction"] !== undefined && parts["second"] === undefined) {
    throw new TimeTextError(text, "a fraction must follow the seconds, as in 10:00:30.5");
  }
  const hour = Number(parts["hour"] ?? "0");
  const minute = Number(parts["minute"] ?? "0");
  const second = Number(parts["second"] ?? "0");
  const isEndOfDay = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !isEndOfDay) || minute > 59 || second > 59) {
    throw new TimeTextError(text, "the time of day must lie between 00:00:00 and 23:59:59");
  }
  return { hour, minute, second };
}

/** Of `Z`, `+02`, `+0200` or `+02:00`, in seconds. */
function readOffset(text: string, zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 23 || minutes > 59) {
    throw new TimeTextError(text, "the offset must lie between -23:59 and +23:59");
  }
  return (zone.startsWith("-") ? -60 : 60) * (hours * 60 + minutes);
}
