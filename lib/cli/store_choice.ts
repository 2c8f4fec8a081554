import { resolve } from "node:path";
import { DEFAULT_STORE_URL } from "../store/open_store.ts";
import { UsageError } from "./usage_error.ts";

/** The options of `collect` that say where events are kept. */
export interface StoreOptions {
  readonly dataDir: string | undefined;
  readonly dbUrl: string | undefined;
  readonly rdbsStore: boolean;
  readonly store: string | undefined;
  readonly live: boolean;
  readonly flushInterval: number | undefined;
}

/**
 * The URL of the store that the options name, undefined when none is to be kept.
 *
 * @throws {UsageError} When the options contradict each other.
 */
export function chooseStore(options: StoreOptions): string | undefined {
  const { dataDir, dbUrl, rdbsStore, store, live, flushInterval } = options;
  const given = [
    ...(live ? ["--live"] : []),
    ...(dataDir !== undefined ? ["-d/--data-dir"] : []),
    ...(dbUrl !== undefined ? ["-U/--db-url"] : []),
    ...(store !== undefined ? ["--store"] : []),
  ];
  if (given.length > 1) {
    throw new UsageError(
      `Cannot use options ${given.map((name) => `'${name}'`).join(" and ")} together: ` +
        "each says where events are kept; give one of them",
    );
  }
  if (rdbsStore && dbUrl === undefined) {
    throw new UsageError(
      "Cannot use option '--rdbs-store' as it needs the URL of the database: give '-U/--db-url', too",
    );
  }
  const url = live
    ? undefined
    : dbUrl ?? store ?? (dataDir === undefined ? DEFAULT_STORE_URL : directoryUrl(dataDir));
  if (flushInterval !== undefined && !url?.startsWith("files:")) {
    throw new UsageError(
      "Cannot use option '--flush-interval' as it needs a store of files: give '-d/--data-dir', too",
    );
  }
  return url;
}

function directoryUrl(directory: string): string {
  if (directory === "") {
    throw new UsageError(
      "Cannot use option '-d/--data-dir' as its value must be a directory: current value is ''",
    );
  }
  return `files://${resolve(directory).replaceAll("%", "%25")}`;
}
