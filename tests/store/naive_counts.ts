import type { Event } from "../../lib/event/event.ts";
import type { CountedBucket, CountOptions, EventCounts } from "../../lib/store/store.ts";

/** What counting must give, in the plainest way: without what depends on the store. */
export type NaiveCounts = Omit<EventCounts, "scanned" | "cursor">;

/** Counts events that were found, group by group and bucket by bucket. */
export function countNaively(events: readonly Event[], options: CountOptions = {}): NaiveCounts {
  const { interval, by, top = 100 } = options;
  const keys = new Set(events.flatMap((item) => keysOf(item, by)));
  const groups = [...keys].map((key) => {
    const own = events.filter((item) => keysOf(item, by).includes(key));
    return { key, count: own.length, buckets: bucketsOf(own, interval) };
  }).sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  return {
    matched: events.length,
    buckets: bucketsOf(events, interval),
    groups: groups.slice(0, top),
    otherEvents: groups.slice(top).reduce((sum, { count }) => sum + count, 0),
  };
}

/** The same members of what a store counted. */
export function withoutFigures({ scanned: _, cursor: __, ...counts }: EventCounts): NaiveCounts {
  return counts;
}

function keysOf({ source, tags }: Event, by: CountOptions["by"]): readonly string[] {
  if (by === undefined) return [];
  if (by === "source") return [source];
  return tags.length === 0 ? [""] : tags;
}

function bucketsOf(events: readonly Event[], interval: number | undefined): CountedBucket[] {
  if (interval === undefined) return [];
  const starts = events.map(({ timestamp }) => Math.floor(timestamp / interval) * interval);
  const counts = new Map<number, number>();
  for (const start of starts) counts.set(start, (counts.get(start) ?? 0) + 1);
  return [...counts].map(([start, count]) => ({ start, count })).sort((a, b) => a.start - b.start);
}
