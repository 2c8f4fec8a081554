import { SqliteStore, type SqliteStoreOptions } from "../../lib/store/sqlite/sqlite_store.ts";
import { tempDirectory } from "./fixtures.ts";
import type { StoreFixture } from "./store_contract.ts";

/** A SQLite store in a directory of its own. */
export interface SqliteFixture extends StoreFixture {
  readonly store: SqliteStore;
  /** The database file. */
  readonly path: string;
  reopen(): Promise<SqliteStore>;
}

/** Opens an empty store. */
export async function openSqlite(options: SqliteStoreOptions = {}): Promise<SqliteFixture> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDirectory());
  const path = `${directory.path}/events.db`;
  const store = stack.use(await SqliteStore.open(path, options));
  let current = store;
  const kept = stack.move();
  return {
    store,
    path,
    async reopen() {
      await current[Symbol.asyncDispose]();
      return current = kept.use(await SqliteStore.open(path, options));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
