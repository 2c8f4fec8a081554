import { lockForUse } from "../base/file_lock.ts";
import { EventStoreError } from "./store.ts";

/**
 * Makes the directory of a store and locks the store, until the lock is disposed or the process ends.
 *
 * @param path Of the store, for messages.
 * @param lockPath The file that is locked; it lies in the directory to be made.
 * @throws {EventStoreError} When somebody else has it open or the directory is not writable.
 */
export function lockStore(path: string, lockPath = `${path}.lock`): Promise<Disposable> {
  const use = { action: `open store '${path}'`, alternative: "store" };
  return lockForUse(lockPath, use, EventStoreError);
}
