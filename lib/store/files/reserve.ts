import { join } from "node:path";
import { isNoSpace } from "../../base/no_space.ts";
import type { DataFile } from "./data_file.ts";
import { removeIfThere, writeAll } from "./disk.ts";
import { RESERVE_NAME } from "./names.ts";

/** Room for the lines that a deletion or opening adds to the index and the journal, and for a small file. */
const MIN_BYTES = 256 << 10;

/** Room for a data file of that size without what is deleted from it. */
const MAX_BYTES = 4 << 20;

/** Bytes written at a time. */
const CHUNK_BYTES = 64 << 10;

/**
 * A file that takes up room on the disk, to be given up when the disk is full and events are to be
 * deleted. It grows with what is stored; its bytes are random, as a file system may not store others.
 * Killed at any point it is shorter than it should be, no more.
 */
export class FilesReserve {
  readonly #path: string;
  #bytes: number;

  private constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = bytes;
  }

  /** Of a directory that may not be there yet. */
  static async of(directory: string): Promise<FilesReserve> {
    const path = join(directory, RESERVE_NAME);
    const stat = await Deno.stat(path).catch(() => undefined);
    return new FilesReserve(path, stat?.size ?? 0);
  }

  /**
   * Makes it as large as a store of these files needs.
   *
   * @param moreBytes Of events that are to be saved.
   * @returns False when the disk has no room for that; what could be had is kept.
   */
  async ensure(files: Iterable<DataFile>, moreBytes = 0): Promise<boolean> {
    if (this.#bytes >= MAX_BYTES) return true;
    let needed = moreBytes;
    for (const { size } of files) {
      if (needed >= MAX_BYTES) break;
      needed += size;
    }
    let wanted = MIN_BYTES;
    while (wanted < Math.min(needed, MAX_BYTES)) wanted *= 2;
    if (this.#bytes >= wanted) return true;
    try {
      using file = await Deno.open(this.#path, { append: true, create: true });
      while (this.#bytes < wanted) {
        await writeAll(file, crypto.getRandomValues(new Uint8Array(CHUNK_BYTES)));
        this.#bytes += CHUNK_BYTES;
      }
      return true;
    } catch (error) {
      // Where it cannot be made for another reason the store does without.
      return !isNoSpace(error);
    }
  }

  /** Gives its room back to the disk; false when it holds none. */
  async giveUp(): Promise<boolean> {
    const held = this.#bytes > 0;
    this.#bytes = 0;
    await removeIfThere(this.#path);
    return held;
  }
}
