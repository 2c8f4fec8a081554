import { nextDown, nextUp } from "../../base/doubles.ts";
import { type Criteria, timeSpan } from "../../event/criteria.ts";
import type { BlockSpan } from "./block_summary.ts";
import type { Database } from "./database.ts";
import { readJournal } from "./journal.ts";
import type { ScanPart } from "./scan_part.ts";
import { SpanCache } from "./span_cache.ts";
import type { StoredEvent } from "./stored_event.ts";

/** Blocks of the first part: few, for a search with a limit often needs no more. */
const FIRST_BLOCKS = 2;

/** Blocks of a part at most, unless they overlap too much to be parted: a quarter of a second of work. */
const MAX_BLOCKS = 64;

/** A cut may go through one block for so many that it separates; each is read for both parts. */
const BLOCKS_PER_CUT_BLOCK = 4;

/**
 * Divides a search into parts that follow each other in the order asked for and are independent, so that
 * several threads can work on them: each is a span of time with the blocks that may hold events of it,
 * as they are at this moment.
 */
export function planScan(
  database: Database,
  criteria: Criteria,
  cache: SpanCache = new SpanCache(database),
): ScanPart[] {
  const { start, end, spans, journal } = readWhole(database, criteria, cache);
  const cuts = criteria.order === "desc"
    ? findCuts(spans.map(mirror)).map((cut) => nextUp(-cut)).reverse()
    : findCuts(spans);
  const parts = [start, ...cuts].map((from, i): ScanPart => {
    const next = cuts[i];
    return takePart(spans, journal, from, next === undefined ? end : nextDown(next));
  });
  return criteria.order === "desc" ? parts.reverse() : parts;
}

/** All that may hold events of the time and arrival that criteria ask for, as it is at this moment. */
export function readWhole(database: Database, criteria: Criteria, cache: SpanCache): ScanPart {
  const { start, end } = timeSpan(criteria);
  const { since = 0 } = criteria;
  const { all, journal } = database.snapshot(() => ({
    all: cache.read(),
    journal: readJournal(database),
  }));
  const spans = all.filter((span) =>
    span.maxTimestamp >= start && span.minTimestamp <= end && span.maxArrival > since
  );
  return { start, end, spans, journal };
}

function takePart(
  spans: readonly BlockSpan[],
  journal: readonly StoredEvent[],
  start: number,
  end: number,
): ScanPart {
  return {
    start,
    end,
    spans: spans.filter((span) => span.maxTimestamp >= start && span.minTimestamp <= end),
    journal: journal.filter(({ event }) => event.timestamp >= start && event.timestamp <= end),
  };
}

/** A span as it is when time runs backwards. */
function mirror(span: BlockSpan): BlockSpan {
  return { ...span, minTimestamp: -span.maxTimestamp, maxTimestamp: -span.minTimestamp };
}

/** The timestamps with which further parts begin, in rising order. */
function findCuts(spans: readonly BlockSpan[]): number[] {
  const sorted = spans.toSorted((a, b) => a.minTimestamp - b.minTimestamp);
  const cuts: number[] = [];
  let wanted = FIRST_BLOCKS;
  let blocks = 0;
  /** When to look again for a cut: seldom where all overlap, as each look goes over all that are open. */
  let nextLook = wanted;
  /** Blocks so far that may go on beyond the next one's start. */
  let open: BlockSpan[] = [];
  for (const span of sorted) {
    if (blocks >= nextLook && span.minTimestamp > -Infinity) {
      nextLook = Math.ceil(blocks * 1.25);
      open = open.filter(({ maxTimestamp }) => maxTimestamp >= span.minTimestamp);
      if (open.length * BLOCKS_PER_CUT_BLOCK <= blocks && span.minTimestamp !== cuts.at(-1)) {
        cuts.push(span.minTimestamp);
        blocks = 0;
        wanted = Math.min(MAX_BLOCKS, wanted * 2);
        nextLook = wanted;
      }
    }
    open.push(span);
    blocks++;
  }
  return cuts;
}
