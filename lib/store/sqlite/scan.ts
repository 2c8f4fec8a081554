import type { Criteria, Cursor } from "../../event/criteria.ts";
import { compileCriteria, type Matcher } from "../../event/matcher.ts";
import { EventReadError } from "../store.ts";
import { matchList, matchRows, type ScanLimits, underDeadline } from "./block_matcher.ts";
import { type BlockSpan, readLabels } from "./block_summary.ts";
import { readBlock } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { ScanPart } from "./scan_part.ts";
import { splitLimits } from "./limit_split.ts";
import { OpenBlock } from "./open_block.ts";
import { compareStored, type StoredEvent, type StoredPosition } from "./stored_event.ts";

/** Bytes of matching events that wait for their turn before a scan goes over the time span in parts instead. */
export const MAX_WAITING_BYTES = 32 << 20;

/** What one step may hand out, so that a slow reader holds up the scan and not the memory; it is a batch, too. */
export const STEP_EVENTS = 2048;

/** See {@linkcode STEP_EVENTS}; what the last event has goes beyond it. */
export const STEP_BYTES = 256 << 10;

/** One step of a scan: what it found, in order, and how many events it looked at. */
export interface ScanStep {
  readonly found: readonly StoredEvent[];
  readonly scanned: number;
  /** A block that could not be read and was passed over. */
  readonly damaged?: { readonly block: number; readonly reason: string };
}

/** A block that was looked at, and is open when something was found. */
interface ScannedBlock {
  readonly step: ScanStep;
  readonly block?: OpenBlock;
}

/** Where a scan begins, and how much it finds. */
export interface ScanSteps {
  /** Only what follows it, in the order asked for. @default {from the beginning} */
  readonly after?: StoredPosition | undefined;
  /** At most so many events. @default {all, or as many as the criteria allow} */
  readonly limit?: number;
}

/**
 * A search over one part of the store's events. No transaction stays open between the steps, so a search
 * that waits for its reader holds up nobody: blocks that went away meanwhile are passed over.
 */
export class Scan {
  readonly #database: Database;
  readonly #matcher: Matcher;
  readonly #part: ScanPart;
  readonly #isDescending: boolean;
  readonly #until: Cursor;
  /** Blocks, by id, and 0 for the journal, that were counted as looked at. */
  readonly #counted = new Set<number>();

  /**
   * @param until The last arrival number to look for.
   * @throws {CriteriaError} When a pattern is refused.
   */
  constructor(database: Database, criteria: Criteria, until: Cursor, part: ScanPart) {
    this.#database = database;
    this.#matcher = compileCriteria(criteria);
    this.#isDescending = criteria.order === "desc";
    this.#until = until;
    this.#part = part;
  }

  /** How many events it finds at most. */
  get limit(): number {
    return this.#matcher.criteria.limit ?? Infinity;
  }

  /** The steps; each may be empty. */
  *steps({ after, limit = this.limit }: ScanSteps = {}): Generator<ScanStep> {
    let left = limit;
    if (left === 0) return;
    for (const step of this.#sweep(this.#limitsAfter(after), limit)) {
      const found = step.found.slice(0, left);
      left -= found.length;
      yield { ...step, found: found.slice(0, STEP_EVENTS) };
      for (let i = STEP_EVENTS; i < found.length; i += STEP_EVENTS) {
        yield { found: found.slice(i, i + STEP_EVENTS), scanned: 0 };
      }
      if (left === 0) return;
    }
  }

  #limitsAfter(after: StoredPosition | undefined): ScanLimits {
    const { since = 0 } = this.#matcher.criteria;
    const { start, end } = this.#part;
    const limits = { start, end, since, until: this.#until };
    if (after === undefined) return limits;
    const { timestamp, arrival } = after;
    return this.#isDescending
      ? { ...limits, end: timestamp, ties: { timestamp, since: -Infinity, until: arrival - 1 } }
      : { ...limits, start: timestamp, ties: { timestamp, since: arrival, until: Infinity } };
  }

