import type { Criteria, Cursor } from "../../event/criteria.ts";
import { timeSpan } from "../../event/criteria.ts";
import { GuardedMatcher, matchWithDeadline } from "../../event/guarded_matcher.ts";
import { compileCriteria, type Matcher } from "../../event/matcher.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { Catalog } from "./catalog.ts";
import type { DataFile } from "./data_file.ts";
import { readDataFile, type ReadFile, type StoredEvent } from "./find_by_id.ts";

/** Events matched at a time: under one deadline, and with nothing else done meanwhile. */
const MATCH_EVENTS = 1024;

/** How long a search may keep the thread before others get their turn. */
const TURN_MS = 8;

/** What a search works on. */
export interface SweepContext {
  readonly directory: string;
  readonly catalog: Catalog;
  readonly criteria: Criteria;
  /** The last arrival number to look for. */
  readonly until: Cursor;
  /** Told when patterns that may run away are tried. */
  readonly onTurn: (() => void) | undefined;
  /** Throws when the search must end. */
  readonly check: () => void;
  /** Told of files that were damaged while the store was open. */
  readonly onRead: (file: DataFile, read: ReadFile) => void;
}

/** What came of one file. */
export interface SweepStep {
  readonly found: readonly StoredEvent[];
  readonly scanned: number;
}

/**
 * Goes over the data files in the order of time, one in memory at a time. Before a file is read, all
 * found events that none of its own can precede are handed out; the others wait, which are those of
 * files that overlap.
 *
 * @throws {CriteriaError} When a pattern is refused or runs out of time.
 */
export async function* sweep(context: SweepContext): AsyncGenerator<SweepStep> {
  const { criteria, until, check, onTurn } = context;
  const matcher = compileCriteria(criteria);
  using guarded = matcher.linear
    ? undefined
    : new GuardedMatcher(criteria, { purpose: "find", onTurn });
  const isDescending = criteria.order === "desc";
  const compare = isDescending
    ? (a: StoredEvent, b: StoredEvent) => compareStored(b, a)
    : compareStored;
  let left = criteria.limit ?? Infinity;
  let waiting: StoredEvent[] = [];
  for (const file of filesFor(context, isDescending)) {
    if (left <= 0) return;
    const at = waiting.findIndex(({ event }) => !isBefore(event, file, isDescending));
    const ready = waiting.splice(0, at < 0 ? waiting.length : at).slice(0, left);
    left -= ready.length;
    if (ready.length > 0) yield { found: ready, scanned: 0 };
    if (left <= 0) return;
    check();
    const read = await readDataFile(context.directory, file);
    check();
    if (read === undefined) continue;
    context.onRead(file, read);
    const rows = rowsWithin(read, criteria, until);
    const found = await match(read, rows.chosen, matcher, guarded, check);
    waiting = merge(waiting, found.sort(compare), compare).slice(0, left);
    yield { found: [], scanned: rows.scanned };
  }
  if (waiting.length > 0) yield { found: waiting, scanned: 0 };
}

/** The files that may hold events of the time and arrival that criteria ask for, in the order of time. */
export function filesFor({ catalog, criteria }: SweepContext, isDescending: boolean): DataFile[] {
  const { start, end } = timeSpan(criteria);
  const { since = 0 } = criteria;
  const files = [...catalog.files].filter((file) =>
    file.events > 0 && file.newest >= start && file.oldest <= end &&
    (since === 0 || file.lastArrival > since)
  );
  return isDescending
    ? files.sort((a, b) => b.newest - a.newest)
    : files.sort((a, b) => a.oldest - b.oldest);
}

function isBefore(event: RawEvent, file: DataFile, isDescending: boolean): boolean {
  return isDescending ? event.timestamp > file.newest : event.timestamp < file.oldest;
}

/** What may match by time and arrival, which is quickly told. */
export function rowsWithin(
  { contents, arrivals }: ReadFile,
  criteria: Criteria,
  until: Cursor,
): { readonly chosen: number[]; readonly scanned: number } {
  const { start, end } = timeSpan(criteria);
  const { since = 0 } = criteria;
  const chosen: number[] = [];
  let scanned = 0;
  for (let i = 0; i < contents.events.length; i++) {
    const { timestamp = 0 } = contents.events[i] ?? {};
    const arrival = arrivals[i] ?? 0;
    if (arrival > until || arrival === 0) continue;
    scanned++;
    if (arrival > since && timestamp >= start && timestamp <= end) chosen.push(i);
  }
  return { chosen, scanned };
}

/** The events of these rows that match; others get their turn meanwhile. */
export async function match(
  { contents, arrivals }: ReadFile,
  rows: readonly number[],
  matcher: Matcher,
  guarded: GuardedMatcher | undefined,
  check: () => void,
): Promise<StoredEvent[]> {
  const found: StoredEvent[] = [];
  let turnEnds = performance.now() + TURN_MS;
  for (let i = 0; i < rows.length; i += MATCH_EVENTS) {
    const events: RawEvent[] = [];
    for (let at = i; at < Math.min(i + MATCH_EVENTS, rows.length); at++) {
      const event = contents.events[rows[at] ?? 0];
      if (event !== undefined) events.push(event);
    }
    const matching = guarded === undefined
      ? matchWithDeadline(matcher, events)
      : await guarded.matching(events);
    for (const at of matching) {
      const event = events[at];
      if (event !== undefined) found.push({ event, arrival: arrivals[rows[i + at] ?? 0] ?? 0 });
    }
    if (performance.now() < turnEnds) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    check();
    turnEnds = performance.now() + TURN_MS;
  }
  return found;
}

/** By timestamp, ties by arrival. */
function compareStored(a: StoredEvent, b: StoredEvent): number {
  return a.event.timestamp - b.event.timestamp || a.arrival - b.arrival;
}

function merge(
  a: StoredEvent[],
  b: StoredEvent[],
  compare: (a: StoredEvent, b: StoredEvent) => number,
): StoredEvent[] {
  if (a.length === 0) return b;
  return b.length === 0 ? a : [...a, ...b].sort(compare);
}
