import * as sqlite from "node:sqlite";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { EventStoreError, EventWriteError } from "../store.ts";
import {
  APPLICATION_ID,
  DIGEST_SCHEMA,
  DIGEST_TABLE,
  PAGE_BYTES,
  SCHEMA,
  SCHEMA_VERSION,
} from "./schema.ts";

/** What a statement takes. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A row of a result, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A figure that SQLite keeps. */
type Pragma =
  | "application_id"
  | "user_version"
  | "page_count"
  | "freelist_count"
  | "page_size";

/** How long a connection waits for another one's lock. Readers and the writer of one store never wait in WAL mode. */
const BUSY_TIMEOUT_MS = 5000;

/**
 * Pages in the write-ahead log before they are moved to the database: 4 MiB, since for as many a full
 * disk must have a reserve (`reserve.ts`).
 */
const CHECKPOINT_PAGES = 256;

/** Bytes to which a log is cut that became longer while it could not be moved to the database. */
const MAX_LOG_BYTES = 16 << 20;

/** Pages that SQLite allows a database. */
const MAX_PAGES = 0xfffffffe;

/** SQLite's primary result code for a full disk. */
const SQLITE_FULL = 13;

/** SQLite's result code for a full disk when it makes the `-shm` file. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** Whether a change, or opening, failed because the disk is full. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof EventWriteError) return error.isDiskFull;
  if (!(error instanceof Error)) return false;
  if (error instanceof EventStoreError) return isDiskFull(error.cause);
  const code = "errcode" in error ? Number(error.errcode) : 0;
  // Errors of `exec` carry no code.
  return (code & 0xff) === SQLITE_FULL || code === SQLITE_IOERR_SHMSIZE ||
    error.message.includes("database or disk is full");
}

/**
 * A connection to the database of a store: the only user of `node:sqlite`.
 *
 * Statements are prepared once, by their text.
 */
export class Database implements Disposable {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #hasDigests = false;

  private constructor(connection: DatabaseSync) {
    this.#connection = connection;
  }

