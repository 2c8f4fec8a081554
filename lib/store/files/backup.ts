import { dirname, join } from "node:path";
import { EventStoreError } from "../store.ts";
import { lockStore } from "../store_lock.ts";
import { syncDirectory, syncFile } from "./disk.ts";
import { INDEX_NAME, LOCK_NAME } from "./names.ts";
import { Recovery } from "./recovery.ts";
import { assertDirectory } from "./verify.ts";

/**
 * Copies a data directory, of which an interrupted save is completed before, into a new one. Needs the
 * directory for itself. The copy gets its name when it is complete and on disk.
 *
 * @param onProgress Told what part is done, from 0 to 1.
 * @returns The bytes of the copy.
 * @throws {EventStoreError} When somebody else has the directory open, or the copy is there already or
 * cannot be made.
 */
export async function backupDirectory(
  from: string,
  to: string,
  onProgress: (part: number) => void = () => {},
): Promise<number> {
  await assertDirectory(from);
  if (await Deno.lstat(to).then(() => true, () => false)) {
    throw new EventStoreError(`Cannot back up to '${to}': it exists already`);
  }
  using _lock = await lockStore(from, join(from, LOCK_NAME));
  const partial = `${to}.partial`;
  try {
    const { catalog } = await Recovery.run(from, () => {});
    await Deno.remove(partial, { recursive: true }).catch(ignoreMissing);
    await Deno.mkdir(partial);
    const names = [...catalog.files].map(({ name }) => name);
    for (const [i, name] of [...names, INDEX_NAME].entries()) {
      await Deno.copyFile(join(from, name), join(partial, name));
      await syncFile(join(partial, name));
      onProgress((i + 1) / (names.length + 1));
    }
    await syncDirectory(partial);
    await Deno.rename(partial, to);
    await syncDirectory(dirname(to));
    return [...catalog.files].reduce((bytes, { size }) => bytes + size, 0);
  } catch (cause) {
    await Deno.remove(partial, { recursive: true }).catch(() => {});
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError(`Cannot back up to '${to}': ${reason}`, { cause });
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
