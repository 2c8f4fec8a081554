import type { Cursor } from "../event/criteria.ts";
import type { Matcher } from "../event/matcher.ts";
import type { EventBatch, EventStore } from "../store/store.ts";
import { BatchMatcher } from "./batch_matcher.ts";
import type { CollectorCounts } from "./collector_counts.ts";
import type { Connection } from "./connection.ts";
import { EventWriter } from "./event_writer.ts";
import type { LiveHub, LiveListener } from "./live_hub.ts";
import type { LiveOutbox } from "./live_outbox.ts";
import type { CollectorLimits } from "./limits.ts";
import type { SendWindow } from "./send_window.ts";
import { WaitingBatches } from "./waiting_batches.ts";

/** What {@linkcode LiveSubscription} works with. */
export interface LiveSubscriptionOptions {
  readonly connection: Connection;
  readonly hub: LiveHub;
  readonly outbox: LiveOutbox;
  /** How far ahead of the client a replay may be. */
  readonly window: SendWindow;
  readonly limits: CollectorLimits;
  readonly counts: CollectorCounts;
  /** What `since` is replayed from; absent when nothing is. */
  readonly replay: { readonly store: EventStore; readonly since: Cursor } | undefined;
  /** It is over: `limit` events were sent, or it failed. */
  readonly onEnd: (error?: unknown) => void;
}

/**
 * One set of live criteria, from its message until the next, or until its client leaves.
 *
 * With `since` it first replays from the store while batches that arrive wait; each has arrival
 * numbers, so those that the replay covered are left out afterwards. When too many wait they are
 * forgotten and the replay goes on from where it ended.
 */
export class LiveSubscription implements LiveListener, Disposable {
  readonly #matcher: Matcher;
  readonly #batches: BatchMatcher;
  readonly #options: LiveSubscriptionOptions;
  readonly #waiting: WaitingBatches;
  readonly #ended = new AbortController();
  #remaining: number;
  /** Arrivals up to here were replayed. */
  #replayed: Cursor = 0;
  #isReplaying: boolean;
  #overflowed = false;
  #pumping: Promise<void> | undefined;

  constructor(matcher: Matcher, options: LiveSubscriptionOptions) {
    this.#matcher = matcher;
    this.#batches = new BatchMatcher(matcher);
    this.#options = options;
    this.#waiting = new WaitingBatches(options.limits.maxLiveQueueBytes);
    this.#remaining = matcher.criteria.limit ?? Infinity;
    this.#isReplaying = options.replay !== undefined;
    options.hub.add(this);
    options.outbox.restart(options.replay?.since ?? options.hub.cursor);
    if (options.replay !== undefined) void this.#replay(options.replay);
    else options.outbox.moveTo(options.hub.cursor);
    if (this.#remaining === 0) this.#end();
  }

  accept(batch: EventBatch): void {
    if (!this.#waiting.push(batch)) {
      if (this.#isReplaying) this.#overflowed = true;
      else this.#waiting.drop(batch);
    }
    if (!this.#isReplaying) this.#wake();
  }

  /** Resolves when all that was accepted is matched and handed to the outbox. */
  async settled(): Promise<void> {
    await this.#pumping;
  }

  [Symbol.dispose](): void {
    this.#ended.abort(new DOMException("The subscription ended", "AbortError"));
    this.#options.hub.remove(this);
    this.#waiting.clear();
    this.#batches[Symbol.dispose]();
  }

  #end(error?: unknown): void {
    if (this.#ended.signal.aborted) return;
    this[Symbol.dispose]();
    this.#options.onEnd(error);
  }

  /** Matches what waits, after the save that handed it over has gone on. */
  #wake(): void {
    this.#pumping ??= Promise.resolve().then(() => this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        if ("dropped" in next) {
          this.#options.outbox.gap(next.dropped);
          continue;
        }
        const matching = this.#batches.matching(next.events);
        const indexes = Array.isArray(matching) ? matching : await matching;
        if (this.#ended.signal.aborted) return;
        this.#deliver(next, indexes);
      }
    } catch (error) {
      this.#end(error);
    } finally {
      this.#pumping = undefined;
    }
  }

  #deliver(batch: EventBatch, matching: readonly number[]): void {
    const isNew = (batch.arrivals[0] ?? 0) > this.#replayed;
    let indexes = isNew
      ? matching
      : matching.filter((index) => (batch.arrivals[index] ?? 0) > this.#replayed);
    if (indexes.length > this.#remaining) indexes = indexes.slice(0, this.#remaining);
    this.#remaining -= indexes.length;
    this.#options.outbox.offer(batch, indexes);
    if (this.#remaining === 0) this.#end();
  }

  async #replay(from: { readonly store: EventStore; readonly since: Cursor }): Promise<void> {
    const { connection, limits, outbox, window, counts } = this.#options;
    const signal = AbortSignal.any([connection.gone, this.#ended.signal]);
    try {
      await outbox.flush();
      const writer = new EventWriter(connection, { limits, window, counts }, signal);
      let since = from.since;
      do {
        this.#overflowed = false;
        this.#waiting.clear();
        since = await this.#replayOnce(from.store, since, writer, signal);
        outbox.moveTo(since);
      } while (this.#overflowed && this.#remaining > 0);
      this.#replayed = since;
      this.#isReplaying = false;
      if (this.#remaining === 0) this.#end();
      else this.#wake();
    } catch (error) {
      this.#end(error);
    }
  }

  /** @returns The cursor up to which all was sent. */
  async #replayOnce(
    store: EventStore,
    since: Cursor,
    writer: EventWriter,
    signal: AbortSignal,
  ): Promise<Cursor> {
    const { order: _, limit: __, ...criteria } = this.#matcher.criteria;
    const limit = Number.isFinite(this.#remaining) ? { limit: this.#remaining } : {};
    const search = store.search({ ...criteria, ...limit, since }, { signal });
    for await (const { events } of search) {
      this.#remaining -= events.length;
      await writer.write(events);
    }
    signal.throwIfAborted();
    return search.summary.cursor;
  }
}
