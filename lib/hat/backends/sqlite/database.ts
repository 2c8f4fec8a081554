import { DatabaseSync, type StatementSync } from "node:sqlite";
import { BackendError } from "../backend_error.ts";
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from "./schema.ts";

/** What a statement takes and gives. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A row of a result: its columns in order. */
export type SqlRow = readonly SqlValue[];

/** How long a connection waits for another one's lock; in WAL mode readers and the writer never do. */
const BUSY_TIMEOUT_MS = 5000;

/** Pages of the write-ahead log before they are moved to the database: 32 MiB, so that a page which
 * changes with each commit is moved rarely. */
const CHECKPOINT_PAGES = 8192;

/** Bytes to which a log is cut that became longer while it could not be moved to the database. */
const MAX_LOG_BYTES = 64 << 20;

/** What a connection keeps of the database in memory: the parts that change, for millions of events. */
const CACHE_KIB = 64 << 10;

/** SQLite's primary result codes for a full disk, pages that do not fit together, and no database. */
const SQLITE_FULL = 13;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** SQLite's result code for a full disk when it makes the `-shm` file. */
const SQLITE_IOERR_SHMSIZE = 4874;

/** What {@linkcode Database} could not do, so that it can be told to another thread. */
export interface Failure {
  readonly kind: "failed";
  readonly message: string;
  readonly isDiskFull: boolean;
}

/** Puts an error into words for who uses the backend. */
export function failureOf(error: unknown): Failure {
  if (error instanceof BackendError) {
    return { kind: "failed", message: error.message, isDiskFull: error.isDiskFull };
  }
  const reason = error instanceof Error ? error.message : String(error);
  const extended = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  const code = extended & 0xff;
  // Errors of `exec` carry no code.
  const isDamaged = code === SQLITE_CORRUPT || code === SQLITE_NOTADB ||
    reason.includes("not a database") || reason.includes("malformed");
  if (isDamaged) {
    const message = `the file is damaged (${reason}); put it aside, or restore it from a copy`;
    return { kind: "failed", message, isDiskFull: false };
  }
  const isDiskFull = code === SQLITE_FULL || extended === SQLITE_IOERR_SHMSIZE ||
    reason.includes("disk is full");
  return { kind: "failed", message: reason, isDiskFull };
}

type ArrayStatement = StatementSync & { setReturnArrays(on: boolean): void };

/** A connection to the database of a backend: the only user of `node:sqlite` in `lib/hat`. */
export class Database implements Disposable {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(connection: DatabaseSync) {
    this.#connection = connection;
    // The first to read the file; not by `exec`, whose errors carry no code.
    this.all(`PRAGMA cache_size = -${CACHE_KIB}`);
    // Another disk, which holds temporary files, may be full.
    connection.exec("PRAGMA temp_store = MEMORY");
  }

  /**
   * Opens the one connection that writes, making the database where there is none. All that a crash
   * left in the log is moved to the database, and on disk.
   *
   * Commits are not synced by SQLite: the backend syncs the log itself, beside the next commit.
   * `synchronous = NORMAL` syncs around each checkpoint, so the database stays consistent.
   *
   * @throws {BackendError} When it is no database of a backend, or of a later version.
   */
  static openForWriting(path: string): Database {
    const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    try {
      const database = new Database(connection);
      const isNew = database.#checkIdentity();
      connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
      connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      connection.exec(`PRAGMA journal_size_limit = ${MAX_LOG_BYTES}`);
      if (isNew) database.transaction(() => connection.exec(SCHEMA));
      connection.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      return database;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Opens a connection that reads what was committed. */
  static openForReading(path: string): Database {
    const connection = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    try {
      return new Database(connection);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Runs a statement that returns nothing; gives the number of rows it changed. */
  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  /** All rows of a query. */
  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#prepare(sql).all(...values) as unknown as SqlRow[];
  }

  /** The first row of a query. */
  first(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#prepare(sql).get(...values) as unknown as SqlRow | undefined;
  }

  /** Runs `change` in a transaction, which is rolled back when it throws. */
  transaction<T>(change: () => T): T {
    this.run("BEGIN IMMEDIATE");
    try {
      const result = change();
      // Not by `exec`, whose errors carry no code.
      this.run("COMMIT");
      return result;
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#connection.isTransaction) this.#connection.exec("ROLLBACK");
      throw error;
    }
  }

  /** Bytes of the pages that are in use, with those in the log. */
  get usedBytes(): number {
    const pages = this.#pragma("page_count") - this.#pragma("freelist_count");
    return pages * this.#pragma("page_size");
  }

  /** Closes the connection. */
  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare(sql);
      // Three times as fast as objects. The runtime has it, its types do not.
      (statement as ArrayStatement).setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** True when the database is empty; throws when it is not one that this program knows. */
  #checkIdentity(): boolean {
    const id = this.#pragma("application_id");
    const version = this.#pragma("user_version");
    const tables = Number(this.first("SELECT count(*) FROM sqlite_schema")?.[0]);
    if (id === 0 && version === 0 && tables === 0) return true;
    if (id !== APPLICATION_ID) {
      throw new BackendError(
        `it is a database of another program (application id ${id}, ${tables} tables); ` +
          "choose another file",
      );
    }
    if (version !== SCHEMA_VERSION) {
      throw new BackendError(
        `it has version ${version}, this program knows version ${SCHEMA_VERSION}; ` +
          "use the program that made it",
      );
    }
    return false;
  }

  #pragma(
    name: "application_id" | "user_version" | "page_count" | "freelist_count" | "page_size",
  ): number {
    return Number(this.first(`PRAGMA ${name}`)?.[0]);
  }
}
