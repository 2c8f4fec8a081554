import { type Criteria, type Cursor, timeSpan } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { EventCounter, type PartialCounts } from "../event_counter.ts";
import { type CountBy, isWithin, needsLabels, NO_LABELS } from "./block_counter.ts";
import type { Database } from "./database.ts";
import { readJournal } from "./journal.ts";
import type { ScanPart } from "./scan_part.ts";
import { SpanCache } from "./span_cache.ts";

/** Blocks of a part: some ten milliseconds of work, so that threads with other work get fewer of them. */
const PART_BLOCKS = 64;

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
  const { start, end } = timeSpan(criteria);
  const { since = 0 } = criteria;
  const { all, journal } = database.snapshot(() => ({
    all: cache.read(),
    journal: readJournal(database),
  }));
  const spans = all.filter((span) =>
    span.maxTimestamp >= start && span.minTimestamp <= end && span.maxArrival > since
  );
  const matcher = compileCriteria(criteria);
  const counter = new EventCounter(countBy);
  const mayKnow = !needsLabels(matcher, countBy);
  const unknown = spans.filter((span) => {
    if (!mayKnow || !isWithin(span, matcher, until, counter)) return true;
    counter.addMany(span.events, counter.bucketOf(span.minTimestamp), NO_LABELS);
    return false;
  });
  const parts: ScanPart[] = [];
  for (let i = 0; i < unknown.length; i += PART_BLOCKS) {
    parts.push({ start, end, spans: unknown.slice(i, i + PART_BLOCKS), journal: [] });
  }
  if (journal.length > 0) parts.push({ start, end, spans: [], journal });
  return { parts, counts: counter.partial(), scanned: counter.matched };
}
