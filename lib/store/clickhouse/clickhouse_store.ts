import type { Criteria, Cursor } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { toRawEvent } from "../../event/text_format.ts";
import { assertRetention, Retention, type RetentionOptions } from "../sqlite/retention.ts";
import type { DroppedEvents } from "../sqlite/retention_step.ts";
import {
  type CountOptions,
  type EventCounts,
  EventNotFoundError,
  type EventSearch,
  type EventStore,
  type SaveOptions,
  type SaveResult,
  type SearchOptions,
  type StoreStats,
} from "../store.ts";
import { parseAddress } from "./address.ts";
import { assertUnused, Heartbeat } from "./heartbeat.ts";
import { openServer } from "./open_server.ts";
import { Purge } from "./purge.ts";
import { Reading } from "./reading.ts";
import type { Server } from "./server.ts";
import { checkTables, createTables } from "./tables.ts";
import { checkRetention, dropWeeks, hasTtl, setTtl } from "./upkeep.ts";
import { Writer } from "./writer.ts";
import { WriteTurns } from "./write_turns.ts";

/** How long a server may be silent by default: 30 seconds. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** What a store reports beside its results. */
export type ClickHouseStoreNotice =
  /** Retention dropped events. */
  | { readonly kind: "dropped"; readonly dropped: DroppedEvents }
  /** Retention could not drop what is due; it tries again later. */
  | { readonly kind: "retention-failed"; readonly reason: string }
  /** Deleted events are found no more, but could not be removed from the servers' disks yet. */
  | { readonly kind: "purge-failed"; readonly reason: string };

/** Options of {@linkcode ClickHouseStore.open}. */
export interface ClickHouseStoreOptions {
  /** How long events are kept; `maxBytes` is refused. @default {for ever} */
  readonly retention?: RetentionOptions;
  /** How long a server may be silent before a request fails, in milliseconds. @default {30_000} */
  readonly requestTimeoutMs?: number;
  /**
   * How often the store shows that it is open, in milliseconds. One that was not closed in order is
   * waited for two and a half times as long, and refused when it shows so. @default {2000}
   */
  readonly heartbeatMs?: number;
  /** Told what happens beside the calls. @default {nobody is told} */
  readonly observer?: (notice: ClickHouseStoreNotice) => void;
}

/** Often enough that a collector that was killed can be started again soon. */
const HEARTBEAT_MS = 2000;

/**
 * Keeps events in ClickHouse, on one server or spread over the shards of a cluster.
 *
 * One collector at a time writes to a store, and another one is refused. Should one be taken as gone
 * that is not, because it was stopped for long, it is refused from then on. Tables, limits and what
 * survives which crash are described in `docs/clickhouse-store.md`.
 */
export class ClickHouseStore implements EventStore {
  readonly #server: Server;
  readonly #writer: Writer;
  readonly #turns: WriteTurns;
  readonly #reading: Reading;
  readonly #retention: Retention | undefined;
  readonly #purge: Purge;
  readonly #heartbeat: Heartbeat;
  #closing: Promise<void> | undefined;

  private constructor(
    server: Server,
    writer: Writer,
    heartbeat: Heartbeat,
    { retention, observer = () => {} }: ClickHouseStoreOptions,
  ) {
    this.#server = server;
    this.#writer = writer;
    this.#turns = new WriteTurns(server.address.name, writer);
    this.#reading = new Reading(server);
    this.#purge = new Purge(server, (reason) => observer({ kind: "purge-failed", reason }));
    this.#heartbeat = heartbeat;
    if (retention !== undefined && !hasTtl(server)) {
      this.#retention = this.#startRetention(retention, observer);
    }
  }

  /**
   * Opens a store, making its tables where there are none; the database must be there.
   *
   * @param url `clickhouse://user:password@host:8123/database?cluster=name`; `clickhouses:` for HTTPS.
   * @throws {EventStoreError} When the URL is malformed, the server cannot be reached, refuses the user,
   * or lacks the database or the cluster, or another collector has the store open.
   * @throws {RangeError} When an option is out of range.
   */
  static async open(url: string, options: ClickHouseStoreOptions = {}): Promise<ClickHouseStore> {
    const { retention = {}, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
    const { heartbeatMs = HEARTBEAT_MS } = options;
    assertRetention(retention);
    assertMilliseconds("requestTimeoutMs", requestTimeoutMs);
    assertMilliseconds("heartbeatMs", heartbeatMs);
    return await openServer(parseAddress(url), requestTimeoutMs, async (server) => {
      await checkRetention(server, retention);
      await createTables(server);
      await checkTables(server);
      const lastBeat = await assertUnused(server, heartbeatMs);
      if (hasTtl(server)) await setTtl(server, retention.maxAgeSeconds);
      const writer = await Writer.open(server);
      const heartbeat = new Heartbeat(server, heartbeatMs, lastBeat);
      return new ClickHouseStore(server, writer, heartbeat, options);
    });
  }

  get cursor(): Cursor {
    return this.#writer.cursor;
  }

  // deno-lint-ignore require-await -- an event that breaks a rule must reject, not throw
  async save(events: readonly Event[], options: SaveOptions = {}): Promise<SaveResult> {
    return this.#turns.save(events.map(toRawEvent), options);
  }

  async get(id: string): Promise<RawEvent> {
    const event = await this.#reading.get(id, this.#writer.visible);
    if (event === undefined) throw new EventNotFoundError(id);
    return event;
  }

  async delete(id: string): Promise<void> {
    const arrivals = await this.#turns.take(() => this.#writer.delete(id));
    if (arrivals.length === 0) throw new EventNotFoundError(id);
    this.#purge.add(arrivals);
  }

  search(criteria: Criteria, options: SearchOptions = {}): EventSearch {
    return this.#reading.search(criteria, options, this.#writer.visible);
  }

  async count(criteria: Criteria, options: CountOptions = {}): Promise<EventCounts> {
    return await this.#reading.count(criteria, options, this.#writer.visible);
  }

  async stats(): Promise<StoreStats> {
    return await this.#reading.stats(this.#writer.visible);
  }

  /** Drops now what the retention excludes; happens by itself, too. Resolves at once where servers do it. */
  async retain(): Promise<void> {
    await this.#retention?.run();
  }

  #startRetention(
    options: RetentionOptions,
    observer: (notice: ClickHouseStoreNotice) => void,
  ): Retention {
    const retention = new Retention(options, {
      step: ({ before }) =>
        this.#turns.take(async () => {
          this.#writer.forget();
          return await dropWeeks(this.#server, before, this.#writer.visible);
        }),
      onDropped: (dropped) => observer({ kind: "dropped", dropped }),
      onFailed: (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        observer({ kind: "retention-failed", reason });
      },
    });
    void retention.run();
    return retention;
  }

  /** Waits for calls under way; searches end with an error. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    // All at once: from here on nothing is taken any more.
    const read = this.#reading[Symbol.asyncDispose]();
    const ended = this.#retention?.[Symbol.asyncDispose]();
    await Promise.all([this.#turns[Symbol.asyncDispose](), this.#heartbeat[Symbol.asyncDispose]()]);
    await ended;
    await read;
    await this.#purge[Symbol.asyncDispose]();
  }
}

function assertMilliseconds(name: string, value: number): void {
  if (value >= 1 && value < 2 ** 31) return;
  throw new RangeError(
    `Cannot open store as '${name}' must be from 1 to 2147483647: current value is ${value}`,
  );
}
