import { isNoSpace } from "../../base/no_space.ts";

/** Ends the name of the file; what stands before it is the name of the database. */
const RESERVE_SUFFIX = ".reserve";

/** Room for a deletion in the smallest store, and for the files that SQLite makes when it opens one. */
const MIN_BYTES = 512 << 10;

/**
 * Room for the log that was not moved to the database yet (4 MiB and a group of saves) to be moved
 * there, after which deletions and retention have the log to themselves.
 */
const MAX_BYTES = 8 << 20;

/** Beside what a deletion may write anew, which is all of a small database: what goes with it. */
const EXTRA_BYTES = 256 << 10;

/** Bytes written at a time. */
const CHUNK_BYTES = 64 << 10;

/**
 * A file beside the database that takes up room on the disk, to be given up when the disk is full and
 * events are to be removed: that, too, is written to the log first.
 *
 * It grows with the database, so a small store on a small disk keeps it small. Its bytes are random,
 * as a file system may not store others. Killed at any point it is shorter than it should be, no more.
 */
export class Reserve {
  readonly #path: string;
  #bytes: number;
  #wanted = 0;

  /** @param databasePath Its file need not exist. */
  constructor(databasePath: string) {
    this.#path = databasePath + RESERVE_SUFFIX;
    this.#bytes = storedBytes(this.#path);
  }

  /**
   * Makes it as large as a database of this size needs.
   *
   * @returns False when the disk has no room for that; what could be had is kept.
   */
  ensure(databaseBytes: number): boolean {
    this.#wanted = MIN_BYTES;
    const needed = Math.min(databaseBytes + EXTRA_BYTES, MAX_BYTES);
    while (this.#wanted < needed) this.#wanted *= 2;
    return this.restore();
  }

  /** As {@linkcode Reserve.ensure}, for the size of the database that was told last. */
  restore(): boolean {
    if (this.#bytes >= this.#wanted) return true;
    try {
      this.#extend();
      return true;
    } catch (error) {
      // Where it cannot be made for another reason the store does without.
      return !isNoSpace(error);
    }
  }

  /** Gives its room back to the disk; false when it holds none. */
  giveUp(): boolean {
    if (this.#bytes === 0) return false;
    try {
      Deno.truncateSync(this.#path, 0);
    } catch {
      // It may have been removed, which gives its room back as well.
    }
    this.#bytes = 0;
    return true;
  }

  #extend(): void {
    using file = Deno.openSync(this.#path, { write: true, create: true });
    file.seekSync(this.#bytes, Deno.SeekMode.Start);
    const chunk = crypto.getRandomValues(new Uint8Array(CHUNK_BYTES));
    while (this.#bytes < this.#wanted) {
      this.#bytes += file.writeSync(chunk.subarray(0, this.#wanted - this.#bytes));
    }
  }
}

/** How many bytes of a file the disk really has. */
function storedBytes(path: string): number {
  try {
    const { size, blocks } = Deno.statSync(path);
    return blocks === null ? size : Math.min(size, blocks * 512);
  } catch {
    return 0;
  }
}
