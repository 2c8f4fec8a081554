import type { Criteria, Cursor } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { EventCounter, NO_LABELS, type PartialCounts } from "../event_counter.ts";
import { type CountBy, isOfRows, isWithin, needsLabels } from "./block_counter.ts";
import type { Database } from "./database.ts";
import type { ScanPart } from "./scan_part.ts";
import { readWhole } from "./scan_plan.ts";
import { SpanCache } from "./span_cache.ts";

/** Blocks of a part at most: some ten milliseconds of work, so that threads with other work get fewer of them. */
const PART_BLOCKS = 64;

/**
 * Blocks of one lane are parts of one thread each time, which knows them from the last time.
 *
 * @param block The id of any block of a part, undefined when it has none.
 */
export function laneOf(block: number | undefined): number {
  return Math.floor((block ?? 0) / PART_BLOCKS);
}

/** How counting is divided. */
export interface CountPlan {
  /** In no order; together they have every block and event to be looked at once. */
  readonly parts: readonly ScanPart[];
  /** Of the blocks whose span of time says enough. */
  readonly counts: PartialCounts;
  /** Events of those. */
  readonly scanned: number;
}

/**
 * Divides counting into parts for several threads, as the store is at this moment, and counts the blocks
 * that need not be looked at: those within one bucket, when it is not asked what their events are.
 *
 * @param until The last arrival number to count.
 */
export function planCount(
  database: Database,
  criteria: Criteria,
  until: Cursor,
  countBy: CountBy,
  cache: SpanCache = new SpanCache(database),
): CountPlan {
  const { start, end, spans, journal } = readWhole(database, criteria, cache);
  const matcher = compileCriteria(criteria);
  const counter = new EventCounter(countBy);
  const mayKnow = !needsLabels(matcher, countBy);
  const unknown = spans.filter((span) => {
    const isKnown = mayKnow && isOfRows(span, matcher, until) && isWithin(span, matcher, counter);
    if (!isKnown) return true;
    counter.addMany(span.events, counter.bucketOf(span.minTimestamp), NO_LABELS);
    return false;
  });
  const parts = [...Map.groupBy(unknown, ({ id }) => laneOf(id)).values()]
    .map((spans): ScanPart => ({ start, end, spans, journal: [] }));
  if (journal.length > 0) parts.push({ start, end, spans: [], journal });
  return { parts, counts: counter.partial(), scanned: counter.matched };
}
