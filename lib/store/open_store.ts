import { MemoryStore } from "./memory/memory_store.ts";
import { SqliteStore, type SqliteStoreOptions } from "./sqlite/sqlite_store.ts";
import { type EventStore, EventStoreError } from "./store.ts";

/** The store of a collector that is told nothing else, relative to where it is started. */
export const DEFAULT_STORE_URL = "sqlite:///theia-data/events.db";

const MEMORY_URLS: readonly string[] = ["memory:", "sqlite://", "sqlite:///:memory:"];

/** Options of {@linkcode openStore}. */
export type OpenStoreOptions = SqliteStoreOptions;

/**
 * Opens the store that a URL names.
 *
 * - `memory:`, `sqlite://` or `sqlite:///:memory:`: in memory, gone when it is closed;
 * - `sqlite:///events.db`: a file relative to the current directory;
 * - `sqlite:////var/lib/theia/events.db`: an absolute path (the forms of SQLAlchemy, which Theia 0.9.2 takes).
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
  const path = sqlitePath(url);
  if (path === undefined) {
    throw new EventStoreError(
      `Cannot open store '${withoutPassword(url)}': use memory:, sqlite:///relative/path or ` +
        "sqlite:////absolute/path",
    );
  }
  return await SqliteStore.open(path, options);
}

/** The file that a SQLite URL names, undefined when it is no such URL or its escapes are malformed. */
export function sqlitePath(url: string): string | undefined {
  const match = /^sqlite:\/\/\/(.+)$/.exec(url);
  if (match?.[1] === undefined) return undefined;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return undefined;
  }
}

function withoutPassword(url: string): string {
  // Up to the last @: a password may hold every character, escaped or not.
  return url.replace(/:\/\/.*@/s, "://***@");
}
