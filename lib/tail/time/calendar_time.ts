import { isDigit } from "./characters.ts";
import { readClock } from "./clock_text.ts";
import type { DateReader } from "./date_text.ts";
import { instantOf, type LineTime, LOOK_CHARACTERS, type Reading } from "./line_time.ts";

/**
 * Finds the first time of the day with a date of one of these kinds.
 *
 * A clock has a colon, which is quick to find; what lies before it tells the kind of date. The first
 * in the line counts, whatever its kind, so the lines before have no influence.
 */
export function calendarTime(dates: readonly DateReader[]): LineTime {
  return (head, reading) => {
    let colon = head.indexOf(":");
    while (colon >= 0 && colon <= LOOK_CHARACTERS) {
      const time = timeAt(head, colon, { dates, reading });
      if (time !== undefined) return time;
      colon = head.indexOf(":", colon + 1);
    }
    return undefined;
  };
}

function timeAt(
  head: string,
  colon: number,
  { dates, reading }: { readonly dates: readonly DateReader[]; readonly reading: Reading },
): number | undefined {
  if (!isDigit(head.charCodeAt(colon - 1))) return undefined;
  const clock = readClock(head, colon);
  if (clock === undefined) return undefined;
  for (const read of dates) {
    const date = read(head, clock, reading.localNow);
    if (date !== undefined) {
      return instantOf(date.midnight + clock.seconds, clock.fraction, date.offset, reading.zone);
    }
  }
  return undefined;
}
