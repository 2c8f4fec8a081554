import type { CollectorCounts } from "../../client/counts_answer.ts";
import type { Query } from "../../client/query.ts";
import { type Criteria, timeSpan } from "../../event/criteria.ts";
import type { CountTask } from "./query_task.ts";

/** Counts and what they were counted by. */
export interface Counted {
  readonly counts: CollectorCounts;
  /** Seconds, undefined for no buckets. */
  readonly interval: number | undefined;
  readonly by: CountTask["by"];
}

/** Lengths that people divide time by, in seconds. */
const INTERVALS: readonly number[] = [
  ...[0.001, 0.01, 0.1, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 7, 30, 90, 365, 3650, 36_500].map((days) => days * 86_400),
];

/** Counts as the task says. @param rows How many buckets fit where they are shown. */
export async function countEvents(
  query: Query,
  criteria: Criteria,
  { interval: asked, by, top }: CountTask,
  rows: number,
): Promise<Counted> {
  const interval = asked === "auto" ? await suitableInterval(query, criteria, rows) : asked;
  const counts = await query.count(criteria, { interval, by, top });
  return { counts, interval, by };
}

/** The least usual length by which the time asked for has no more buckets than so many. */
async function suitableInterval(query: Query, criteria: Criteria, rows: number): Promise<number> {
  const { start, end } = timeSpan(criteria);
  // Of time alone, counts are known without looking at events.
  const { store } = await query.count({
    ...(start === -Infinity ? {} : { start }),
    ...(end === Infinity ? {} : { end }),
  });
  const span = Math.min(end, store.newest ?? 0) - Math.max(start, store.oldest ?? 0);
  const least = Math.max(span, 0) / Math.max(1, rows - 1);
  return INTERVALS.find((interval) => interval >= least) ?? Math.ceil(least);
}
