import type { Backend } from "../../backend.ts";
import type { EventId, HatEvent } from "../../event.ts";
import {
  assertQueryParams,
  type QueryLatestParams,
  type QueryParams,
  type QueryResult,
} from "../../query.ts";
import { BackendError } from "../backend_error.ts";
import { FlushCycle } from "../flush_cycle.ts";
import { LastIds } from "../last_ids.ts";
import type { EventsCallback } from "../listeners.ts";
import { type BackendOptions, type BackendSettings, backendSettings } from "../options.ts";
import { Dropper } from "./dropper.ts";
import type { LogSync } from "../../../base/log_sync.ts";
import { type KnownType, KnownTypes, nameOf } from "./known_types.ts";
import { maxPayloadBytes, type NumberedEvent } from "./packed_events.ts";
import { Reader } from "./reader.ts";
import { WriteQueue } from "./write_queue.ts";
import { MAX_PAYLOAD_BYTES, type Opened } from "./writer.ts";

/** Bytes of payloads that are registered and not on disk, from which on nobody waits for the next flush. */
const MAX_UNFLUSHED_BYTES = 64 << 20;

/** Options of {@linkcode SqliteBackend.open}. */
export interface SqliteBackendOptions extends BackendOptions {
  /** Opens what brings commits to the disk; for tests that need a slow or failing one. @default {fdatasync of the log} */
  readonly openLogSync?: (path: string) => Promise<LogSync>;
}

