import { isClickHouseUrl } from "./clickhouse/address.ts";
import {
  ClickHouseStore,
  type ClickHouseStoreNotice,
  type ClickHouseStoreOptions,
} from "./clickhouse/clickhouse_store.ts";
import { MemoryStore } from "./memory/memory_store.ts";
import { FilesStore, type FilesStoreOptions } from "./files/files_store.ts";
import type { FilesStoreNotice } from "./files/notice.ts";
import {
  SqliteStore,
  type SqliteStoreNotice,
  type SqliteStoreOptions,
} from "./sqlite/sqlite_store.ts";
import { type EventStore, EventStoreError } from "./store.ts";

/** The store of a collector that is told nothing else, relative to where it is started. */
export const DEFAULT_STORE_URL = "sqlite:///theia-data/events.db";

const MEMORY_URLS: readonly string[] = ["memory:", "sqlite://", "sqlite:///:memory:"];

/** Options of {@linkcode openStore}. */
export interface OpenStoreOptions
  extends
    Omit<SqliteStoreOptions, "observer">,
    Omit<FilesStoreOptions, "observer">,
    Omit<ClickHouseStoreOptions, "observer"> {
  /** Told what happens in the store beside the calls. @default {nobody is told} */
  readonly observer?: (notice: StoreNotice) => void;
}

/** What a store reports, whichever it is. */
export type StoreNotice = SqliteStoreNotice | FilesStoreNotice | ClickHouseStoreNotice;

/**
 * Opens the store that a URL names.
 *
 * - `memory:`, `sqlite://` or `sqlite:///:memory:`: in memory, gone when it is closed;
 * - `sqlite:///events.db`: a file relative to the current directory;
 * - `sqlite:////var/lib/theia/events.db`: an absolute path (the forms of SQLAlchemy, which Theia 0.9.2 takes);
 * - `files:data`: a data directory of Theia 0.9.2, relative to the current directory;
 * - `files:///var/lib/theia`: an absolute one;
 * - `clickhouse://user:password@host:8123/database?cluster=name`: a database of ClickHouse, with
 *   `clickhouses:` over HTTPS.
 *
 * @example
 * ```ts
 * import { openStore } from "@theia/collector/store";
 * import assert from "node:assert/strict";
 *
 * await using store = await openStore("memory:");
 * assert.equal((await store.stats()).events, 0);
 * ```
 *
 * @throws {EventStoreError} When the URL names no kind of store, or the store cannot be opened.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<EventStore> {
  if (MEMORY_URLS.includes(url)) return new MemoryStore();
  if (isClickHouseUrl(url)) return await ClickHouseStore.open(url, options);
  const directory = filesPath(url);
  if (directory !== undefined) return await FilesStore.open(directory, options);
  const path = sqlitePath(url);
  if (path === undefined) {
    throw new EventStoreError(
      `Cannot open store '${withoutPassword(url)}': use memory:, sqlite:///relative/path, ` +
        "sqlite:////absolute/path, files:relative/directory, files:///absolute/directory or " +
        "clickhouse://user:password@host:8123/database",
    );
  }
  return await SqliteStore.open(path, options);
}

/** The directory that a `files:` URL names, undefined when it is no such URL or its escapes are malformed. */
export function filesPath(url: string): string | undefined {
  const match = /^files:(?:\/\/(?=\/))?([^/].*|\/(?!\/).*)$/s.exec(url);
  return match?.[1] === undefined ? undefined : decodePath(match[1]);
}

/** The file that a SQLite URL names, undefined when it is no such URL or its escapes are malformed. */
export function sqlitePath(url: string): string | undefined {
  const match = /^sqlite:\/\/\/(.+)$/.exec(url);
  return match?.[1] === undefined ? undefined : decodePath(match[1]);
}

function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The URL of a store as it may be shown. */
export function withoutPassword(url: string): string {
  // Up to the last @: a password may hold every character, escaped or not.
  return url.replace(/:\/\/.*@/s, "://***@");
}
