import { dirname } from "node:path";

/** Brings what was committed to the disk. */
export interface LogSync extends Disposable {
  /** Resolves when all that was committed before the call is on disk. */
  sync(): Promise<void>;
}

/**
 * Opens the write-ahead log of a SQLite database for syncing, by the runtime's own threads.
 *
 * SQLite with `synchronous = FULL` does the same within each commit; done here, the thread that
 * commits is free meanwhile, as is the event loop, and one sync serves all commits before it.
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
