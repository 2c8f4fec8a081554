import { dirname } from "node:path";
import { runAsWorker, startWorker } from "../../base/worker_thread.ts";
import { EventStoreError } from "../store.ts";
import { Database } from "./database.ts";

const WORKER_NAME = "theia-backup";

interface BackupRequest {
  readonly from: string;
  readonly to: string;
}

interface BackupReply {
  /** Why it was not done, empty when it was. */
  readonly fault: string;
}

/**
 * Copies a store that may be in use into a new file: the state of one moment, by SQLite's own
 * means, in a thread.
 *
 * The copy is made beside its name, synced, and then renamed: the name never stands for half a copy.
 *
 * @throws {EventStoreError} When the copy is there already or cannot be made.
 */
export async function backupStore(from: string, to: string): Promise<void> {
  const partial = `${to}.partial`;
  try {
    await assertFree(to);
    await Deno.remove(partial).catch(ignoreMissing);
    await copyInThread({ from, to: partial });
    await sync(partial);
    // A link, not a rename: it does not overwrite what somebody put there meanwhile.
    await Deno.link(partial, to);
    await Deno.remove(partial);
    await sync(dirname(to));
  } catch (cause) {
    await Deno.remove(partial).catch(() => {});
    if (cause instanceof EventStoreError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError(`Cannot back up to '${to}': ${reason}`, { cause });
  }
}

async function assertFree(path: string): Promise<void> {
  const isThere = await Deno.lstat(path).then(() => true, () => false);
  if (isThere) throw new EventStoreError(`Cannot back up to '${path}': it exists already`);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function sync(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true });
  await file.sync();
}

async function copyInThread(request: BackupRequest): Promise<void> {
  const reply = Promise.withResolvers<BackupReply>();
  using thread = startWorker<BackupRequest, BackupReply>(import.meta.url, WORKER_NAME, {
    onMessage: reply.resolve,
    onError: reply.reject,
  });
  thread.post(request);
  const { fault } = await reply.promise;
  if (fault !== "") throw new Error(fault);
}

runAsWorker<BackupRequest, BackupReply>(WORKER_NAME, (port) => {
  port.onMessage(async ({ from, to }) => {
    try {
      using database = Database.openExisting(from);
      await database.copyInto(to);
      port.post({ fault: "" });
    } catch (error) {
      port.post({ fault: error instanceof Error ? error.message : String(error) });
    }
  });
});
