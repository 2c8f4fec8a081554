import { timeSpan } from "../../event/criteria.ts";
import type { Matcher } from "../../event/matcher.ts";
import type { CountedLabels, EventCounter } from "../event_counter.ts";
import type { CountOptions } from "../store.ts";
import type { Block } from "./block.ts";
import { matchRows, type ScanLimits, underDeadline } from "./block_matcher.ts";
import type { BlockSpan, ListedLabels } from "./block_summary.ts";

/** What is counted by, as far as it goes from thread to thread. */
export type CountBy = Pick<CountOptions, "interval" | "by">;

/** What stands for labels that are not looked at. */
export const NO_LABELS: CountedLabels = { source: "", tags: [] };

/**
 * Adds the events of a block that match, of which none becomes an event: the bucket of a row follows from
 * its timestamp, and what belongs to its labels is looked up once for all rows with them.
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
  const [first] = rows;
  if (first === undefined) return;
  const labels = by === undefined ? [NO_LABELS] : block.labels();
  /** Events of the bucket by the number of their labels, and those of which there are any. */
  const counts: number[] = [];
  let touched: number[] = [];
  let bucket = counter.bucketOf(block.timestamp(first));

  function addBucket(): void {
    for (const number of touched) {
      counter.addMany(counts[number] ?? 0, bucket, labels[number] ?? NO_LABELS);
      counts[number] = 0;
    }
    touched = [];
  }

  for (const row of rows) {
    const next = counter.bucketOf(block.timestamp(row));
    if (next !== bucket) {
      addBucket();
      bucket = next;
    }
    const number = by === undefined ? 0 : block.labelNumber(row);
    const before = counts[number] ?? 0;
    if (before === 0) touched.push(number);
    counts[number] = before + 1;
  }
  addBucket();
}

/**
 * Whether all events of a block match as far as time, arrival, id and content go, and are in one bucket,
 * so that only labels can tell them apart.
 */
export function isWithin(
  span: BlockSpan,
  { criteria, content }: Matcher,
  until: number,
  counter: EventCounter,
): boolean {
  const { start, end } = timeSpan(criteria);
  return content === undefined && !criteria.id && !criteria.since &&
    span.minTimestamp >= start && span.maxTimestamp <= end && span.maxArrival <= until &&
    counter.bucketOf(span.minTimestamp) === counter.bucketOf(span.maxTimestamp);
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
