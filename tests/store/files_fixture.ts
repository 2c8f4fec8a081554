import { FilesStore, type FilesStoreOptions } from "../../lib/store/files/files_store.ts";
import { tempDirectory } from "./fixtures.ts";
import type { StoreFixture } from "./store_contract.ts";

/** A files store in a directory of its own. */
export interface FilesFixture extends StoreFixture {
  readonly store: FilesStore;
  /** The data directory. */
  readonly path: string;
  reopen(): Promise<FilesStore>;
}

/** Opens an empty store. */
export async function openFiles(options: FilesStoreOptions = {}): Promise<FilesFixture> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await tempDirectory());
  const path = `${directory.path}/data`;
  const store = stack.use(await FilesStore.open(path, options));
  let current = store;
  const kept = stack.move();
  return {
    store,
    path,
    async reopen() {
      await current[Symbol.asyncDispose]();
      return current = kept.use(await FilesStore.open(path, options));
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
