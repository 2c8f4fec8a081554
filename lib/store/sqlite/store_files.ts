import { dirname } from "node:path";
import { EventStoreError } from "../store.ts";
import { Database } from "./database.ts";

/**
 * Makes the directory of a store and locks the store, until the lock is disposed or the process ends.
 *
 * @throws {EventStoreError} When somebody else has it open or the directory is not writable.
 */
export async function lockStore(path: string): Promise<Disposable> {
  const lockPath = `${path}.lock`;
  let lock: Database | undefined;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    lock = Database.openForLocking(lockPath);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError(
      `Cannot open store '${path}': its directory must be writable: ${reason}`,
      { cause },
    );
  }
  if (lock === undefined) {
    throw new EventStoreError(
      `Cannot open store '${path}': another process has it open ('${lockPath}' is locked); ` +
        "stop that process or choose another store",
    );
  }
  return lock;
}

/** Brings what was committed to the disk. */
export interface LogSync extends Disposable {
  /** Resolves when all that was committed before the call is on disk. */
  sync(): Promise<void>;
}

/**
 * Opens the write-ahead log of a database for syncing.
 *
 * SQLite with `synchronous = FULL` does the same within each commit; done here, the thread that
 * commits is free meanwhile, and one sync serves all commits before it.
 */
export async function openLogSync(path: string): Promise<LogSync> {
  const file = await Deno.open(`${path}-wal`, { read: true });
  // The names of new files are on disk only with their directory.
  const directory = await Deno.open(dirname(path), { read: true });
  try {
    await directory.sync();
  } finally {
    directory.close();
  }
  return {
    sync: () => file.syncData(),
    [Symbol.dispose]: () => file.close(),
  };
}
