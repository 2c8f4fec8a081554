import type { CountBucket } from "../../client/counts_answer.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { Finder } from "./finder.ts";
import { type HistogramData, intervalFor } from "./histogram.ts";

/** Events in a smaller part of the time than that are counted once more, in that part alone. */
const SPARSE = 1 / 3;

/** How often that is done: some times for events of a minute in a store that has one of 1970. */
const MAX_REFINEMENTS = 5;

/** A stretch of time, both ends included. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Counts what criteria find over the time in which they find anything.
 *
 * @param stretches Into how many stretches of time at most.
 * @returns Undefined where there is nothing.
 */
export async function countHistogram(
  finder: Finder,
  criteria: Criteria,
  stretches: number,
  signal: AbortSignal,
): Promise<HistogramData | undefined> {
  let span = await spanOf(finder, criteria, signal);
  if (span === undefined) return undefined;
  for (let turn = 0;; turn++) {
    const interval = intervalFor(span.end - span.start, stretches);
    const within = { ...criteria, start: span.start, end: span.end || Number.MIN_VALUE };
    const { buckets } = await finder.count(within, interval, signal);
    const used = usedSpan(buckets, interval, span);
    const isSparse = used !== undefined &&
      used.end - used.start < (span.end - span.start) * SPARSE;
    if (!isSparse || turn === MAX_REFINEMENTS) return fill(buckets, interval, span);
    span = used;
  }
}

/** What the criteria leave open, the store decides. */
async function spanOf(
  finder: Finder,
  criteria: Criteria,
  signal: AbortSignal,
): Promise<Span | undefined> {
  const { start, end } = criteria;
  if (start !== undefined && end) return { start, end };
  const { oldest, newest } = await finder.count({}, undefined, signal);
  if (oldest === undefined || newest === undefined) return undefined;
  const span = { start: Math.max(start ?? oldest, oldest), end: Math.min(end || newest, newest) };
  return span.start > span.end ? undefined : span;
}

function usedSpan(
  buckets: readonly CountBucket[],
  interval: number,
  { start, end }: Span,
): Span | undefined {
  const first = buckets[0];
  const last = buckets.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return { start: Math.max(start, first.start), end: Math.min(end, last.start + interval) };
}

function fill(
  buckets: readonly CountBucket[],
  interval: number,
  { start, end }: Span,
): HistogramData {
  const first = Math.floor(start / interval);
  const counts: number[] = new Array(Math.floor(end / interval) - first + 1).fill(0);
  for (const bucket of buckets) {
    const place = Math.round(bucket.start / interval) - first;
    if (place >= 0 && place < counts.length) counts[place] = bucket.count;
  }
  return { start: first * interval, interval, counts };
}
