import { dirname } from "node:path";
import { temporaryPath } from "./checkpoint_names.ts";

/** An open copy. */
export interface CheckpointFile extends Disposable {
  /** Writes all bytes at a place; what was written before a failure stays. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Resolves when all that was written is on disk. */
  sync(): Promise<void>;
  /** Cuts the file to a length. */
  truncate(length: number): Promise<void>;
}

/** What a checkpoint needs of a file system. */
export interface CheckpointDisk {
  /** The bytes of a file; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /**
   * Makes a file, or replaces it: it must be there whole, or be what it was before, whenever the
   * machine stops; and it is on disk when this resolves.
   */
  create(path: string, parts: Iterable<Uint8Array>): Promise<void>;
  /** Opens a file that is there. */
  open(path: string): Promise<CheckpointFile>;
}

/** The file system of the machine. */
export const SYSTEM_DISK: CheckpointDisk = { read, create, open };

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    // Bytes that the disk cannot give back are bytes that are damaged.
    if (error instanceof Error && "code" in error && error.code === "EIO") return new Uint8Array();
    throw error;
  }
}

async function create(path: string, parts: Iterable<Uint8Array>): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    const options = { write: true, create: true, truncate: true, mode: 0o600 };
    using file = await Deno.open(temporary, options);
    for (const part of parts) await writeAll(file, part);
    await file.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path, { read: true });
  await directory.sync();
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}

async function open(path: string): Promise<CheckpointFile> {
  const file = await Deno.open(path, { read: true, write: true });
  return {
    async write(offset, bytes) {
      file.seekSync(offset, Deno.SeekMode.Start);
      await writeAll(file, bytes);
    },
    sync: () => file.syncData(),
    truncate: (length) => file.truncate(length),
    [Symbol.dispose]: () => file.close(),
  };
}
