import { dirname } from "node:path";

/** Operations on a file that only grows, in whole lines. */

const NEWLINE = Uint8Array.of(0x0a);

/** A write failed, and what it left at the end could not be cut off. */
export class TornWriteError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "TornWriteError";
}

/** The size in bytes; undefined when there is no such file. */
export async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The last bytes of a file, at most so many; none when there is no such file. */
export async function readEnd(path: string, maxBytes: number): Promise<Uint8Array> {
  const size = await sizeOf(path) ?? 0;
  const bytes = new Uint8Array(Math.min(size, maxBytes));
  if (bytes.length === 0) return bytes;
  using file = await Deno.open(path, { read: true });
  await file.seek(size - bytes.length, Deno.SeekMode.Start);
  let at = 0;
  while (at < bytes.length) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) break;
    at += count;
  }
  return bytes.subarray(0, at);
}

/**
 * Writes at the end, on a line of its own, and brings it to the disk; makes the file when it is not there.
 *
 * @throws {TornWriteError} When it cannot, and the file ends with a part of it.
 * @throws What the runtime rejects with, when it cannot, and the file is as before.
 */
export async function appendSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true, create: true });
  const end = await file.seek(0, Deno.SeekMode.End);
  try {
    if (end > 0 && !await endsLine(file, end)) await writeAll(file, NEWLINE);
    await writeAll(file, bytes);
    await file.sync();
    if (end === 0) await syncDirectory(dirname(path));
  } catch (cause) {
    await file.truncate(end).catch(() => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new TornWriteError(reason, { cause });
    });
    throw cause;
  }
}

/** Gives a file another name, and brings that to the disk. */
export async function renameSynced(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
  await syncDirectory(dirname(to));
}

/** Leaves the file at its end. */
async function endsLine(file: Deno.FsFile, end: number): Promise<boolean> {
  const last = new Uint8Array(1);
  await file.seek(end - 1, Deno.SeekMode.Start);
  await file.read(last);
  return last[0] === NEWLINE[0];
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path, { read: true });
  await directory.sync();
}
