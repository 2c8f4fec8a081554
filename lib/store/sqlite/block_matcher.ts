import { runWithDeadline } from "../../base/deadline.ts";
import { DeadlineError } from "../../base/deadline.ts";
import type { Cursor } from "../../event/criteria.ts";
import { PATTERN_DEADLINE_MS, tooSlow } from "../../event/guarded_matcher.ts";
import type { Matcher } from "../../event/matcher.ts";
import type { Pattern } from "../../event/pattern.ts";
import type { Block } from "./block.ts";
import type { StoredEvent } from "./stored_event.ts";

/** Time and arrival limits, which narrow a search as it goes on. */
export interface ScanLimits {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  /** Only later arrivals. */
  readonly since: Cursor;
  /** No later arrivals. */
  readonly until: Cursor;
  /** Closer limits of arrival for the events of one timestamp, which a search has come to. */
  readonly ties?: {
    readonly timestamp: number;
    readonly since: Cursor;
    readonly until: Cursor;
  };
}

function isWithinArrivals(limits: ScanLimits, timestamp: number, arrival: Cursor): boolean {
  const { since, until, ties } = limits;
  if (arrival <= since || arrival > until) return false;
  return ties?.timestamp !== timestamp || (arrival > ties.since && arrival <= ties.until);
}

/**
 * The rows that match, in rising order, without making events of them.
 *
 * @throws {CriteriaError} When the patterns run out of time on this block.
 * @throws {EventReadError} When the block is damaged.
 */
export function matchRows(block: Block, matcher: Matcher, limits: ScanLimits): readonly number[] {
  return underDeadline(matcher, () => findRows(block, matcher, limits));
}

function findRows(block: Block, matcher: Matcher, limits: ScanLimits): readonly number[] {
  const { id, source, tags = [] } = matcher.criteria;
  const labelsMatch = source || tags.length > 0
    ? block.labels().map((labels) => matcher.matchesLabels(labels))
    : undefined;
  if (labelsMatch?.every((matches) => !matches)) return [];
  const from = firstRow(block, (timestamp) => timestamp >= limits.start);
  const to = firstRow(block, (timestamp) => timestamp > limits.end);
  const rows: number[] = [];
  const addIfMatching = (row: number) => {
    if (!isWithinArrivals(limits, block.timestamp(row), block.arrival(row))) return;
    if (labelsMatch !== undefined && !labelsMatch[block.labelNumber(row)]) return;
    if (!id || matcher.mayMatchId(block.id(row))) rows.push(row);
  };
  if (matcher.content === undefined) {
    for (let row = from; row < to; row++) addIfMatching(row);
  } else {
    for (const row of rowsWithContent(block, from, to, matcher.content)) addIfMatching(row);
  }
  return rows;
}

/** The first row whose timestamp fulfils a condition that all later ones fulfil, too. */
function firstRow(block: Block, holds: (timestamp: number) => boolean): number {
  let low = 0;
  let high = block.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(block.timestamp(middle))) high = middle;
    else low = middle + 1;
  }
  return low;
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
        isWithinArrivals(limits, event.timestamp, arrival) && event.timestamp >= limits.start &&
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

/**
 * Rows of ASCII contents are looked for all at once; the others, whose characters are not those of the
 * block's byte text, one by one.
 */
function rowsWithContent(block: Block, from: number, to: number, pattern: Pattern): number[] {
  const text = block.byteText();
  const asciiRows = block.asciiRows();
  const rows: number[] = [];
  const nextCandidate = candidateFinder(text, pattern);
  let row = from;
  while (row < to) {
    const at = nextCandidate(block.contentStart(row));
    if (at < 0) break;
    while (row < to && block.contentEnd(row) < at) row++;
    if (row < to && asciiRows?.[row] !== false) {
      const content = text.slice(block.contentStart(row), block.contentEnd(row));
      if (pattern.testAscii(content)) rows.push(row);
    }
    row++;
  }
  if (asciiRows === undefined) return rows;
  for (let other = from; other < to; other++) {
    if (asciiRows[other] === false && pattern.test(block.content(other))) rows.push(other);
  }
  return rows.sort((a, b) => a - b);
}

/**
 * Says where in all contents, from a position on, the next one is that may match, -1 when there is
 * none: by a literal that it must hold, else by one search with the pattern over all of them, else it
 * is the content at that position itself.
 */
function candidateFinder(text: string, pattern: Pattern): (from: number) => number {
  const [literal] = pattern.literals;
  if (literal !== undefined) return (from) => text.indexOf(literal, from);
  if (!pattern.isContextFree) return (from) => from;
  const expression = new RegExp(pattern.asciiSource, "g");
  return (from) => {
    expression.lastIndex = from;
    return expression.exec(text)?.index ?? -1;
  };
}