  /**
   * Goes over the blocks in the order of time. Before a block is read, all waiting events that it
   * cannot precede are handed out; the rest wait, which are those of blocks that overlap in time.
   */
  *#sweep(limits: ScanLimits, limit: number): Generator<ScanStep> {
    let left = limit;
    let waiting: readonly StoredEvent[] = matchList(this.#part.journal, this.#matcher, limits).sort(
      this.#compare,
    );
    yield { found: [], scanned: this.#countOnce(0, this.#part.journal.length) };
    const spans = this.#orderedSpans(limits);
    for (const [i, span] of spans.entries()) {
      const [ready, rest] = splitAt(
        waiting,
        ({ event: { timestamp }, arrival }) => this.#isBefore(timestamp, arrival, span),
      );
      if (ready.length > 0) yield { found: ready, scanned: 0 };
      left -= ready.length;
      if (left <= 0) return;
      const { step, block } = this.#scanBlock(span, this.#narrow(limits, rest, left), left);
      yield step;
      if (block === undefined) {
        waiting = rest;
        continue;
      }
      using _block = block;
      const overlap = this.#takeOverlap(block, rest);
      let handedOut = 0;
      for (const found of this.#takeBefore(block, overlap, spans[i + 1])) {
        yield { found, scanned: 0 };
        handedOut += found.length;
        if (handedOut >= left) return;
      }
      left -= handedOut;
      waiting = [...(handedOut > 0 ? [] : overlap), ...block.takeWhile(() => true)].slice(0, left);
      if (handedOut === 0 && bytesOf(waiting) > MAX_WAITING_BYTES && waiting.length > 1) {
        const parts = splitLimits(limits, span, waiting, this.#isDescending);
        waiting = [];
        block[Symbol.dispose]();
        for (const part of parts) yield* this.#sweep(part, left);
        return;
      }
    }
    yield { found: waiting, scanned: 0 };
  }

  /** What waits, and what of a block comes between it, in order. */
  #takeOverlap(block: OpenBlock, waiting: readonly StoredEvent[]): readonly StoredEvent[] {
    const last = waiting.at(-1);
    if (last === undefined) return waiting;
    const { event: { timestamp: end }, arrival: endArrival } = last;
    const between = block.takeWhile((timestamp, arrival) => {
      const order = compare(timestamp, end, arrival, endArrival);
      return this.#isDescending ? order > 0 : order < 0;
    });
    return [...waiting, ...between].sort(this.#compare);
  }

  /**
   * Takes what precedes the next block, after what waits, in pieces; nothing when all of the block, or
   * something that waits, has to wait for that.
   */
  *#takeBefore(
    block: OpenBlock,
    waiting: readonly StoredEvent[],
    next: BlockSpan | undefined,
  ): Generator<readonly StoredEvent[]> {
    const take = () =>
      block.takeWhile(
        (timestamp, arrival) => next === undefined || this.#isBefore(timestamp, arrival, next),
        { events: STEP_EVENTS, bytes: STEP_BYTES },
      );
    let found = take();
    if (found.length > 0 && waiting.length > 0) yield waiting;
    for (; found.length > 0; found = take()) yield found;
  }

  /** When as many wait as may be returned, only what precedes the last of them is of use. */
  #narrow(limits: ScanLimits, waiting: readonly StoredEvent[], limit: number): ScanLimits {
    const last = waiting.length < limit ? undefined : waiting.at(-1)?.event.timestamp;
    if (last === undefined) return limits;
    return this.#isDescending ? { ...limits, start: last } : { ...limits, end: last };
  }

  #scanBlock(span: BlockSpan, limits: ScanLimits, limit: number): ScannedBlock {
    if (!this.#mayMatch(span)) return { step: { found: [], scanned: 0 } };
    try {
      return this.#database.snapshot(() => this.#openBlock(span, limits, limit));
    } catch (error) {
      if (!(error instanceof EventReadError)) throw error;
      const damaged = { block: span.id, reason: error.message };
      return { step: { found: [], scanned: 0, damaged } };
    }
  }

  #openBlock(span: BlockSpan, limits: ScanLimits, limit: number): ScannedBlock {
    const block = readBlock(this.#database, span.id);
    if (block === undefined) return { step: { found: [], scanned: 0 } };
    using cleanup = new DisposableStack();
    cleanup.use(block);
    const matching = matchRows(block, this.#matcher, limits);
    const step = { found: [], scanned: this.#countOnce(span.id, block.count) };
    if (matching.length === 0) return { step };
    block.load();
    cleanup.move();
    const rows = this.#isDescending ? matching.toReversed() : matching;
    return { step, block: new OpenBlock(block, rows.slice(0, limit)) };
  }

  /** What is looked at again is not counted again. */
  #countOnce(id: number, events: number): number {
    if (this.#counted.has(id)) return 0;
    this.#counted.add(id);
    return events;
  }

  #mayMatch(span: BlockSpan): boolean {
    const { sources, tags } = readLabels(this.#database, span.id);
    return underDeadline(this.#matcher, () => this.#matcher.mayMatchLabels(sources, tags));
  }

  #orderedSpans({ start, end, ties }: ScanLimits): BlockSpan[] {
    const spans = this.#part.spans.filter((span) =>
      span.maxTimestamp >= start && span.minTimestamp <= end && !isBehind(span, ties)
    );
    return this.#isDescending
      ? spans.sort((a, b) => compare(b.maxTimestamp, a.maxTimestamp, b.maxArrival, a.maxArrival))
      : spans.sort((a, b) => compare(a.minTimestamp, b.minTimestamp, a.minArrival, b.minArrival));
  }

  /** Of many events of one time, in many blocks, those of a block precede the next one by their arrival. */
  #isBefore(timestamp: number, arrival: Cursor, span: BlockSpan): boolean {
    return this.#isDescending
      ? compare(timestamp, span.maxTimestamp, arrival, span.maxArrival) > 0
      : compare(timestamp, span.minTimestamp, arrival, span.minArrival) < 0;
  }

  readonly #compare = (a: StoredEvent, b: StoredEvent): number =>
    this.#isDescending ? compareStored(b, a) : compareStored(a, b);
}

/** Whether all of a block's events have the timestamp of ties and none of their arrivals. */
function isBehind(span: BlockSpan, ties: ScanLimits["ties"]): boolean {
  if (ties === undefined) return false;
  const { timestamp, since, until } = ties;
  return span.minTimestamp === timestamp && span.maxTimestamp === timestamp &&
    (span.maxArrival <= since || span.minArrival > until);
}

/** Compares by the first two numbers, or, where they are equal, by the others; infinite ones as well. */
function compare(a: number, b: number, tieA: number, tieB: number): number {
  if (a !== b) return a < b ? -1 : 1;
  return tieA === tieB ? 0 : tieA < tieB ? -1 : 1;
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
