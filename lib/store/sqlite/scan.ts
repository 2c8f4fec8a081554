import type { Criteria, Cursor } from "../../event/criteria.ts";
import { compileCriteria, type Matcher } from "../../event/matcher.ts";
import { EventReadError } from "../store.ts";
import { compareStored, type StoredEvent } from "./block_codec.ts";
import { matchBlock, matchList, type ScanLimits, underDeadline } from "./block_matcher.ts";
import { type BlockSpan, readBlock, readLabels, readSpans } from "./block_table.ts";
import type { Database } from "./database.ts";
import { readJournal } from "./journal.ts";

/** Bytes of matching events that wait for their turn before a scan goes over the time span in two halves instead. */
export const MAX_WAITING_BYTES = 32 << 20;

/** Events that one step may hand out, so that a slow reader holds up the scan and not the memory. */
const STEP_EVENTS = 1024;

/** One step of a scan: what it found, in order, and how many events it looked at. */
export interface ScanStep {
  readonly found: readonly StoredEvent[];
  readonly scanned: number;
  /** A block that could not be read and was passed over. */
  readonly damaged?: { readonly block: number; readonly reason: string };
}

/** What a scan works on: the state of the store when it began. */
interface Snapshot {
  readonly spans: readonly BlockSpan[];
  readonly journal: readonly StoredEvent[];
}

/**
 * A search over journal and blocks. No transaction stays open between the steps, so a search that
 * waits for its reader holds up nobody: blocks that went away meanwhile are passed over.
 */
export class Scan {
  readonly #database: Database;
  readonly #matcher: Matcher;
  readonly #snapshot: Snapshot;
  readonly #isDescending: boolean;
  readonly #until: Cursor;

  /**
   * @param until The last arrival number to look for.
   * @throws {CriteriaError} When a pattern is refused.
   */
  constructor(database: Database, criteria: Criteria, until: Cursor) {
    this.#database = database;
    this.#matcher = compileCriteria(criteria);
    this.#isDescending = criteria.order === "desc";
    this.#until = until;
    const { start, end, since } = criteria;
    this.#snapshot = database.snapshot(() => ({
      spans: readSpans(database, start, end || Infinity, since),
      journal: readJournal(database),
    }));
  }

  /** The steps; each may be empty. */
  *steps(): Generator<ScanStep> {
    const { start = -Infinity, end, since = 0, limit = Infinity } = this.#matcher.criteria;
    const limits = { start, end: end || Infinity, since, until: this.#until };
    let left = limit;
    if (left === 0) return;
    for (const step of this.#sweep(limits, limit)) {
      const found = step.found.slice(0, left);
      left -= found.length;
      yield { ...step, found: found.slice(0, STEP_EVENTS) };
      for (let i = STEP_EVENTS; i < found.length; i += STEP_EVENTS) {
        yield { found: found.slice(i, i + STEP_EVENTS), scanned: 0 };
      }
      if (left === 0) return;
    }
  }

  /**
   * Goes over the blocks in the order of time. Before a block is read, all waiting events that it
   * cannot precede are handed out; the rest wait, which are those of blocks that overlap in time.
   */
  *#sweep(limits: ScanLimits, limit: number): Generator<ScanStep> {
    let waiting = matchList(this.#snapshot.journal, this.#matcher, limits).sort(this.#compare);
    yield { found: [], scanned: this.#snapshot.journal.length };
    for (const span of this.#orderedSpans(limits)) {
      const [ready, rest] = splitAt(waiting, (stored) => this.#isBefore(stored, span));
      if (ready.length > 0) yield { found: ready, scanned: 0 };
      const step = this.#scanBlock(span, limits);
      waiting = [...rest, ...step.found].sort(this.#compare).slice(0, limit);
      if (bytesOf(waiting) > MAX_WAITING_BYTES && waiting.length > 1) {
        const halves = this.#halve(limits, waiting);
        if (halves !== undefined) {
          for (const half of halves) yield* this.#sweep(half, limit);
          return;
        }
      }
      yield { ...step, found: [] };
    }
    yield { found: waiting, scanned: 0 };
  }

  /** Splits what is left of the time span at the median of the waiting events; each half is swept anew. */
  #halve(limits: ScanLimits, waiting: readonly StoredEvent[]): ScanLimits[] | undefined {
    const first = waiting[0]?.event.timestamp ?? 0;
    const middle = waiting[waiting.length >> 1]?.event.timestamp ?? 0;
    if (first === middle) return undefined;
    return this.#isDescending
      ? [{ ...limits, start: middle, end: first }, { ...limits, end: nextBelow(middle) }]
      : [{ ...limits, start: first, end: middle }, { ...limits, start: nextAbove(middle) }];
  }

  #scanBlock(span: BlockSpan, limits: ScanLimits): ScanStep {
    if (!this.#mayMatch(span)) return { found: [], scanned: 0 };
    try {
      const block = readBlock(this.#database, span.id);
      if (block === undefined) return { found: [], scanned: 0 };
      return { found: matchBlock(block, this.#matcher, limits), scanned: block.count };
    } catch (error) {
      if (!(error instanceof EventReadError)) throw error;
      return { found: [], scanned: 0, damaged: { block: span.id, reason: error.message } };
    }
  }

  #mayMatch(span: BlockSpan): boolean {
    const { sources, tags } = readLabels(this.#database, span.id);
    return underDeadline(() => this.#matcher.mayMatchLabels(sources, tags));
  }

  #orderedSpans({ start, end }: ScanLimits): BlockSpan[] {
    const spans = this.#snapshot.spans.filter((span) =>
      span.maxTimestamp >= start && span.minTimestamp <= end
    );
    return this.#isDescending
      ? spans.sort((a, b) => b.maxTimestamp - a.maxTimestamp)
      : spans.sort((a, b) => a.minTimestamp - b.minTimestamp);
  }

  #isBefore({ event }: StoredEvent, span: BlockSpan): boolean {
    return this.#isDescending
      ? event.timestamp > span.maxTimestamp
      : event.timestamp < span.minTimestamp;
  }

  readonly #compare = (a: StoredEvent, b: StoredEvent): number =>
    this.#isDescending ? compareStored(b, a) : compareStored(a, b);
}

/** Cuts a list where the predicate, true at first, turns false. */
function splitAt<T>(list: readonly T[], holds: (item: T) => boolean): [readonly T[], readonly T[]] {
  const at = list.findIndex((item) => !holds(item));
  return at < 0 ? [list, []] : [list.slice(0, at), list.slice(at)];
}

function bytesOf(stored: readonly StoredEvent[]): number {
  let bytes = 0;
  for (const { event } of stored) bytes += event.frameLength;
  return bytes;
}

/** The double next above a finite one. */
function nextAbove(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  if (value === 0) return Number.MIN_VALUE;
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function nextBelow(value: number): number {
  return -nextAbove(-value);
}
