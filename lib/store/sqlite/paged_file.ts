import { type LogFrames, type LogFramesOptions, NO_FRAMES, readLogFrames } from "./log_frames.ts";
import { PAGE_BYTES } from "./schema.ts";

/**
 * The pages of a database file and of its write-ahead log, read without SQLite, which refuses what is
 * damaged. Numbers start at 1. Holds no page: each is read when it is asked for.
 */
export class PagedFile implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #log: Deno.FsFile | undefined;
  /** What the log holds. */
  readonly frames: LogFrames;
  /** Bytes of the database file, without the log. */
  readonly size: number;
  /** How many pages there are in file and log, whole or not. */
  readonly count: number;

  /** @throws {Deno.errors.NotFound} When there is no such file, or another error of the file system. */
  constructor(path: string, options: LogFramesOptions = {}) {
    this.#file = Deno.openSync(path);
    try {
      this.size = this.#file.statSync().size;
      this.#log = openLog(path);
      this.frames = this.#log === undefined ? NO_FRAMES : readLogFrames(this.#log, options);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
    this.count = Math.max(Math.ceil(this.size / PAGE_BYTES), this.frames.lastPage);
  }

  /** How many pages the database has by what was committed last, the log included. */
  get committedCount(): number {
    return this.frames.committedPages || Math.floor(this.size / PAGE_BYTES);
  }

  /** A page in its newest state, a torn one filled up with zeros; undefined when there is none. */
  read(number: number): Uint8Array<ArrayBuffer> | undefined {
    if (!(number >= 1 && number <= this.count)) return undefined;
    const place = this.frames.places.get(number);
    if (place !== undefined && this.#log !== undefined) return readAt(this.#log, place);
    return readAt(this.#file, (number - 1) * PAGE_BYTES);
  }

  [Symbol.dispose](): void {
    this.#file.close();
    this.#log?.close();
  }
}

function openLog(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(`${path}-wal`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function readAt(file: Deno.FsFile, place: number): Uint8Array<ArrayBuffer> | undefined {
  const page = new Uint8Array(PAGE_BYTES);
  file.seekSync(place, Deno.SeekMode.Start);
  let read = 0;
  while (read < PAGE_BYTES) {
    const count = file.readSync(page.subarray(read));
    if (count === null) break;
    read += count;
  }
  return read === 0 ? undefined : page;
}
