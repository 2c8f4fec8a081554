import { dirname } from "node:path";
import { tryLockFile } from "../base/file_lock.ts";
import { EventStoreError } from "./store.ts";

/**
 * Makes the directory of a store and locks the store, until the lock is disposed or the process ends.
 *
 * @param path Of the store, for messages.
 * @param lockPath The file that is locked; it lies in the directory to be made.
 * @throws {EventStoreError} When somebody else has it open or the directory is not writable.
 */
export async function lockStore(path: string, lockPath = `${path}.lock`): Promise<Disposable> {
  let lock: Disposable | undefined;
  try {
    await Deno.mkdir(dirname(lockPath), { recursive: true });
    lock = tryLockFile(lockPath);
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
