import { resolve } from "node:path";
import type { Criteria, Cursor } from "../../event/criteria.ts";
import type {
  CountOptions,
  EventCounts,
  EventSearch,
  SearchOptions,
  StoreStats,
} from "../store.ts";
import { EventStoreError } from "../store.ts";
import { readSpans } from "./block_table.ts";
import { Database } from "./database.ts";
import { readJournalCursor } from "./journal.ts";
import { openSound } from "./open_sound.ts";
import { ScanPool } from "./scan_pool.ts";
import { countScans, searchScans } from "./scan_search.ts";

/** Reads a store that somebody else may have open for writing. */
export class SqliteReader implements AsyncDisposable {
  readonly #scans: ScanPool;
  readonly #path: string;
  readonly #damaged = new Set<number>();

  private constructor(path: string) {
    this.#path = path;
    this.#scans = new ScanPool({ path, onDamaged: (block) => this.#damaged.add(block) });
  }

  /** @throws {EventStoreError} When there is no such file, or it is no store. */
  static async open(path: string): Promise<SqliteReader> {
    const absolute = resolve(path);
    await assertFile(absolute);
    using _checked = openSound(absolute);
    return new SqliteReader(absolute);
  }

  /** How many blocks were found damaged so far. */
  get damaged(): number {
    return this.#damaged.size;
  }

  /** As the one of a store. */
  search(criteria: Criteria, options: SearchOptions = {}): EventSearch {
    return searchScans(this.#scans, criteria, this.#readCursor(), options);
  }

  /** As the one of a store. */
  async count(criteria: Criteria, options?: CountOptions): Promise<EventCounts> {
    return await countScans(this.#scans, criteria, this.#readCursor(), options);
  }

  /** As the one of a store. */
  async stats(): Promise<StoreStats> {
    return { ...await this.#scans.stats(), damaged: this.#damaged.size };
  }

  // deno-lint-ignore require-await -- what it implements is asynchronous
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scans[Symbol.dispose]();
  }

  #readCursor(): Cursor {
    using database = Database.openForReading(this.#path);
    return database.snapshot(() =>
      readSpans(database).reduce(
        (cursor, { maxArrival }) => Math.max(cursor, maxArrival),
        readJournalCursor(database),
      )
    );
  }
}

/** @throws {EventStoreError} When there is no such file: opening must not make one. */
export async function assertFile(path: string): Promise<void> {
  try {
    if ((await Deno.stat(path)).isFile) return;
  } catch (cause) {
    const reason = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : cause instanceof Error
      ? cause.message
      : String(cause);
    throw new EventStoreError(`Cannot open store '${path}': ${reason}`, { cause });
  }
  throw new EventStoreError(`Cannot open store '${path}': it is no file`);
}
