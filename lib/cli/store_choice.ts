import { resolve } from "node:path";
import { DEFAULT_STORE_URL } from "../store/open_store.ts";
import { EventStoreError } from "../store/store.ts";
import { UsageError } from "./usage_error.ts";

/** The options of `collect` that say where events are kept. */
export interface StoreOptions {
  readonly dataDir: string | undefined;
  readonly dbUrl: string | undefined;
  readonly rdbsStore: boolean;
  readonly store: string | undefined;
  readonly live: boolean;
}

/** Where the database lies in a data directory. */
const DATABASE_NAME = "events.db";

/** Theia 0.9.2 names its data files by the first and last second in them. */
const DATA_FILE = /^\d+-\d+$/;

/**
 * The URL of the store that the options name, undefined when none is to be kept.
 *
 * @throws {UsageError} When the options contradict each other.
 */
export function chooseStore(options: StoreOptions): string | undefined {
  const { dataDir, dbUrl, rdbsStore, store, live } = options;
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
  if (live) return undefined;
  return dbUrl ?? store ?? (dataDir === undefined ? DEFAULT_STORE_URL : directoryUrl(dataDir));
}

function directoryUrl(directory: string): string {
  if (directory === "") {
    throw new UsageError(
      "Cannot use option '-d/--data-dir' as its value must be a directory: current value is ''",
    );
  }
  const path = resolve(directory, DATABASE_NAME).replaceAll("%", "%25");
  return `sqlite:///${path}`;
}

/**
 * Refuses a directory with data of Theia 0.9.2, which would be passed over in silence.
 *
 * @throws {EventStoreError} When there is a data file in it.
 */
export async function assertNoOlderData(directory: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(directory)) {
      if (!DATA_FILE.test(name)) continue;
      throw new EventStoreError(
        `Cannot keep events in '${directory}': it holds data of Theia 0.9.2 (such as '${name}'), ` +
          "which this version does not read yet; choose another directory",
      );
    }
  } catch (error) {
    // Whether it can be made or read is found out by opening the store.
    if (error instanceof EventStoreError) throw error;
  }
}
