import { type Cursor, timeSpan } from "../../event/criteria.ts";
import type { Matcher } from "../../event/matcher.ts";
import type { CountedLabels, EventCounter } from "../event_counter.ts";
import type { CountOptions } from "../store.ts";
import type { Block } from "./block.ts";
import { matchRows, type ScanLimits, underDeadline } from "./block_matcher.ts";
import type { BlockSpan, ListedLabels } from "./block_summary.ts";
import { LabelSums } from "./label_sums.ts";

/** What is counted by, as far as it goes from thread to thread. */
export type CountBy = Pick<CountOptions, "interval" | "by">;

/**
 * Adds the events of a block that match, of which none becomes an event: their rows and labels are enough.
 *
 * @throws {CriteriaError} When the patterns run out of time on this block.
 * @throws {EventReadError} When the block is damaged; nothing was added then.
 * @throws {RangeError} When there are too many buckets.
 */
export function countBlock(
  block: Block,
  matcher: Matcher,
  limits: ScanLimits,
  counter: EventCounter,
  { by }: CountBy,
): void {
  const rows = matchRows(block, matcher, limits);
  const sums = new LabelSums(counter, by === undefined ? [] : block.labels());
  for (const row of rows) {
    const number = by === undefined ? 0 : block.labelNumber(row);
    sums.add(number, 1, counter.bucketOf(block.timestamp(row)));
  }
  sums.finish();
}

/** Whether it takes no more than timestamps and labels to tell which events of a block match. */
export function isOfRows(
  { maxArrival }: BlockSpan,
  { criteria, content }: Matcher,
  until: Cursor,
): boolean {
  return content === undefined && !criteria.id && !criteria.since && maxArrival <= until;
}

/** Whether all events of a block are of the time asked for, and in one bucket. */
export function isWithin(
  { minTimestamp, maxTimestamp }: BlockSpan,
  { criteria }: Matcher,
  counter: EventCounter,
): boolean {
  const { start, end } = timeSpan(criteria);
  return minTimestamp >= start && maxTimestamp <= end &&
    counter.bucketOf(minTimestamp) === counter.bucketOf(maxTimestamp);
}

/** Whether counting must know sources or tags. */
export function needsLabels({ criteria }: Matcher, { by }: CountBy): boolean {
  return by !== undefined || Boolean(criteria.source) || (criteria.tags ?? []).length > 0;
}

/**
 * The labels that all events of a block have as far as criteria and groups ask for them, or `none` when
 * no event can match; undefined when the lists of the block do not tell.
 *
 * @throws {CriteriaError} When the patterns run out of time.
 */
export function commonLabels(
  { sources, tags }: ListedLabels,
  matcher: Matcher,
  { by }: CountBy,
): CountedLabels | "none" | undefined {
  return underDeadline(matcher, () => {
    if (!matcher.mayMatchLabels(sources, tags)) return "none";
    const asksForTags = by === "tag" || (matcher.criteria.tags ?? []).length > 0;
    const ownTags = asksForTags ? onlyTags(tags) : [];
    if (sources === undefined || ownTags === undefined) return undefined;
    if (by === "source" && sources.length !== 1) return undefined;
    const all = sources.map((source) => ({ source, tags: ownTags }));
    return all.every((labels) => matcher.matchesLabels(labels)) ? all[0] : undefined;
  });
}

/** The tags of each event of a block, where all have the same single one or none has any. */
function onlyTags(tags: readonly string[] | undefined): readonly string[] | undefined {
  const [tag] = tags ?? [];
  if (tag === undefined || tags?.length !== 1) return undefined;
  return tag === "" ? [] : [tag];
}
