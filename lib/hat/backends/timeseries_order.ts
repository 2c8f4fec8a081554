import { compareEventIds, type HatEvent } from "../event.ts";
import type { QueryTimeseriesParams } from "../query.ts";
import { Timestamp } from "../timestamp.ts";

/**
 * Compares two events as a timeseries ascends: by the timestamp that orders it, then by timestamp; 0
 * where the order of arrival decides, which is that of the ids of each server.
 */
export function compareInTimeseries(
  a: HatEvent,
  b: HatEvent,
  orderBy: QueryTimeseriesParams["orderBy"],
): number {
  const bySource = orderBy === "sourceTimestamp" && a.sourceTimestamp !== undefined &&
      b.sourceTimestamp !== undefined
    ? Timestamp.compare(a.sourceTimestamp, b.sourceTimestamp)
    : 0;
  return bySource || Timestamp.compare(a.timestamp, b.timestamp);
}

/** Whether the timestamps of an event satisfy a query. */
export function isInSpan(event: HatEvent, params: QueryTimeseriesParams): boolean {
  const { tFrom, tTo, sourceTFrom, sourceTTo, orderBy } = params;
  const { timestamp, sourceTimestamp } = event;
  if (!isBetween(timestamp, tFrom, tTo)) return false;
  if (sourceTimestamp !== undefined) return isBetween(sourceTimestamp, sourceTFrom, sourceTTo);
  return orderBy !== "sourceTimestamp" && sourceTFrom === undefined && sourceTTo === undefined;
}

/** The events after one of them; none when it is not among them. */
export function eventsAfter(
  events: readonly HatEvent[],
  last: QueryTimeseriesParams["lastEventId"],
): readonly HatEvent[] {
  if (last === undefined) return events;
  const index = events.findIndex(({ id }) => compareEventIds(id, last) === 0);
  return index < 0 ? [] : events.slice(index + 1);
}

function isBetween(
  moment: Timestamp,
  from: Timestamp | undefined,
  to: Timestamp | undefined,
): boolean {
  if (from !== undefined && Timestamp.compare(moment, from) < 0) return false;
  return to === undefined || Timestamp.compare(moment, to) <= 0;
}
