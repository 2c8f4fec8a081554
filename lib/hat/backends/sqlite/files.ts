import { dirname } from "node:path";
import { tryLockFile } from "../../../base/file_lock.ts";
import { BackendError } from "../backend_error.ts";

/** Brings what was committed to the disk. */
export interface LogSync extends Disposable {
  /** Resolves when all that was committed before the call is on disk. */
  sync(): Promise<void>;
}

/**
 * Opens the write-ahead log of a database for syncing: by the runtime's own threads, so that neither the
 * event loop nor the thread that commits waits for the disk.
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

/**
 * Makes the directory of a database and locks the database, until the lock is disposed of or the process
 * ends.
 *
 * @throws {BackendError} When somebody else has it open or the directory is not writable.
 */
export async function lockDatabase(path: string): Promise<Disposable> {
  const lockPath = `${path}.lock`;
  let lock: Disposable | undefined;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    lock = tryLockFile(lockPath);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BackendError(
      `Cannot open backend '${path}': its directory must be writable: ${reason}`,
      { cause },
    );
  }
  if (lock === undefined) {
    throw new BackendError(
      `Cannot open backend '${path}': another process has it open ('${lockPath}' is locked); ` +
        "stop that process or choose another file",
    );
  }
  return lock;
}
