import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Locks a file against other processes and against this one, until the lock is disposed or the process
 * ends, however it ends.
 *
 * It is SQLite that locks, since `FsFile.tryLock` is not in every runtime that programs are compiled
 * with. Nothing is ever written, so that it is possible on a full disk.
 *
 * @example
 * ```ts
 * import { tryLockFile } from "./file_lock.ts";
 * import assert from "node:assert/strict";
 *
 * const path = `${await Deno.makeTempDir()}/lock`;
 * using lock = tryLockFile(path);
 * assert.ok(lock);
 * assert.equal(tryLockFile(path), undefined);
 * ```
 *
 * @param path Is made if it is not there; no process may open it in another way.
 * @returns The lock, or undefined while somebody else has it.
 * @throws {Error} When the file cannot be made or opened for writing.
 */
export function tryLockFile(path: string): Disposable | undefined {
  const connection = new DatabaseSync(path, { timeout: 0 });
  try {
    connection.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (error) {
    connection.close();
    if (error instanceof Error && error.message.includes("database is locked")) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => connection.close() };
}

/** What a file is locked for, for messages. */
export interface LockedUse {
  /** Such as `open store './events.db'`. */
  readonly action: string;
  /** What else may be chosen, such as `store`. */
  readonly alternative: string;
}

/**
 * Makes the directory of a lock and locks the file, as {@linkcode tryLockFile} does.
 *
 * @param Failure What is thrown when somebody else has the lock or the directory is not writable.
 */
export async function lockForUse(
  lockPath: string,
  { action, alternative }: LockedUse,
  Failure: new (message: string, options?: ErrorOptions) => Error,
): Promise<Disposable> {
  let lock: Disposable | undefined;
  try {
    await Deno.mkdir(dirname(lockPath), { recursive: true });
    lock = tryLockFile(lockPath);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(`Cannot ${action}: its directory must be writable: ${reason}`, { cause });
  }
  if (lock === undefined) {
    throw new Failure(
      `Cannot ${action}: another process has it open ('${lockPath}' is locked); ` +
        `stop that process or choose another ${alternative}`,
    );
  }
  return lock;
}
