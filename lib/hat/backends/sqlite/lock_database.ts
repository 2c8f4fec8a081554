import { lockForUse } from "../../../base/file_lock.ts";
import { BackendError } from "../backend_error.ts";

/**
 * Makes the directory of a database and locks the database, until the lock is disposed of or the process
 * ends.
 *
 * @throws {BackendError} When somebody else has it open or the directory is not writable.
 */
export function lockDatabase(path: string): Promise<Disposable> {
  const use = { action: `open backend '${path}'`, alternative: "file" };
  return lockForUse(`${path}.lock`, use, BackendError);
}
