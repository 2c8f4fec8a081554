import { join } from "node:path";
import { tryLockFile } from "../../base/file_lock.ts";
import { toError } from "../tail_notice.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { LOCK_NAME } from "./checkpoint_names.ts";

/** What every refusal ends with. */
const ADVICE = "choose another one with --state-dir";

/**
 * Makes the directory of a checkpoint, for its owner only, and locks it until the lock is disposed or the
 * process ends, however it ends.
 *
 * @throws {CheckpointError} When somebody else has it, or it cannot be made or written.
 */
export async function lockDirectory(directory: string): Promise<Disposable> {
  let lock: Disposable | undefined;
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, LOCK_NAME);
    await makePrivate(path);
    lock = tryLockFile(path);
  } catch (cause) {
    throw new CheckpointError(
      directory,
      `Cannot keep a checkpoint in '${directory}' as the directory must be writable: ` +
        `${toError(cause).message}; make it so or ${ADVICE}`,
      { cause },
    );
  }
  if (lock !== undefined) return lock;
  throw new CheckpointError(
    directory,
    `Cannot keep a checkpoint in '${directory}' as another watcher uses this directory: ` +
      `stop that one or ${ADVICE}`,
  );
}

async function makePrivate(path: string): Promise<void> {
  try {
    const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    file.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
