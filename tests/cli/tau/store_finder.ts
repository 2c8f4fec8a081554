import type { Criteria } from "../../../lib/event/criteria.ts";
import type { Event } from "../../../lib/event/event.ts";
import { compileCriteria } from "../../../lib/event/matcher.ts";
import type { RawEvent } from "../../../lib/event/raw_event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import type { LabelKind } from "../../../lib/cli/tau/filter_completion.ts";
import type { Finder, FollowOptions, FoundCounts } from "../../../lib/cli/tau/finder.ts";
import { MemoryStore } from "../../../lib/store/memory/memory_store.ts";

/** Somebody who follows. */
interface Follower {
  readonly criteria: Criteria;
  readonly options: FollowOptions;
  waiting: RawEvent[];
  wake: () => void;
}

/** A collector without a network: a store in memory, and those who follow it. */
export class StoreFinder implements Finder, AsyncDisposable {
  readonly address = "ws://test:6433";
  readonly store = new MemoryStore();
  /** What was asked for. */
  readonly asked: Criteria[] = [];
  /** How often labels were asked for. */
  askedLabels = 0;
  /** Events in a batch of a search. */
  batchEvents = 100;
  /** Is waited for before each batch of a search, and fails it. */
  beforeBatch: (criteria: Criteria) => void | Promise<void> = () => {};
  #followers = new Set<Follower>();
  #searches = 0;

  /** Stores events and tells those who follow. */
  async push(events: readonly Event[]): Promise<void> {
    const raw = events.map((event) => toRawEvent(event));
    await this.store.save(raw);
    for (const follower of this.#followers) {
      const matcher = compileCriteria(follower.criteria);
      follower.waiting.push(...raw.filter((event) => matcher.matches(event)));
      follower.wake();
    }
  }

  /** How many follow. */
  get followers(): number {
    return this.#followers.size;
  }

  /** Whether nothing is searched, and all that arrived was taken by those who follow. */
  get isIdle(): boolean {
    return this.#searches === 0 &&
      [...this.#followers].every(({ waiting }) => waiting.length === 0);
  }

  /** Tells those who follow what happens to their connection. */
  notice(notice: Parameters<FollowOptions["onNotice"]>[0]): void {
    for (const { options } of this.#followers) options.onNotice(notice);
  }

  async *find(criteria: Criteria, signal: AbortSignal): AsyncGenerator<readonly RawEvent[]> {
    this.asked.push(criteria);
    this.#searches++;
    try {
      const found: RawEvent[] = [];
      for await (const { events } of this.store.search(criteria)) found.push(...events);
      for (let at = 0; at < found.length; at += this.batchEvents) {
        await this.beforeBatch(criteria);
        signal.throwIfAborted();
        yield found.slice(at, at + this.batchEvents);
      }
      if (found.length === 0) await this.beforeBatch(criteria);
      signal.throwIfAborted();
    } finally {
      this.#searches--;
    }
  }

  async *live(criteria: Criteria, options: FollowOptions): AsyncGenerator<readonly RawEvent[]> {
    const { signal } = options;
    const follower: Follower = { criteria, options, waiting: [], wake: () => {} };
    this.#followers.add(follower);
    const wake = () => follower.wake();
    signal.addEventListener("abort", wake);
    try {
      options.onNotice({ kind: "connected", url: this.address });
      options.onFollowing();
      for (;;) {
        signal.throwIfAborted();
        const events = follower.waiting;
        follower.waiting = [];
        if (events.length > 0) yield events;
        else await new Promise<void>((resolve) => follower.wake = resolve);
      }
    } finally {
      signal.removeEventListener("abort", wake);
      this.#followers.delete(follower);
    }
  }

  async count(criteria: Criteria, interval: number | undefined): Promise<FoundCounts> {
    const options = interval === undefined ? {} : { interval };
    const { matched, buckets } = await this.store.count(criteria, options);
    const { oldest, newest } = await this.store.stats();
    return { matched, buckets, oldest, newest };
  }

  async labels(by: LabelKind): Promise<readonly string[]> {
    this.askedLabels++;
    const { groups } = await this.store.count({}, { by });
    return groups.map(({ key }) => key).filter((label) => label !== "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }
}
