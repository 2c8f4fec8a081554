import { join, resolve } from "node:path";
import { type Criteria, type Cursor, withoutOrder } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { toRawEvent } from "../../event/text_format.ts";
import { isNoSpace } from "../../base/no_space.ts";
import { lockStore } from "../store_lock.ts";
import {
  type CountOptions,
  type EventCounts,
  EventNotFoundError,
  EventReadError,
  type EventSearch,
  type EventStore,
  EventStoreError,
  type SaveOptions,
  type SaveResult,
  type SearchOptions,
  type StoreStats,
} from "../store.ts";
import type { DataFile } from "./data_file.ts";
import { DirectoryWriter } from "./directory_writer.ts";
import { countFiles } from "./file_counting.ts";
import { findById, type ReadFile, type StoredEvent } from "./find_by_id.ts";
import { LOCK_NAME } from "./names.ts";
import type { FilesStoreNotice } from "./notice.ts";
import { type Recovered, Recovery } from "./recovery.ts";
import { FilesReserve } from "./reserve.ts";
import { sweep, type SweepContext } from "./sweep.ts";
import { WriteTurns } from "./write_turns.ts";

/** Options of {@linkcode FilesStore.open}. */
export interface FilesStoreOptions {
  /**
   * How often what was saved is synced, in milliseconds. With 0 `save` resolves when it is on disk.
   * Otherwise it resolves when the operating system has it: a crash of the program loses nothing, a
   * crash of the machine what was saved since the last sync, as with Theia 0.9.2. @default {0}
   */
  readonly flushIntervalMs?: number;
  /** Told what happens beside the calls. @default {nobody is told} */
  readonly observer?: (notice: FilesStoreNotice) => void;
}

/** How many events a batch of a search holds. */
const BATCH_EVENTS = 1024;

/**
 * Keeps events in a data directory of Theia 0.9.2: plain text files of a minute each, which `grep`
 * and Theia 0.9.2 read. The layout is described in `docs/files-store.md`.
 *
 * Meant for up to some thousand events a second: a file is read as a whole to be searched.
 *
 * @example
 * ```ts
 * import { createEvent } from "@theia/collector/event";
 * import { FilesStore } from "@theia/collector/store";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   await using store = await FilesStore.open(directory);
 *   await store.save([createEvent({ id: "a", timestamp: 1509989630, content: "hello" })]);
 * }
 * assert.match(await Deno.readTextFile(`${directory}/1509989580-1509989640`), /\nhello\n\n$/);
 * ```
 */
export class FilesStore implements EventStore {
  readonly #directory: string;
  readonly #lock: Disposable;
  readonly #recovered: Recovered;
  readonly #writer: DirectoryWriter;
  readonly #turns: WriteTurns;
  readonly #observer: (notice: FilesStoreNotice) => void;
  /** Files that were damaged while the store was open. */
  readonly #damagedFiles = new Set<string>();
  #isClosed = false;
  #closing: Promise<void> | undefined;

