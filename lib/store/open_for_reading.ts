import { resolve } from "node:path";
import { isClickHouseUrl } from "./clickhouse/address.ts";
import { ClickHouseReader } from "./clickhouse/clickhouse_reader.ts";
import { assertDirectory } from "./files/verify.ts";
import { filesPath, openStore, sqlitePath } from "./open_store.ts";
import { SqliteReader } from "./sqlite/sqlite_reader.ts";
import type { EventStore } from "./store.ts";

/** A store that is only read. */
export type ReadableStore = Pick<EventStore, "search" | "count" | "stats"> & AsyncDisposable;

/**
 * Opens a store for reading alone: it must be there already, and one in a file of SQLite or in ClickHouse
 * may be in use by a collector meanwhile.
 *
 * @throws {EventStoreError} As `openStore`.
 */
export async function openForReading(url: string): Promise<ReadableStore> {
  if (isClickHouseUrl(url)) return await ClickHouseReader.open(url);
  const directory = filesPath(url);
  if (directory !== undefined) await assertDirectory(resolve(directory));
  const path = sqlitePath(url);
  if (path === undefined || path === ":memory:") return await openStore(url);
  return await SqliteReader.open(path);
}
