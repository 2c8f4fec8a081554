import { nextDown, nextUp } from "../../base/doubles.ts";
import type { ScanLimits } from "./block_matcher.ts";
import type { BlockSpan } from "./block_summary.ts";
import type { StoredEvent } from "./stored_event.ts";

/**
 * Splits the limits of a scan, where more waits than may, into parts that are swept one after another.
 *
 * @param span The block whose turn it was: what precedes it was handed out.
 * @param waiting What waits, in order.
 */
export function splitLimits(
  limits: ScanLimits,
  span: BlockSpan,
  waiting: readonly StoredEvent[],
  isDescending: boolean,
): readonly ScanLimits[] {
  return halve(afterTurnOf(span, limits, isDescending), waiting, isDescending)
    .flatMap((part) => withoutTies(part, span, isDescending));
}

/** What was not handed out before this block, whose turn it was: its span of time and what follows. */
function afterTurnOf(
  { minTimestamp, maxTimestamp }: BlockSpan,
  limits: ScanLimits,
  isDescending: boolean,
): ScanLimits {
  return isDescending
    ? { ...limits, end: Math.min(limits.end, maxTimestamp) }
    : { ...limits, start: Math.max(limits.start, minTimestamp) };
}

/** Of the time at which the turn of a block began, what is before it by arrival was handed out, too. */
function withoutTies(
  part: ScanLimits,
  span: BlockSpan,
  isDescending: boolean,
): readonly ScanLimits[] {
  const { minTimestamp, maxTimestamp, minArrival, maxArrival } = span;
  const parts = isDescending
    ? [
      { ...part, start: maxTimestamp, until: Math.min(part.until, maxArrival) },
      { ...part, end: nextDown(maxTimestamp) },
    ]
    : [
      { ...part, end: minTimestamp, since: Math.max(part.since, minArrival - 1) },
      { ...part, start: nextUp(minTimestamp) },
    ];
  const isTied = isDescending ? part.end === maxTimestamp : part.start === minTimestamp;
  return isTied ? parts.filter(({ start, end }) => start <= end) : [part];
}

/**
 * Splits limits near the median of the waiting events into parts that are swept one after another,
 * each with fewer of them: by timestamp, or by arrival where all have the same one.
 */
function halve(
  limits: ScanLimits,
  waiting: readonly StoredEvent[],
  isDescending: boolean,
): readonly ScanLimits[] {
  const timestamps = waiting.map(({ event }) => event.timestamp);
  const least = Math.min(timestamps[0] ?? 0, timestamps.at(-1) ?? 0);
  const greatest = Math.max(timestamps[0] ?? 0, timestamps.at(-1) ?? 0);
  const middle = timestamps[timestamps.length >> 1] ?? 0;
  // Of an even number the earlier one of the two in the middle, so that neither part takes all.
  const half = isDescending ? waiting.length >> 1 : (waiting.length - 1) >> 1;
  const arrival = waiting[half]?.arrival ?? 0;
  const parts = least < greatest
    ? splitTime(limits, middle < greatest ? middle : nextDown(middle))
    : [
      { ...limits, end: nextDown(middle) },
      { ...limits, start: middle, end: middle, until: arrival },
      { ...limits, start: middle, end: middle, since: arrival },
      { ...limits, start: nextUp(middle) },
    ].filter(({ start, end }) => start <= end);
  return isDescending ? parts.reverse() : parts;
}

/** The parts up to a timestamp, inclusive, and after it. */
function splitTime(limits: ScanLimits, last: number): ScanLimits[] {
  return [{ ...limits, end: last }, { ...limits, start: nextUp(last) }];
}
