import { Turns } from "../../base/turns.ts";
import type { Criteria, Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { unpackEvents } from "../../event/packed_events.ts";
import { EventCounter } from "../event_counter.ts";
import {
  type CountOptions,
  type EventBatch,
  type EventCounts,
  EventReadError,
  type SearchOptions,
  type StoreStats,
} from "../store.ts";
import { countParts } from "./part_counting.ts";
import type { PackedPart } from "./scan_part.ts";
import {
  type RunningPart,
  type ScanContext,
  ScanThreads,
  type SearchItem,
} from "./scan_threads.ts";

/** Threads for patterns that always end in time: with more, ingest would have to share its cores. */
const MAX_THREADS = 4;

/** Batches, of some 300 KB, that a part may be ahead of its reader. */
const CREDITS = 3;

/**
 * Searches at once that go ahead of their readers in all threads. Where there are more, each has one part
 * and one batch ahead: they keep the threads busy together, and hold little when nobody reads them.
 */
const MAX_WIDE_SEARCHES = 4;

/**
 * Grouped counts at once: with a hundred thousand groups each takes some 50 MB in every part under way. More
 * of them would end no sooner.
 */
const MAX_GROUPED_COUNTS = 2;

/**
 * Searches a store in threads: some for patterns that always end in time, one for the others, so that a
 * hostile pattern holds up nobody but its like.
 */
export class ScanPool implements Disposable {
  readonly #path: string;
  readonly #linear: ScanThreads;
  readonly #guarded: ScanThreads;
  /** How many are under way. */
  #searches = 0;
  readonly #groupedCounts = new Turns(MAX_GROUPED_COUNTS);

  constructor(context: ScanContext) {
    this.#path = context.path;
    const threads = Math.min(navigator.hardwareConcurrency, MAX_THREADS);
    this.#linear = new ScanThreads(threads, context);
    this.#guarded = new ScanThreads(1, context);
  }

  /**
   * Searches the store: part by part, the next ones ahead in other threads as far as there is room for
   * what they find.
   *
   * @param until The last arrival number to look for.
   * @param isLinear Whether the patterns always end in time.
   * @throws {CriteriaError} When a pattern ran out of time.
   * @throws {EventReadError} When the store could not be read.
   */
  async *search(
    criteria: Criteria,
    until: Cursor,
    isLinear: boolean,
    { signal, onTurn }: SearchOptions,
  ): AsyncGenerator<SearchItem> {
    signal?.throwIfAborted();
    const threads = isLinear ? this.#linear : this.#guarded;
    const running: RunningPart[] = [];
    const onAbort = () => running[0]?.put(toError(signal?.reason));
    signal?.addEventListener("abort", onAbort);
    this.#searches++;
    try {
      const parts = [...await this.#plan(criteria)];
      signal?.throwIfAborted();
      let left = criteria.limit ?? Infinity;
      let scanned = 0;
      // With a limit the first part often has enough: the others begin when it has not.
      let isNarrow = left < Infinity;
      while (left > 0) {
        const isWide = this.#searches <= MAX_WIDE_SEARCHES;
        const lanes = isNarrow || !isWide ? 1 : threads.size;
        while (running.length < lanes && parts.length > 0) {
          const part = parts.shift();
          const limited = left < Infinity ? { ...criteria, limit: left } : criteria;
          if (part === undefined) continue;
          const request = {
            criteria: limited,
            until,
            part,
            credits: isWide ? CREDITS : 1,
            tellsTurn: onTurn !== undefined,
          };
          running.push(threads.run({ kind: "search", ...request }));
        }
        const item = await running[0]?.take();
        signal?.throwIfAborted();
        if (item === undefined) break;
        if (item.kind === "turn") {
          onTurn?.();
          continue;
        }
        if (item.kind === "end") {
          scanned += item.scanned;
          isNarrow = false;
          running.shift()?.[Symbol.dispose]();
          continue;
        }
        const batch = takeFirst(item.batch, left);
        left -= batch.events.length;
        yield { kind: "batch", batch, scanned: scanned + item.scanned };
        if (left === 0) scanned += item.scanned;
      }
      yield { kind: "end", scanned };
    } finally {
      this.#searches--;
      signal?.removeEventListener("abort", onAbort);
      for (const part of running) part[Symbol.dispose]();
    }
  }

  /**
   * Counts events in the threads: only counts come back.
   *
   * @param until The last arrival number to count.
   * @param isLinear Whether the patterns always end in time.
   * @throws {CriteriaError} When a pattern ran out of time.
   * @throws {RangeError} When an option is out of range, or there are too many buckets.
   * @throws {EventReadError} When the store could not be read.
   */
  async count(
    criteria: Criteria,
    until: Cursor,
    isLinear: boolean,
    options: CountOptions,
  ): Promise<EventCounts> {
    const counter = new EventCounter(options);
    const { signal, interval, by, onTurn } = options;
    const countBy = { interval, by };
    signal?.throwIfAborted();
    using _turn = by === undefined ? undefined : await this.#groupedCounts.take(signal);
    const plan = await this.#linear.ask((search) => (
      { kind: "plan-count", search, criteria, until, countBy }
    ));
    if (plan.kind !== "count-planned") throw this.#unreadable();
    counter.merge(plan.counts);
    const requests = plan.parts.map((part) => (
      { kind: "count", criteria, until, part, countBy, tellsTurn: onTurn !== undefined } as const
    ));
    const threads = isLinear ? this.#linear : this.#guarded;
    const scanned = plan.scanned + await countParts(threads, requests, counter, options);
    return counter.counts({ scanned, cursor: until });
  }

  /**
   * The event of this id with the greatest timestamp, undefined when there is none.
   *
   * @throws {EventReadError} When the store could not be read.
   */
  async get(id: string): Promise<RawEvent | undefined> {
    const reply = await this.#linear.ask((search) => ({ kind: "get", search, id }));
    return reply.kind === "got" ? unpackEvents(reply.events)[0] : undefined;
  }

  /** @throws {EventReadError} When the store could not be read. */
  async stats(): Promise<StoreStats> {
    const reply = await this.#linear.ask((search) => ({ kind: "stats", search }));
    if (reply.kind !== "stats") throw this.#unreadable();
    return reply.stats;
  }

  [Symbol.dispose](): void {
    this.#linear[Symbol.dispose]();
    this.#guarded[Symbol.dispose]();
  }

  #unreadable(): EventReadError {
    return new EventReadError(`Cannot read store '${this.#path}'`);
  }

  async #plan(criteria: Criteria): Promise<readonly PackedPart[]> {
    const reply = await this.#linear.ask((search) => ({ kind: "plan", search, criteria }));
    return reply.kind === "planned" ? reply.parts : [];
  }
}

function takeFirst(batch: EventBatch, limit: number): EventBatch {
  const { events, arrivals } = batch;
  if (events.length <= limit) return batch;
  return { ...batch, events: events.slice(0, limit), arrivals: arrivals.slice(0, limit) };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
