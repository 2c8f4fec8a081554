import type { ByteReader } from "./byte_reader.ts";
import { addLag, type FileLag, lagOfClosed, NO_LAG } from "./file_lag.ts";
import type { FileQueueParts } from "./queue_parts.ts";
import type { ArrivedFile, OpenFile, QueuedFile } from "./queued_file.ts";

/**
 * The files that are to be read for a path, the oldest first, and who else may read them: what is in
 * it is claimed in the register, what leaves it is closed, and where it was read to is remembered.
 */
export class QueuedFiles implements Disposable, Iterable<QueuedFile> {
  readonly #parts: Pick<FileQueueParts, "path" | "context" | "owner">;
  /** Is never changed but replaced, so that files may come and go while it is walked through. */
  #files: readonly QueuedFile[] = [];

  constructor(parts: Pick<FileQueueParts, "path" | "context" | "owner">) {
    this.#parts = parts;
  }

  /** The files that are there now, also if some come or go in the meantime. */
  [Symbol.iterator](): Iterator<QueuedFile> {
    return this.#files[Symbol.iterator]();
  }

  /** How many there are. */
  get size(): number {
    return this.#files.length;
  }

  /** The oldest one. */
  get first(): QueuedFile | undefined {
    return this.#files[0];
  }

  /** Those that are open, the oldest first. */
  get open(): readonly (OpenFile | ArrivedFile)[] {
    return this.#files.filter((queued) => queued.kind === "file" || queued.kind === "arrived");
  }

  /** Those that are being read. */
  get begun(): readonly OpenFile[] {
    return this.#files.filter((queued) => queued.kind === "file");
  }

  /** Whether a file is open, for whatever reason. */
  isOpen(key: string): boolean {
    return this.open.some((open) => open.key === key);
  }

  /** Whether a file is read, for whatever reason. */
  isBegun(key: string): boolean {
    return this.#files.some((queued) => queued.kind === "file" && queued.key === key);
  }

  /**
   * Takes a file for this path.
   *
   * @returns False when it is read for another.
   */
  claim(key: string, reader: ByteReader): boolean {
    const { path, owner, context } = this.#parts;
    return context.register.claim(key, owner, { path, reader });
  }

  /**
   * What is not read of all files.
   *
   * @param look Looks at their status instead of going by the last look.
   */
  lag(look: boolean): Omit<FileLag, "path"> {
    return this.#files.reduce((sum, queued) => addLag(sum, lagOf(queued, look)), NO_LAG);
  }

  /** Puts files behind all others; those that are there stay where they are. */
  add(...files: readonly QueuedFile[]): void {
    this.#files = [...this.#files, ...files.filter((file) => !this.#files.includes(file))];
  }

  /** Puts files in front of one that is there; those that are behind it are moved. */
  putBefore(queued: QueuedFile, ...files: readonly QueuedFile[]): void {
    const at = this.#files.indexOf(queued);
    const front = this.#files.slice(0, at);
    const moved = files.filter((file) => !front.includes(file));
    const rest = this.#files.slice(at).filter((file) => !moved.includes(file));
    this.#files = [...front, ...moved, ...rest];
  }

  /** A file that was found beside the path, whatever it is called now, and whose turn has not come. */
  waiting(key: string): ArrivedFile | undefined {
    return this.#files.find((queued): queued is ArrivedFile =>
      queued.kind === "arrived" && queued.path !== undefined && queued.key === key
    );
  }

  /** Puts a file that is there behind all others. */
  moveToEnd(queued: QueuedFile): void {
    this.#files = [...this.#files.filter((other) => other !== queued), queued];
  }

  /** Puts others, or none, in the place of a file, which is neither closed nor let go. */
  replace(queued: QueuedFile, ...by: readonly QueuedFile[]): void {
    this.#files = this.#files.flatMap((other) => other === queued ? by : [other]);
  }

  /** Closes a file and lets it go; where it was read to is remembered. */
  remove(queued: QueuedFile): void {
    this.replace(queued);
    if (queued.kind === "lost") return queued.search[Symbol.dispose]();
    if (queued.kind === "compressed") return queued.opening[Symbol.dispose]();
    const { owner, context: { register, observer } } = this.#parts;
    if (queued.kind === "arrived") {
      queued.reader[Symbol.dispose]();
    } else {
      const { position } = queued.file;
      const isAtPath = queued.phase.kind === "current" || queued.phase.kind === "vanished";
      register.remember(position, isAtPath);
      queued.file[Symbol.dispose]();
      observer({ kind: "closed", ...position });
    }
    register.release(queued.key, owner);
  }

  /** Lets all files go; doing so twice is one. */
  [Symbol.dispose](): void {
    for (const queued of this.#files) this.remove(queued);
  }
}

function lagOf(queued: QueuedFile, look: boolean): Omit<FileLag, "path"> {
  try {
    if (queued.kind === "file") return queued.file.lag(look);
    if (queued.kind !== "arrived") return NO_LAG;
    return lagOfClosed(queued.reader.stat(), 0);
  } catch {
    // Whoever reads it next tells why its disk does not answer.
    return NO_LAG;
  }
}
