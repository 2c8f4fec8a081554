import { withFraction } from "./calendar.ts";
import type { TimeZone } from "./time_zone.ts";

/**
 * How much of a line is looked at: a time stands at its beginning, behind a few words at most, and a
 * line of a megabyte must not take longer than another.
 */
export const LOOK_CHARACTERS = 256;

/** The longest rest of a time of which only the beginning lies within the limit. */
const MAX_REST = 48;

/** The beginning of a line, with the whole of any time that begins within the limit. */
export function headOf(line: string): string {
  const end = LOOK_CHARACTERS + MAX_REST;
  return line.length > end ? line.slice(0, end) : line;
}

/** When lines are read, on two clocks. */
export interface Reading {
  /** For times without zone. */
  readonly zone: TimeZone;
  /** Whole seconds since 1970 at the time of reading, on the clock of the zone. */
  readonly localNow: number;
}

/**
 * Finds the time of a line.
 *
 * @param head What {@linkcode headOf} leaves of it.
 * @returns Seconds since 1970; `undefined` when there is no time, NaN when there is an impossible one.
 */
export type LineTime = (head: string, reading: Reading) => number | undefined;

/**
 * A point in time from its parts.
 *
 * @param local Whole seconds since 1970 on the clock that shows it.
 * @param fraction Digits behind the decimal point.
 * @param offset Seconds that this clock is ahead of UTC; that of the zone when it is not known.
 */
export function instantOf(
  local: number,
  fraction: string,
  offset: number | undefined,
  zone: TimeZone,
): number {
  const seconds = offset === undefined ? zone.fromLocal(local) : local - offset;
  return Number.isNaN(seconds) ? NaN : withFraction(seconds, fraction);
}