/**
 * A backend that keeps events in an SQLite database: millions of them, of hundreds of thousands of types.
 *
 * A thread of its own writes, another one answers queries. Events are committed soon after they are
 * registered, together with others that come meanwhile; `flush` syncs them. Whatever ends the process,
 * what was flushed is there when the backend is opened again, and of what was not a beginning.
 *
 * @example
 * ```ts
 * import { SqliteBackend, Timestamp } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   await using backend = await SqliteBackend.open(`${directory}/hat.db`);
 *   const id = { server: 1, session: 1, instance: 1 };
 *   const timestamp = Timestamp.now();
 *   const event = { id, type: ["a"], timestamp, sourceTimestamp: undefined, payload: undefined };
 *   await backend.register([event]);
 *   await backend.flush();
 *   assert.deepEqual((await backend.query({ kind: "latest" })).events, [event]);
 * }
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class SqliteBackend implements Backend {
  readonly #path: string;
  readonly #settings: BackendSettings;
  readonly #queue: WriteQueue;
  readonly #reader: Reader;
  readonly #types: KnownTypes;
  readonly #lastIds = new LastIds();
  readonly #cycle: FlushCycle;
  readonly #dropper: Dropper;
  /** The arrival number of the last event that was registered, and of the last one on disk. */
  #arrival: number;
  #flushedArrival: number;
  #unflushedBytes = 0;
  /** Registers that wait for room: those that come later wait too, so that their order stays. */
  #waitingRegisters = 0;
  #closing: Promise<void> | undefined;

  private constructor(
    path: string,
    settings: BackendSettings,
    queue: WriteQueue,
    opened: Opened,
    types: KnownTypes,
    reader: Reader,
  ) {
    this.#path = path;
    this.#settings = settings;
    this.#queue = queue;
    this.#types = types;
    this.#reader = reader;
    this.#arrival = this.#flushedArrival = opened.arrival;
    for (const [server, session, instance] of opened.servers) {
      this.#lastIds.set({ server, session, instance });
    }
    this.#dropper = new Dropper(settings, queue);
    this.#cycle = new FlushCycle(settings, {
      sync: () => this.#sync(),
      afterwards: () => this.#dropper.start(),
    });
  }

  /**
   * Opens a database, making it and its directory where there is none. Beside it lie `-wal`, `-shm` and
   * `.lock`.
   *
   * @throws {BackendError} When it cannot be opened: it is open elsewhere, of another program, of a later
   * version, damaged or not accessible.
   * @throws {RangeError} When a number of the options is not positive.
   */
  static async open(path: string, options: SqliteBackendOptions = {}): Promise<SqliteBackend> {
    const settings = backendSettings(options);
    const { queue, opened } = await WriteQueue.open(path, options.openLogSync);
    try {
      const types = new KnownTypes();
      types.load(opened.types, opened.latest);
      const reader = await Reader.open(path, types, settings.observer);
      return new SqliteBackend(path, settings, queue, opened, types, reader);
    } catch (error) {
      await queue[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** See {@linkcode Backend.getLastEventId}. */
  // deno-lint-ignore require-await -- failures are rejections
  async getLastEventId(serverId: number): Promise<EventId> {
    this.#assertOpen();
    return this.#lastIds.get(serverId);
  }

  /**
   * See {@linkcode Backend.register}.
   *
   * @throws {BackendError} When an event is too large, the disk is full, or nothing can be written.
   */
  async register(events: readonly HatEvent[]): Promise<readonly HatEvent[]> {
    this.#assertOpen();
    for (const event of events) assertSize(event);
    if (this.#waitingRegisters > 0 || !this.#queue.hasRoom) await this.#waitForRoom();
    this.#take(this.#lastIds.takeNew(events));
    return events;
  }

  /** See {@linkcode Backend.query}. */
  async query(params: QueryParams): Promise<QueryResult> {
    this.#assertOpen();
    assertQueryParams(params);
    if (params.kind === "latest") return await this.#queryLatest(params);
    const limit = Math.min(params.maxResults ?? Infinity, this.#settings.maxResults);
    const flushed = this.#flushedArrival;
    await this.#committed();
    const { events, count } = params.kind === "timeseries"
      ? await this.#reader.timeseries(params, limit + 1)
      : await this.#reader.ofServer(
        params,
        params.persisted === true ? flushed : Number.MAX_SAFE_INTEGER,
        limit + 1,
      );
    return { events: events.slice(0, limit), moreFollows: count > limit };
  }

  /**
   * See {@linkcode Backend.flush}.
   *
   * @throws {BackendError} When not all could be written: after a full disk, a later flush may succeed.
   */
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

  /**
   * Flushes and closes the backend.
   *
   * @throws {BackendError} When the last flush failed; it is closed nevertheless.
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    try {
      if (this.#waitingRegisters > 0) await this.#queue.room().catch(() => {});
      await this.#cycle.close();
    } finally {
      await this.#dropper[Symbol.asyncDispose]();
      await this.#reader[Symbol.asyncDispose]();
      await this.#queue[Symbol.asyncDispose]();
    }
  }

  #assertOpen(): void {
    if (this.#closing === undefined) return;
    throw new BackendError(`Cannot use backend '${this.#path}': it is closed`);
  }

  #take(events: readonly HatEvent[]): void {
    if (events.length === 0) return;
    const known = this.#types.count;
    const newTypes: [number, string][] = [];
    const numbered: NumberedEvent[] = events.map((event) => {
      const type = this.#types.note(event, ++this.#arrival);
      if (type.number >= known + newTypes.length) newTypes.push([type.number, nameOf(type)]);
      this.#unflushedBytes += maxPayloadBytes(event.payload);
      return { event, type };
    });
    this.#queue.push({ events: numbered, newTypes });
    this.#cycle.add(events);
    if (this.#unflushedBytes > MAX_UNFLUSHED_BYTES) {
      this.#unflushedBytes = 0;
      void this.#cycle.flushInBackground();
    }
  }

  async #waitForRoom(): Promise<void> {
    this.#waitingRegisters++;
    try {
      await this.#queue.room();
    } finally {
      this.#waitingRegisters--;
    }
  }

  async #sync(): Promise<void> {
    const arrival = this.#arrival;
    if (arrival === this.#flushedArrival) return;
    this.#unflushedBytes = 0;
    await this.#queue.sync();
    this.#flushedArrival = arrival;
  }

  /**
   * Resolves when the querying thread sees what was registered. While the disk is full, it sees what is in
   * the database; the rest is found when there is room.
   */
  async #committed(): Promise<void> {
    await this.#dropper.step;
    try {
      await this.#queue.committed();
    } catch (error) {
      if (!(error instanceof BackendError && error.isDiskFull)) throw error;
    }
  }

  async #queryLatest({ eventTypes }: QueryLatestParams): Promise<QueryResult> {
    const events: HatEvent[] = [];
    const absent: KnownType[] = [];
    for (const known of this.#types.find(eventTypes)) {
      if (known.event === undefined) absent.push(known);
      else events.push(known.event);
    }
    if (absent.length === 0) return { events, moreFollows: false };
    const read = await this.#reader.latest(absent, () => this.#queue.committed());
    return { events: events.concat(read), moreFollows: false };
  }
}

function assertSize({ id, payload }: HatEvent): void {
  const bytes = maxPayloadBytes(payload);
  if (bytes <= MAX_PAYLOAD_BYTES) return;
  throw new BackendError(
    `Cannot register event ${id.server}/${id.session}/${id.instance} as its payload must have at ` +
      `most ${MAX_PAYLOAD_BYTES} bytes: it has ${bytes}`,
  );
}
