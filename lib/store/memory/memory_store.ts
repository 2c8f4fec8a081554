import type { Criteria, Cursor } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import { GuardedMatcher } from "../../event/guarded_matcher.ts";
import { compileCriteria } from "../../event/matcher.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { toRawEvent } from "../../event/text_format.ts";
import { countFound } from "../event_counter.ts";
import {
  type CountOptions,
  type EventBatch,
  type EventCounts,
  EventNotFoundError,
  type EventSearch,
  type EventStore,
  EventStoreError,
  type SaveOptions,
  type SaveResult,
  type SearchOptions,
  type StoreStats,
} from "../store.ts";

interface Entry {
  readonly event: RawEvent;
  readonly arrival: Cursor;
}

/** How many events a batch of a search holds, so that a large result is handed over in parts. */
const BATCH_EVENTS = 1024;

/**
 * Keeps events in memory, in the plainest way: it is what the other stores are compared with.
 *
 * @example
 * ```ts
 * import { createEvent } from "@theia/collector/event";
 * import { MemoryStore } from "@theia/collector/store";
 * import assert from "node:assert/strict";
 *
 * await using store = new MemoryStore();
 * await store.save([createEvent({ id: "a", content: "hello" })]);
 * assert.equal((await store.get("a")).content, "hello");
 * ```
 */
export class MemoryStore implements EventStore {
  #entries: Entry[] = [];
  readonly #keys = new Set<string>();
  #cursor: Cursor = 0;
  #closed = false;

  get cursor(): Cursor {
    return this.#cursor;
  }

  // deno-lint-ignore require-await -- the port is asynchronous
  async save(events: readonly Event[], options: SaveOptions = {}): Promise<SaveResult> {
    this.#assertOpen();
    const accepted: Entry[] = [];
    for (const event of events.map(toRawEvent)) {
      const key = keyOf(event);
      if (this.#keys.has(key)) continue;
      this.#keys.add(key);
      accepted.push({ event, arrival: ++this.#cursor });
    }
    for (const entry of accepted) this.#entries.push(entry);
    options.onAccepted?.(toBatch(accepted));
    return { saved: accepted.length, duplicates: events.length - accepted.length };
  }

  // deno-lint-ignore require-await -- the port is asynchronous
  async get(id: string): Promise<RawEvent> {
    this.#assertOpen();
    const found = this.#entries.filter(({ event }) => event.id === id).sort(compareEntries).at(-1);
    if (found === undefined) throw new EventNotFoundError(id);
    return found.event;
  }

  // deno-lint-ignore require-await -- the port is asynchronous
  async delete(id: string): Promise<void> {
    this.#assertOpen();
    const kept = this.#entries.filter(({ event }) => event.id !== id);
    if (kept.length === this.#entries.length) throw new EventNotFoundError(id);
    for (const { event } of this.#entries) {
      if (event.id === id) this.#keys.delete(keyOf(event));
    }
    this.#entries = kept;
  }

  search(criteria: Criteria, options: SearchOptions = {}): EventSearch {
    const entries = this.#entries.slice();
    const summary = { matched: 0, scanned: 0, cursor: this.#cursor };
    const assertOpen = () => this.#assertOpen();
    return {
      summary,
      async *[Symbol.asyncIterator]() {
        assertOpen();
        options.signal?.throwIfAborted();
        const { order = "asc", limit = Infinity } = criteria;
        const found = await select(entries, criteria, options.onTurn);
        summary.scanned = entries.length;
        found.sort(compareEntries);
        if (order === "desc") found.reverse();
        const end = Math.min(found.length, limit);
        for (let i = 0; i < end; i += BATCH_EVENTS) {
          assertOpen();
          options.signal?.throwIfAborted();
          const batch = toBatch(found.slice(i, Math.min(i + BATCH_EVENTS, end)));
          summary.matched += batch.events.length;
          yield batch;
        }
        options.signal?.throwIfAborted();
      },
    };
  }

  async count(criteria: Criteria, options?: CountOptions): Promise<EventCounts> {
    return await countFound(this, criteria, options);
  }

  // deno-lint-ignore require-await -- the port is asynchronous
  async stats(): Promise<StoreStats> {
    this.#assertOpen();
    let rawBytes = 0;
    let oldest: number | undefined;
    let newest: number | undefined;
    for (const { event } of this.#entries) {
      rawBytes += event.contentEnd - event.headerStart;
      oldest = Math.min(oldest ?? event.timestamp, event.timestamp);
      newest = Math.max(newest ?? event.timestamp, event.timestamp);
    }
    const events = this.#entries.length;
    return { events, rawBytes, storedBytes: rawBytes, oldest, newest, damaged: 0 };
  }

  /** Forgets all events. */
  // deno-lint-ignore require-await -- the port is asynchronous
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#entries = [];
  }

  #assertOpen(): void {
    if (this.#closed) throw new EventStoreError("Cannot use store: it is closed");
  }
}

/** Patterns that could run away are tested in the thread for them, so that nobody else waits. */
async function select(
  entries: readonly Entry[],
  criteria: Criteria,
  onTurn: SearchOptions["onTurn"],
): Promise<Entry[]> {
  const matcher = compileCriteria(criteria);
  const { since = 0 } = criteria;
  const later = entries.filter(({ arrival }) => arrival > since);
  if (matcher.linear) return later.filter(({ event }) => matcher.matches(event));
  using guarded = new GuardedMatcher(criteria, { purpose: "find", onTurn });
  const found: Entry[] = [];
  for (let i = 0; i < later.length; i += BATCH_EVENTS) {
    const batch = later.slice(i, i + BATCH_EVENTS);
    for (const row of await guarded.matching(batch.map(({ event }) => event))) {
      const entry = batch[row];
      if (entry !== undefined) found.push(entry);
    }
  }
  return found;
}

function compareEntries(a: Entry, b: Entry): number {
  return a.event.timestamp - b.event.timestamp || a.arrival - b.arrival;
}

function toBatch(entries: readonly Entry[]): EventBatch {
  return {
    events: entries.map((entry) => entry.event),
    arrivals: entries.map((entry) => entry.arrival),
  };
}

function keyOf(event: RawEvent): string {
  return `${event.timestamp}\n${event.id}`;
}
