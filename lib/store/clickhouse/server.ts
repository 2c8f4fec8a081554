import type { ClickHouseAddress } from "./address.ts";
import { HttpClient, type ServerRequest } from "./http.ts";
import { sqlText } from "./literal.ts";
import { IncompleteRowError, readRows, type RowReader } from "./row_binary.ts";
import { ServerError } from "./server_error.ts";

/** Settings that are given where the server knows them, whatever its release. */
const WANTED_SETTINGS: Readonly<Record<string, string>> = {
  // An insert is done when the shards have the rows, not when they wait to be sent there.
  insert_distributed_sync: "1",
  distributed_foreground_insert: "1",
  async_insert: "0",
  // Events come with timestamps of any age, and each week has a partition of its own.
  max_partitions_per_insert_block: "0",
  // The replica that took the last insert is also the one that is read.
  load_balancing: "in_order",
  cancel_http_readonly_queries_on_client_close: "1",
  http_write_exception_in_output_format: "0",
  // A sort that needs more memory goes to the disk of the server: 256 MiB.
  max_bytes_before_external_sort: "268435456",
  // A reader may pause for long: 24 hours.
  http_send_timeout: "86400",
};

/** Settings of tables that bring inserted rows to the disk before the insert is done. */
const WANTED_TABLE_SETTINGS: Readonly<Record<string, string>> = {
  fsync_after_insert: "1",
  fsync_part_directory: "1",
  min_compressed_bytes_to_fsync_after_merge: "1",
};

/** How the tables of a store are replicated. */
export type Replication =
  /** The cluster's servers have ZooKeeper or Keeper, and the macros `shard` and `replica`. */
  | "replicated"
  | "none";

/** The servers of a store: runs statements on the first, with the settings that it knows. */
export class Server {
  readonly address: ClickHouseAddress;
  /** One for each server whose HTTP interface the URL names. */
  readonly clients: readonly HttpClient[];
  readonly #first: HttpClient;
  #settings: Readonly<Record<string, string>> = {};
  #tableSettings: Readonly<Record<string, string>> = {};
  #version: readonly number[] = [];
  #replication: Replication = "none";

  private constructor(address: ClickHouseAddress, timeoutMs: number) {
    this.address = address;
    const toClient = (origin: string) => new HttpClient(origin, address, timeoutMs);
    const [first, ...others] = address.origins;
    this.#first = toClient(first);
    this.clients = [this.#first, ...others.map(toClient)];
  }

  /**
   * Asks the first server what it is.
   *
   * @throws {ServerError} When it cannot be asked.
   */
  static async connect(address: ClickHouseAddress, timeoutMs: number): Promise<Server> {
    const server = new Server(address, timeoutMs);
    const [version = ""] = await server.select("SELECT version()", (row) => row.text());
    if (!/^\d+\.\d+/.test(version)) throw foreign();
    server.#version = version.split(".").map(Number);
    server.#settings = await server.#known("system.settings", WANTED_SETTINGS);
    server.#tableSettings = await server.#known(
      "system.merge_tree_settings",
      WANTED_TABLE_SETTINGS,
    );
    if (address.cluster !== undefined && await server.#canReplicate()) {
      server.#replication = "replicated";
    }
    return server;
  }

  /** Resolves when no answer of the servers is waited for. */
  async idle(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.idle()));
  }

  /** The settings of tables that the server knows. */
  get tableSettings(): Readonly<Record<string, string>> {
    return this.#tableSettings;
  }

  get replication(): Replication {
    return this.#replication;
  }

  /** Whether the server is of this release or a later one. */
  isSince(major: number, minor: number): boolean {
    const [actualMajor = 0, actualMinor = 0] = this.#version;
    return actualMajor > major || (actualMajor === major && actualMinor >= minor);
  }

  /**
   * Runs a query without the clause FORMAT and reads its rows.
   *
   * @throws {ServerError} When it failed.
   */
  async select<T>(
    sql: string,
    read: (row: RowReader) => T,
    options: Pick<ServerRequest, "table" | "signal"> = {},
  ): Promise<readonly T[]> {
    const request = { ...options, sql: `${sql} FORMAT RowBinary`, settings: this.#settings };
    const bytes = await this.#first.run(request);
    try {
      return readRows(bytes, read);
    } catch (cause) {
      if (!(cause instanceof IncompleteRowError)) throw cause;
      throw foreign(cause);
    }
  }

  /**
   * Runs a query without the clause FORMAT and returns the bytes of its rows as they come.
   *
   * @throws {ServerError} When it failed.
   */
  stream(sql: string, signal: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    return this.#first.stream({ sql: `${sql} FORMAT RowBinary`, settings: this.#settings, signal });
  }

  /**
   * Inserts rows.
   *
   * @param into The table with its columns.
   * @throws {ServerError} When it failed, or nobody knows.
   */
  async insert(into: string, rows: Uint8Array<ArrayBuffer>): Promise<void> {
    const sql = `INSERT INTO ${into} FORMAT RowBinary`;
    await this.#first.run({ sql, rows, settings: this.#settings });
  }

  /**
   * Runs a statement that changes tables on one server.
   *
   * @throws {ServerError} When it failed.
   */
  async change(sql: string, client: HttpClient = this.#first): Promise<void> {
    await client.run({ sql });
  }

  async #known(
    table: string,
    wanted: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    const names = Object.keys(wanted).map(sqlText).join(", ");
    const known = await this.select(
      `SELECT name FROM ${table} WHERE name IN (${names})`,
      (row) => row.text(),
    );
    return Object.fromEntries(Object.entries(wanted).filter(([name]) => known.includes(name)));
  }

  async #canReplicate(): Promise<boolean> {
    const [counts] = await this.select(
      "SELECT (SELECT count() FROM system.tables WHERE database = 'system' AND name = 'zookeeper')," +
        " (SELECT count() FROM system.macros WHERE macro IN ('shard', 'replica'))",
      (row) => [row.uint64(), row.uint64()],
    );
    return counts?.[0] === 1 && counts[1] === 2;
  }
}

function foreign(cause?: unknown): ServerError {
  const message = "what answered there is not ClickHouse, or of a release that is not known";
  return new ServerError(message, { cause, fate: "unknown", retryable: false });
}
