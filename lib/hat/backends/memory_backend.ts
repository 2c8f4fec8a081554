import type { Backend } from "../backend.ts";
import { compareEventIds, compareEvents, type EventId, type HatEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import {
  assertQueryParams,
  type QueryLatestParams,
  type QueryParams,
  type QueryResult,
  type QueryServerParams,
  type QueryTimeseriesParams,
} from "../query.ts";
import { Subscription } from "../subscription.ts";
import { Timestamp } from "../timestamp.ts";
import { BackendError } from "./backend_error.ts";
import { FlushCycle } from "./flush_cycle.ts";
import { LastIds } from "./last_ids.ts";
import type { EventsCallback } from "./listeners.ts";
import { type BackendOptions, type BackendSettings, backendSettings, cutoffOf } from "./options.ts";
import { compareInTimeseries, eventsAfter, isInSpan } from "./timeseries_order.ts";
import { TypeTree } from "./type_tree.ts";

/** About what an event takes besides its type and payload, in bytes. */
const EVENT_BYTES = 200;

/** The latest event of a type. */
interface Latest {
  event: HatEvent;
}

/**
 * A backend that keeps events in memory, gone when it is closed. It looks through all events for a
 * timeseries: it is for tests and for small numbers, and the measure of the other backends.
 *
 * @example
 * ```ts
 * import { MemoryBackend, Timestamp } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * await using backend = new MemoryBackend();
 * const id = { server: 1, session: 1, instance: 1 };
 * const timestamp = Timestamp.now();
 * const event = { id, type: ["a"], timestamp, sourceTimestamp: undefined, payload: undefined };
 * await backend.register([event]);
 * assert.deepEqual(await backend.getLastEventId(1), id);
 * assert.deepEqual((await backend.query({ kind: "timeseries" })).events, [event]);
 * ```
 */
export class MemoryBackend implements Backend {
  readonly #settings: BackendSettings;
  readonly #cycle: FlushCycle;
  readonly #lastIds = new LastIds();
  readonly #latest = new TypeTree<Latest>();
  /** In order of arrival. */
  #events: HatEvent[] = [];
  readonly #unflushed = new Set<HatEvent>();
  #closing: Promise<void> | undefined;

  /**
   * Makes a backend.
   *
   * @throws {RangeError} When a number of the options is not positive.
   */
  constructor(options: BackendOptions = {}) {
    this.#settings = backendSettings(options);
    this.#cycle = new FlushCycle(this.#settings, {
      sync: () => {
        this.#unflushed.clear();
        return Promise.resolve();
      },
      afterwards: () => this.#dropOldest(),
    });
  }

  /** See {@linkcode Backend.getLastEventId}. */
  // deno-lint-ignore require-await -- failures are rejections
  async getLastEventId(serverId: number): Promise<EventId> {
    this.#assertOpen();
    return this.#lastIds.get(serverId);
  }

  /** See {@linkcode Backend.register}. */
  // deno-lint-ignore require-await -- failures are rejections
  async register(events: readonly HatEvent[]): Promise<readonly HatEvent[]> {
    this.#assertOpen();
    const fresh = this.#lastIds.takeNew(events);
    for (const event of fresh) {
      this.#events.push(event);
      this.#unflushed.add(event);
      const latest = this.#latest.get(event.type);
      if (latest === undefined) this.#latest.set(event.type, { event });
      else if (compareEvents(event, latest.event) >= 0) latest.event = event;
    }
    this.#cycle.add(fresh);
    return events;
  }

  /** See {@linkcode Backend.query}. */
  // deno-lint-ignore require-await -- failures are rejections
  async query(params: QueryParams): Promise<QueryResult> {
    this.#assertOpen();
    assertQueryParams(params);
    switch (params.kind) {
      case "latest":
        return this.#queryLatest(params);
      case "timeseries":
        return this.#queryTimeseries(params);
      case "server":
        return this.#queryServer(params);
    }
  }

  /** See {@linkcode Backend.flush}. */
  async flush(): Promise<void> {
    this.#assertOpen();
    await this.#cycle.flush();
  }

  /** See {@linkcode Backend.onRegistered}. */
  onRegistered(callback: EventsCallback): Disposable {
    return this.#cycle.registered.add(callback);
  }

  /** See {@linkcode Backend.onFlushed}. */
  onFlushed(callback: EventsCallback): Disposable {
    return this.#cycle.flushed.add(callback);
  }

  /** Flushes and closes the backend. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#cycle.close();
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new BackendError("Cannot use backend 'memory': it is closed");
  }

  #queryLatest({ eventTypes }: QueryLatestParams): QueryResult {
    const latest = this.#latest.find(eventTypes ?? [["*"]]);
    return { events: latest.map(({ event }) => event), moreFollows: false };
  }

  #queryTimeseries(params: QueryTimeseriesParams): QueryResult {
    const matches = matcherOf(params.eventTypes);
    const events = this.#events
      .filter((event) => matches(event.type) && isInSpan(event, params))
      .sort((a, b) => compareInTimeseries(a, b, params.orderBy));
    if (params.order !== "ascending") events.reverse();
    return this.#page(eventsAfter(events, params.lastEventId), params.maxResults);
  }

  #queryServer({ serverId, persisted, lastEventId, maxResults }: QueryServerParams): QueryResult {
    const events = this.#events
      .filter((event) =>
        event.id.server === serverId &&
        (lastEventId === undefined || compareEventIds(event.id, lastEventId) > 0) &&
        !(persisted === true && this.#unflushed.has(event))
      );
    return this.#page(events, maxResults);
  }

  #page(events: readonly HatEvent[], maxResults: number | undefined): QueryResult {
    const limit = Math.min(maxResults ?? Infinity, this.#settings.maxResults);
    return { events: events.slice(0, limit), moreFollows: events.length > limit };
  }

  #dropOldest(): void {
    const { maxEvents = Infinity, maxBytes = Infinity } = this.#settings.limits;
    const cutoff = cutoffOf(this.#settings);
    const isOld = ({ timestamp }: HatEvent) => Timestamp.compare(timestamp, cutoff) < 0;
    const excess = this.#events.length - maxEvents;
    let bytes = maxBytes === Infinity ? 0 : this.#events.reduce((n, each) => n + bytesOf(each), 0);
    if (excess <= 0 && bytes <= maxBytes && !this.#events.some(isOld)) return;

    const dropped = new Set<HatEvent>();
    for (const event of this.#events.toSorted((a, b) => compareInTimeseries(a, b, "timestamp"))) {
      if (!isOld(event) && dropped.size >= excess && bytes <= maxBytes) break;
      if (this.#latest.get(event.type)?.event === event) continue;
      dropped.add(event);
      bytes -= bytesOf(event);
    }
    if (dropped.size === 0) return;
    this.#events = this.#events.filter((event) => !dropped.has(event));
    this.#settings.observer({ kind: "dropped", events: dropped.size });
  }
}

function matcherOf(eventTypes: readonly EventType[] | undefined): (type: EventType) => boolean {
  if (eventTypes === undefined) return () => true;
  const subscription = new Subscription(eventTypes);
  return (type) => subscription.matches(type);
}

function bytesOf({ type, payload }: HatEvent): number {
  const segments = type.reduce((bytes, segment) => bytes + segment.length, 0);
  if (payload === undefined) return EVENT_BYTES + segments;
  return EVENT_BYTES + segments +
    (payload.kind === "binary" ? payload.data.length : payload.text.length);
}
