import { resolve } from "node:path";
import type { Criteria, Cursor } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { toRawEvent } from "../../event/text_format.ts";
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
import type { DiskNotice } from "../disk_full.ts";
import { assertRetention, Retention, type RetentionOptions } from "./retention.ts";
import type { DroppedEvents } from "./retention_step.ts";
import type { Salvage } from "./salvage.ts";
import { ScanPool } from "./scan_pool.ts";
import { countScans, searchScans } from "./scan_search.ts";
import { WriteQueue, type WriteQueueOptions } from "./write_queue.ts";

/** What a store reports beside its results. */
export type SqliteStoreNotice =
  /** A block could not be read; its events are missing from results. */
  | { readonly kind: "damaged-block"; readonly block: number; readonly reason: string }
  /** A commit that was not sealed yet could not be read; its events are lost. */
  | { readonly kind: "damaged-journal"; readonly arrival: Cursor; readonly reason: string }
  /** The structure of the database was damaged when it was opened: it was made anew of what is whole. */
  | { readonly kind: "salvaged"; readonly salvage: Salvage }
  /** The log ended within a commit: after a crash nothing that was acknowledged, otherwise damage. */
  | { readonly kind: "torn-log" }
  /** Retention dropped events. */
  | { readonly kind: "dropped"; readonly dropped: DroppedEvents }
  /** Retention could not drop what is due; it tries again later. */
  | { readonly kind: "retention-failed"; readonly reason: string }
  | DiskNotice;

/** Options of {@linkcode SqliteStore.open}. */
export interface SqliteStoreOptions extends WriteQueueOptions {
  /** How long events are kept. @default {for ever} */
  readonly retention?: RetentionOptions;
  /** Told what happens beside the calls. @default {nobody is told} */
  readonly observer?: (notice: SqliteStoreNotice) => void;
}

/**
 * Keeps events in one SQLite database: new ones in a journal, older ones in compressed blocks.
 *
 * Writing has a thread, searching has threads; the thread that uses the store only hands over bytes.
 * The layout is described in `docs/sqlite-store.md`.
 *
 * @example
 * ```ts
 * import { createEvent } from "@theia/collector/event";
 * import { SqliteStore } from "@theia/collector/store";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   await using store = await SqliteStore.open(`${directory}/events.db`);
 *   await store.save([createEvent({ id: "a", content: "hello" })]);
 * }
 * await using store = await SqliteStore.open(`${directory}/events.db`);
 * assert.equal((await store.get("a")).content, "hello");
 * ```
 */
export class SqliteStore implements EventStore {
  readonly #writes: WriteQueue;
  readonly #scans: ScanPool;
  readonly #observer: (notice: SqliteStoreNotice) => void;
  readonly #damagedBlocks = new Set<number>();
  readonly #retention: Retention | undefined;

  private constructor(path: string, writes: WriteQueue, options: SqliteStoreOptions) {
    this.#writes = writes;
    this.#observer = options.observer ?? (() => {});
    if (writes.salvage !== undefined) {
      this.#observer({ kind: "salvaged", salvage: writes.salvage });
    }
    if (writes.isLogTorn) this.#observer({ kind: "torn-log" });
    for (const { firstArrival, reason } of writes.damaged) {
      this.#observer({ kind: "damaged-journal", arrival: firstArrival, reason });
    }
    this.#scans = new ScanPool({
      path,
      rightOfWay: writes.rightOfWay,
      onDamaged: (block, reason) => {
        if (this.#damagedBlocks.has(block)) return;
        this.#damagedBlocks.add(block);
        this.#observer({ kind: "damaged-block", block, reason });
      },
    });
    this.#retention = options.retention && this.#startRetention(options.retention);
    writes.onDisk((notice) => {
      this.#observer(notice);
      // What is due may be all that is in the way.
      if (notice.kind === "disk-full") void this.#retention?.run();
    });
  }

  /**
   * Opens a store, making the file and its directory where there is none.
   *
   * @param path Of the database file; `-wal`, `-shm` and `.lock` files stand beside it.
   * @throws {EventStoreError} When the file is no store, of a later version, in use by another
   * process, or not accessible.
   * @throws {RangeError} When a limit of the retention is out of range.
   */
  static async open(path: string, options: SqliteStoreOptions = {}): Promise<SqliteStore> {
    assertRetention(options.retention ?? {});
    const absolute = resolve(path);
    return new SqliteStore(absolute, await WriteQueue.open(absolute, options), options);
  }

  get cursor(): Cursor {
    return this.#writes.cursor;
  }

  // deno-lint-ignore require-await -- an event that breaks a rule must reject, not throw
  async save(events: readonly Event[], options: SaveOptions = {}): Promise<SaveResult> {
    return this.#writes.save(events.map(toRawEvent), options);
  }

  async get(id: string): Promise<RawEvent> {
    const event = await this.#scans.get(id);
    if (event === undefined) throw new EventNotFoundError(id);
    return event;
  }

  async delete(id: string): Promise<void> {
    if (await this.#writes.delete(id) === 0) throw new EventNotFoundError(id);
  }

  search(criteria: Criteria, options: SearchOptions = {}): EventSearch {
    return searchScans(this.#scans, criteria, this.cursor, options);
  }

  async count(criteria: Criteria, options?: CountOptions): Promise<EventCounts> {
    return await countScans(this.#scans, criteria, this.cursor, options);
  }

  async stats(): Promise<StoreStats> {
    const damaged = this.#damagedBlocks.size + this.#writes.damaged.length;
    return { ...await this.#scans.stats(), damaged };
  }

  /** Drops now what the retention excludes; happens by itself, too. Resolves at once without a retention. */
  async retain(): Promise<void> {
    await this.#retention?.run();
  }

  #startRetention(options: RetentionOptions): Retention {
    const retention = new Retention(options, {
      step: (limits) => this.#writes.retain(limits),
      onDropped: (dropped) => this.#observer({ kind: "dropped", dropped }),
      onFailed: (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        this.#observer({ kind: "retention-failed", reason });
      },
    });
    this.#writes.onSealed(() => void retention.run());
    void retention.run();
    return retention;
  }

  /** Waits for saves under way, then closes the database. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scans[Symbol.dispose]();
    // Both at once: from here on nothing is taken any more.
    const ended = this.#retention?.[Symbol.asyncDispose]();
    await this.#writes[Symbol.asyncDispose]();
    await ended;
  }
}
