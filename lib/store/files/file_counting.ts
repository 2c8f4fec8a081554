import { timeSpan } from "../../event/criteria.ts";
import { GuardedMatcher } from "../../event/guarded_matcher.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { EventCounter, NO_LABELS } from "../event_counter.ts";
import type { CountOptions, EventCounts } from "../store.ts";
import type { DataFile } from "./data_file.ts";
import { readDataFile } from "./find_by_id.ts";
import { filesFor, match, rowsWithin, type SweepContext } from "./sweep.ts";

/**
 * Counts events, one data file in memory at a time, and none where it is enough to know how many events a
 * file has and of which time: a file is of one minute, and so are the buckets of most histograms, or longer.
 *
 * @param context Whose criteria have no limit.
 * @throws {CriteriaError} When a pattern is refused or runs out of time.
 * @throws {RangeError} When an option is out of range, or there are too many buckets.
 */
export async function countFiles(
  context: SweepContext,
  options: CountOptions,
): Promise<EventCounts> {
  const { criteria, until, check, onTurn } = context;
  const counter = new EventCounter(options);
  const matcher = compileCriteria(criteria);
  check();
  using guarded = matcher.linear
    ? undefined
    : new GuardedMatcher(criteria, { purpose: "find", onTurn });
  let scanned = 0;
  try {
    for (const file of filesFor(context, false)) {
      if (isKnown(file, context, options, counter)) {
        counter.addMany(file.events, counter.bucketOf(file.oldest), NO_LABELS);
        scanned += file.events;
        continue;
      }
      const read = await readDataFile(context.directory, file);
      check();
      if (read === undefined) continue;
      context.onRead(file, read);
      const rows = rowsWithin(read, criteria, until);
      scanned += rows.scanned;
      const found = await match(read, rows.chosen, matcher, guarded, check);
      for (const { event } of found) counter.add(event);
    }
  } finally {
    check();
  }
  return counter.counts({ scanned, cursor: until });
}

/** Whether all events of a file match and are in one bucket, as far as can be told without reading it. */
function isKnown(
  file: DataFile,
  { criteria, until }: SweepContext,
  { by }: CountOptions,
  counter: EventCounter,
): boolean {
  const { id, source, content, tags = [], since } = criteria;
  if (by !== undefined || id || source || content || tags.length > 0 || since) return false;
  const { start, end } = timeSpan(criteria);
  return file.oldest >= start && file.newest <= end && file.lastArrival <= until &&
    counter.bucketOf(file.oldest) === counter.bucketOf(file.newest);
}
