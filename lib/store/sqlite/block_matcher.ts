import { runWithDeadline } from "../../base/deadline.ts";
import { DeadlineError } from "../../base/deadline.ts";
import type { Cursor } from "../../event/criteria.ts";
import { PATTERN_DEADLINE_MS, tooSlow } from "../../event/guarded_matcher.ts";
import type { Matcher } from "../../event/matcher.ts";
import type { Pattern } from "../../event/pattern.ts";
import type { Block, StoredEvent } from "./block_codec.ts";

/** Time and arrival limits, which narrow a search as it goes on. */
export interface ScanLimits {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  /** Only later arrivals. */
  readonly since: Cursor;
  /** No later arrivals. */
  readonly until: Cursor;
}

/**
 * The events of a block that match, in no particular order.
 *
 * @throws {CriteriaError} When the patterns run out of time on this block.
 * @throws {EventReadError} When the block is damaged.
 */
export function matchBlock(block: Block, matcher: Matcher, limits: ScanLimits): StoredEvent[] {
  return underDeadline(matcher, () => {
    const rows = rowsWithin(block, limits);
    const candidates = matcher.content === undefined
      ? rows
      : rowsWithContent(block, rows, matcher.content);
    if (candidates.length === 0) return [];
    const stored = block.events(candidates);
    const matching = candidates.filter((_, i) => {
      const event = stored[i]?.event;
      return event !== undefined && matcher.matchesHeader(event);
    });
    if (matching.length === candidates.length) return stored;
    // Few events must not keep the bytes of all: they may wait long for their turn.
    return matching.length === 0 ? [] : block.events(matching);
  });
}

/** The events of a list that match. */
export function matchList(
  stored: readonly StoredEvent[],
  matcher: Matcher,
  limits: ScanLimits,
): StoredEvent[] {
  return underDeadline(
    matcher,
    () =>
      stored.filter(({ event, arrival }) =>
        arrival > limits.since && arrival <= limits.until && event.timestamp >= limits.start &&
        event.timestamp <= limits.end && matcher.matches(event)
      ),
  );
}

/**
 * Runs what tests the patterns of a matcher.
 *
 * @throws {CriteriaError} When they run out of time; never when there are none.
 */
export function underDeadline<T>(matcher: Matcher, run: () => T): T {
  const { id, source, content, tags = [] } = matcher.criteria;
  if (!id && !source && !content && tags.length === 0) return run();
  try {
    return runWithDeadline(PATTERN_DEADLINE_MS, run);
  } catch (cause) {
    if (cause instanceof DeadlineError) throw tooSlow(PATTERN_DEADLINE_MS, cause);
    throw cause;
  }
}

function rowsWithin(block: Block, { start, end, since, until }: ScanLimits): number[] {
  const rows: number[] = [];
  for (let row = 0; row < block.count; row++) {
    const timestamp = block.timestamp(row);
    if (timestamp < start || timestamp > end) continue;
    const arrival = block.arrival(row);
    if (arrival > since && arrival <= until) rows.push(row);
  }
  return rows;
}

function rowsWithContent(block: Block, rows: readonly number[], pattern: Pattern): number[] {
  const text = block.asciiContents();
  if (text === undefined) return rows.filter((row) => pattern.test(block.content(row)));
  const [literal] = pattern.literals;
  if (literal !== undefined && !text.includes(literal)) return [];
  return rows.filter((row) => {
    return pattern.testAscii(text.slice(block.contentStart(row), block.contentEnd(row)));
  });
}