  /**
   * Opens the one connection that writes, making the database where there is none.
   *
   * Commits are not synced by SQLite: the store syncs the write-ahead log itself, beside the next
   * commit. `synchronous = NORMAL` syncs around each checkpoint, so the database stays consistent.
   *
   * @throws {EventStoreError} When the file is no store, or of a later version, or not accessible.
   */
  static openForWriting(path: string): Database {
    return open(path, () => {
      const connection = new DatabaseSync(path, {
        timeout: BUSY_TIMEOUT_MS,
        // The data of a block are removed by us, unless they are damaged.
        enableForeignKeyConstraints: false,
      });
      const database = new Database(connection);
      try {
        const isNew = database.#checkIdentity(path);
        if (isNew) {
          connection.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL`);
        }
        connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
        connection.exec(`PRAGMA journal_size_limit = ${MAX_LOG_BYTES}`);
        // Another disk, which holds temporary files, may be full as well.
        connection.exec("PRAGMA temp_store = MEMORY");
        if (isNew) database.transaction(() => connection.exec(SCHEMA));
        database.#addDigests();
        return database;
      } catch (error) {
        connection.close();
        throw error;
      }
    });
  }

  /**
   * Opens a connection that reads what was committed.
   *
   * @throws {EventStoreError} As {@linkcode Database.openForWriting}.
   */
  static openForReading(path: string): Database {
    return open(path, () => {
      const connection = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
      return new Database(connection);
    });
  }

  /**
   * Opens a store that is there for what does not change it, whoever else has it open.
   *
   * @throws {EventStoreError} As {@linkcode Database.openForWriting}, and when it is empty.
   */
  static openExisting(path: string): Database {
    return open(path, () => {
      const database = Database.openForReading(path);
      try {
        if (!database.#checkIdentity(path)) return database;
        throw new EventStoreError(`Cannot open store '${path}': it is an empty file`);
      } catch (error) {
        database[Symbol.dispose]();
        throw error;
      }
    });
  }

  /**
   * Opens a database of another program for reading what can be read of it, even when it is shorter
   * than its header says.
   *
   * @throws {EventStoreError} When the file is not accessible.
   */
  static openForSalvage(path: string): Database {
    return open(path, () => {
      const connection = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
      // Older runtimes have no such method, and are not defensive.
      const { enableDefensive } = connection as {
        readonly enableDefensive?: (on: boolean) => void;
      };
      enableDefensive?.call(connection, false);
      // SQLite refuses every read of a file that was cut short, unless somebody is to repair it.
      connection.exec("PRAGMA writable_schema = ON");
      return new Database(connection);
    });
  }

  /** Whether the table of digests is there. */
  get hasDigests(): boolean {
    return this.#hasDigests ||= this.first(
      "SELECT 1 FROM sqlite_schema WHERE name = ?",
      DIGEST_TABLE,
    ) !== undefined;
  }

  /** Runs a statement that returns nothing; gives the row id of an insert. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  /** All rows of a query. */
  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#prepare(sql).all(...values) as SqlRow[];
  }

  /** The first row of a query. */
  first(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#prepare(sql).get(...values) as SqlRow | undefined;
  }

  /** Runs `change` in a transaction, which is rolled back when it throws. */
  transaction<T>(change: () => T): T {
    return this.#within("BEGIN IMMEDIATE", change);
  }

  /** Runs `read` on one state of the database. */
  snapshot<T>(read: () => T): T {
    return this.#within("BEGIN", read);
  }

  /** How many pages the database has, how many of them are free, and the bytes of one. */
  pages(): { readonly count: number; readonly free: number; readonly bytes: number } {
    return {
      count: this.#pragma("page_count"),
      free: this.#pragma("freelist_count"),
      bytes: this.#pragma("page_size"),
    };
  }

  /**
   * Copies the database as it is at one moment into a new file.
   *
   * In one step, since SQLite begins again when somebody writes between two. `VACUUM INTO` serves
   * runtimes without `backup`; it attaches a database, which others allow with all permissions only.
   */
  async copyInto(path: string): Promise<void> {
    const { backup } = sqlite as { readonly backup?: typeof sqlite.backup };
    if (backup === undefined) this.run("VACUUM INTO ?", path);
    else await backup(this.#connection, path, { rate: -1 });
  }

  /** Gives free pages back to the file system, so many at most. */
  vacuum(pages: number): void {
    // Not by `exec`, which ends at the first row, and says nothing of a full disk.
    this.#connection.prepare(`PRAGMA incremental_vacuum(${pages})`).all();
  }

  /** Bytes of the database, with what is in the log. */
  get bytes(): number {
    return this.#pragma("page_count") * this.#pragma("page_size");
  }

  /** Whether the database may use its free pages only, and not grow. */
  limitSize(isLimited: boolean): void {
    const pages = isLimited ? this.#pragma("page_count") : MAX_PAGES;
    this.#connection.exec(`PRAGMA max_page_count = ${pages}`);
  }

  /**
   * Moves the write-ahead log to the database. When all of it was moved and nobody reads an older
   * state, the next change begins it again in the same room.
   *
   * @returns Whether all of it was moved, and if not, why.
   */
  checkpoint(): "done" | "busy" | "full" {
    try {
      const row = this.first("PRAGMA wal_checkpoint(PASSIVE)");
      return row?.["busy"] === 0 && row["log"] === row["checkpointed"] ? "done" : "busy";
    } catch (error) {
      if (isDiskFull(error)) return "full";
      throw error;
    }
  }

  /** Moves the write-ahead log to the database and empties it, unless somebody reads an older state. */
  truncateLog(): void {
    this.#connection.exec("PRAGMA busy_timeout = 0");
    try {
      this.#connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } finally {
      this.#connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #within<T>(begin: string, run: () => T): T {
    this.run(begin);
    try {
      const result = run();
      // Not by `exec`, whose errors carry no code.
      this.run("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
      throw error;
    }
  }

  /** A store opens without them, too, when the disk is full. */
  #addDigests(): void {
    if (this.hasDigests) return;
    try {
      this.transaction(() => this.run(DIGEST_SCHEMA));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** True when the database is empty; throws when it is not a store that this program knows. */
  #checkIdentity(path: string): boolean {
    const id = this.#pragma("application_id");
    const version = this.#pragma("user_version");
    const tables = Number(this.first("SELECT count(*) AS n FROM sqlite_schema")?.["n"]);
    if (id === 0 && version === 0 && tables === 0) return true;
    if (id !== APPLICATION_ID) {
      throw new EventStoreError(
        `Cannot open store '${path}': it is a database of another program ` +
          `(application id ${id}, ${tables} tables); choose another file`,
      );
    }
    if (version !== SCHEMA_VERSION) {
      throw new EventStoreError(
        `Cannot open store '${path}': it has version ${version}, this program knows version ` +
          `${SCHEMA_VERSION}; use the program that made it`,
      );
    }
    return false;
  }

  #pragma(name: Pragma): number {
    return Number(this.first(`PRAGMA ${name}`)?.[name]);
  }
}

/** SQLite's primary result code for pages that do not fit together. */
const SQLITE_CORRUPT = 11;

/** Whether SQLite failed as pages do not fit together. */
export function isCorruption(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return (code & 0xff) === SQLITE_CORRUPT;
}

function open<T>(path: string, connect: () => T): T {
  try {
    return connect();
  } catch (cause) {
    if (cause instanceof EventStoreError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError(`Cannot open store '${path}': ${reason}`, { cause });
  }
}