  private constructor(
    directory: string,
    lock: Disposable,
    recovered: Recovered,
    writer: DirectoryWriter,
    reserve: FilesReserve,
    options: FilesStoreOptions,
  ) {
    this.#directory = directory;
    this.#lock = lock;
    this.#recovered = recovered;
    this.#writer = writer;
    this.#observer = options.observer ?? (() => {});
    this.#turns = new WriteTurns({
      directory,
      catalog: recovered.catalog,
      writer,
      reserve,
      flushIntervalMs: options.flushIntervalMs ?? 0,
      observer: this.#observer,
    });
  }

  /**
   * Opens a data directory, making it where there is none.
   *
   * What an interrupted save left is completed or taken back, an event that a file ends in is cut off,
   * other damage is passed over; the observer is told. Files of other names are left alone.
   *
   * @throws {EventStoreError} When the directory is of a later version, in use by another process, or
   * not accessible.
   * @throws {RangeError} When an option breaks a rule.
   */
  static async open(directory: string, options: FilesStoreOptions = {}): Promise<FilesStore> {
    const { flushIntervalMs = 0, observer = () => {} } = options;
    if (!(flushIntervalMs >= 0 && flushIntervalMs < 2 ** 31)) {
      throw new RangeError(
        "Cannot open store as 'flushIntervalMs' must be from 0 up to 2147483647: current value is " +
          flushIntervalMs,
      );
    }
    const path = resolve(directory);
    const lock = await lockStore(path, join(path, LOCK_NAME));
    try {
      const reserve = await FilesReserve.of(path);
      const recovered = await Recovery.run(path, observer).catch(async (error) => {
        // Its steps may be cut short and done again.
        if (!isNoSpace(error) || !await reserve.giveUp()) throw error;
        return await Recovery.run(path, observer);
      });
      const writer = await DirectoryWriter.open(path, recovered.catalog, recovered.cursor);
      await reserve.ensure(recovered.catalog.files);
      return new FilesStore(path, lock, recovered, writer, reserve, options);
    } catch (cause) {
      lock[Symbol.dispose]();
      if (cause instanceof EventStoreError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EventStoreError(`Cannot open store '${path}': ${reason}`, { cause });
    }
  }

  get cursor(): Cursor {
    return this.#writer.cursor;
  }

  // deno-lint-ignore require-await -- an event that breaks a rule must reject, not throw
  async save(events: readonly Event[], options: SaveOptions = {}): Promise<SaveResult> {
    return this.#turns.save(events.map(toRawEvent), options);
  }

  async get(id: string): Promise<RawEvent> {
    this.#assertOpen();
    const { catalog } = this.#recovered;
    const event = await this.#reading(() =>
      findById(this.#directory, catalog, id, () => this.#assertOpen())
    );
    if (event === undefined) throw new EventNotFoundError(id);
    return event;
  }

  async delete(id: string): Promise<void> {
    if (await this.#turns.delete(id) === 0) throw new EventNotFoundError(id);
  }

  search(criteria: Criteria, options: SearchOptions = {}): EventSearch {
    const summary = { matched: 0, scanned: 0, cursor: this.cursor };
    const context = this.#sweepContext(criteria, options);
    const { check } = context;
    const steps = () => sweep(context);
    const toError = (cause: unknown) => this.#toReadError(cause);
    return {
      summary,
      async *[Symbol.asyncIterator]() {
        check();
        try {
          for await (const { found, scanned } of steps()) {
            summary.scanned += scanned;
            for (let i = 0; i < found.length; i += BATCH_EVENTS) {
              check();
              const batch = toBatch(found.slice(i, i + BATCH_EVENTS));
              summary.matched += batch.events.length;
              yield batch;
            }
          }
        } catch (error) {
          throw toError(error);
        }
        check();
      },
    };
  }

  async count(criteria: Criteria, options: CountOptions = {}): Promise<EventCounts> {
    const context = this.#sweepContext(withoutOrder(criteria), options);
    return await this.#reading(() => countFiles(context, options));
  }

  // deno-lint-ignore require-await -- the port is asynchronous
  async stats(): Promise<StoreStats> {
    this.#assertOpen();
    let oldest = Infinity;
    let newest = -Infinity;
    const sums = { events: 0, rawBytes: 0, storedBytes: this.#writer.journalBytes };
    let damaged = this.#recovered.damaged + this.#damagedFiles.size;
    for (const file of this.#recovered.catalog.files) {
      sums.events += file.events;
      sums.rawBytes += file.rawBytes;
      sums.storedBytes += file.size;
      oldest = Math.min(oldest, file.oldest);
      newest = Math.max(newest, file.newest);
      damaged += file.damages;
    }
    const isEmpty = sums.events === 0;
    return {
      ...sums,
      oldest: isEmpty ? undefined : oldest,
      newest: isEmpty ? undefined : newest,
      damaged,
    };
  }

  /** Waits for saves and deletions under way, then brings everything to the data files. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.#turns[Symbol.asyncDispose]();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw new EventStoreError(`Cannot use store '${this.#directory}': it is closed`);
  }

  /** What a search or counting that begins now works on. */
  #sweepContext(criteria: Criteria, { signal, onTurn }: SearchOptions): SweepContext {
    return {
      directory: this.#directory,
      catalog: this.#recovered.catalog,
      criteria,
      until: this.cursor,
      onTurn,
      check: () => {
        this.#assertOpen();
        signal?.throwIfAborted();
      },
      onRead: (file, read) => this.#checkRead(file, read),
    };
  }

  #checkRead(file: DataFile, { contents, arrivals }: ReadFile): void {
    const isWhole = contents.events.length === file.events || arrivals.length < file.events;
    const damage = contents.damages.at(-1);
    if (contents.damages.length <= file.damages && isWhole) return;
    if (this.#damagedFiles.has(file.name)) return;
    this.#damagedFiles.add(file.name);
    this.#observer({
      kind: "damaged-file",
      file: file.name,
      offset: damage?.offset ?? contents.tornAt ?? 0,
      bytes: damage?.bytes ?? 0,
      reason: damage?.reason ?? "it was changed while the store was open",
    });
  }

  async #reading<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw this.#toReadError(cause);
    }
  }

  /** Errors of the system become errors of the port; others are what they are. */
  #toReadError(cause: unknown): unknown {
    if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") {
      return cause;
    }
    return new EventReadError(`Cannot read store '${this.#directory}': ${cause.message}`, {
      cause,
    });
  }
}

function toBatch(stored: readonly StoredEvent[]): {
  readonly events: RawEvent[];
  readonly arrivals: Cursor[];
} {
  return {
    events: stored.map(({ event }) => event),
    arrivals: stored.map(({ arrival }) => arrival),
  };
}
