import { concatBytes } from "../base/bytes.ts";
import type { Event } from "../event/event.ts";
import { appendSynced, readEnd, renameSynced, sizeOf, TornWriteError } from "./appended_file.ts";
import { readLetters, serializeLetter } from "./dead_letter.ts";

/** Options of {@linkcode DeadLetterFile.open}. */
export interface DeadLetterOptions {
  /** Bytes after which another file is begun; the one before is kept, too. @default {8_388_608} */
  readonly maxFileBytes?: number;
}

/**
 * What became of a rejected event.
 *
 * - `kept`: it is on the disk.
 * - `known`: it was kept before.
 * - `waiting`: it could not be written, and will be with the next one, or at the end.
 * - `lost`: it could not be written, and too many are waiting; or the format cannot carry it.
 */
export type LetterFate =
  | { readonly kind: "kept" | "known" }
  | { readonly kind: "waiting" | "lost"; readonly error: Error };

/** Some ten thousand rejected lines: enough to see what is wrong, little for any disk and for their ids. */
const MAX_FILE_BYTES = 8 << 20;

/** What may wait for a disk that is full, in memory: some thousand lines. */
const MAX_WAITING_BYTES = 1 << 20;

/** Most of a file that is read: more than it ever has, unless others wrote to it. */
const MAX_READ_BYTES = 4 * MAX_FILE_BYTES;

/** What the file before is called: its path with this behind it. */
const OLDER_SUFFIX = ".1";

interface Letter {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * Keeps events that a collector refuses for good, each once, in a file in Theia's text format, each with the
 * reason in a header line `rejected: …`. So they can be read with any pager, and sent again by whatever
 * sends events, once what was wrong with them is mended.
 *
 * What is added is on the disk before it counts as kept. The file grows to a bound, then it becomes the
 * older file, in place of the one before, and another is begun. A disk that is full, or a file that
 * cannot be written, is an answer, never an exception: delivery goes on.
 *
 * @example
 * ```ts
 * import { createEvent } from "../event/mod.ts";
 * import { DeadLetterFile } from "./mod.ts";
 *
 * const path = `${await Deno.makeTempDir()}/rejected`;
 * await using letters = await DeadLetterFile.open(path);
 * const fate = await letters.add(createEvent({ content: "212 °C" }), "timestamp is in the future");
 * console.log(fate.kind, await Deno.readTextFile(path));
 * ```
 */
export class DeadLetterFile implements AsyncDisposable {
  readonly #path: string;
  readonly #maxFileBytes: number;
  #ids: Set<string>;
  #olderIds: ReadonlySet<string>;
  #queue: Letter[] = [];
  #queueBytes = 0;
  /** What a write that failed may have left at the end is to be cut off before the next one. */
  #isTorn = false;
  #writing: Promise<Error | undefined> | undefined;

  private constructor(
    path: string,
    maxFileBytes: number,
    ids: ReadonlySet<string>,
    olderIds: ReadonlySet<string>,
  ) {
    this.#path = path;
    this.#maxFileBytes = maxFileBytes;
    this.#ids = new Set(ids);
    this.#olderIds = olderIds;
  }

  /**
   * Reads which events are kept already. The file itself is made with the first event.
   *
   * @throws {Error} When the file is there and cannot be read or mended.
   * @throws {RangeError} When an option is out of its range.
   */
  static async open(path: string, options: DeadLetterOptions = {}): Promise<DeadLetterFile> {
    const { maxFileBytes = MAX_FILE_BYTES } = options;
    if (!Number.isSafeInteger(maxFileBytes) || maxFileBytes < 1) {
      throw new RangeError(
        "Cannot open dead letters as 'maxFileBytes' must be a positive integer: " +
          `current value is ${maxFileBytes}`,
      );
    }
    try {
      const ids = await mend(path);
      const olderIds = await mend(`${path}${OLDER_SUFFIX}`);
      return new DeadLetterFile(path, maxFileBytes, ids, olderIds);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot open dead letters '${path}': ${reason}`, { cause });
    }
  }

  /**
   * Keeps an event, unless it is kept already.
   *
   * @param reason Words for people, which become a single line.
   */
  async add(event: Event, reason: string): Promise<LetterFate> {
    if (this.#ids.has(event.id) || this.#olderIds.has(event.id)) return { kind: "known" };
    let bytes: Uint8Array;
    try {
      bytes = serializeLetter(event, reason);
    } catch (cause) {
      return { kind: "lost", error: cannotKeep(event.id, cause) };
    }
    const letter = { id: event.id, bytes };
    this.#ids.add(letter.id);
    this.#queue.push(letter);
    this.#queueBytes += bytes.length;
    const failure = await this.#write();
    if (failure === undefined || !this.#queue.includes(letter)) return { kind: "kept" };
    const error = cannotKeep(event.id, failure);
    if (this.#queueBytes <= MAX_WAITING_BYTES) return { kind: "waiting", error };
    this.#forget(letter);
    return { kind: "lost", error };
  }

  /** Tries once more to write what waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#queue.length > 0) await this.#write();
  }

  /** Writes all that is queued, with what is added until this turn is over. @returns Why it could not. */
  async #write(): Promise<Error | undefined> {
    // A write that is under way does not have what was queued after it began.
    await this.#writing;
    this.#writing ??= this.#writeQueue().finally(() => this.#writing = undefined);
    return await this.#writing;
  }

  async #writeQueue(): Promise<Error | undefined> {
    await Promise.resolve();
    const letters = [...this.#queue];
    if (letters.length === 0) return undefined;
    try {
      await this.#append(concatBytes(letters.map(({ bytes }) => bytes)));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    this.#queue.splice(0, letters.length);
    this.#queueBytes -= letters.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return undefined;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#isTorn) await mend(this.#path);
    this.#isTorn = false;
    const size = await sizeOf(this.#path) ?? 0;
    if (size > 0 && size + bytes.length > this.#maxFileBytes) await this.#beginAnother();
    try {
      await appendSynced(this.#path, bytes);
    } catch (error) {
      this.#isTorn = error instanceof TornWriteError;
      throw error;
    }
  }

  /** A crash in between leaves the older file, or neither under the name of the current one. */
  async #beginAnother(): Promise<void> {
    await renameSynced(this.#path, `${this.#path}${OLDER_SUFFIX}`);
    const queued = new Set(this.#queue.map(({ id }) => id));
    this.#olderIds = this.#ids.difference(queued);
    this.#ids = queued;
  }

  #forget(letter: Letter): void {
    this.#ids.delete(letter.id);
    this.#queue = this.#queue.filter((other) => other !== letter);
    this.#queueBytes -= letter.bytes.length;
  }
}

/** Reads the ids of a file, and cuts off what a crash left of a last event. */
async function mend(path: string): Promise<ReadonlySet<string>> {
  const bytes = await readEnd(path, MAX_READ_BYTES);
  const { ids, wholeBytes } = readLetters(bytes);
  const torn = bytes.length - wholeBytes;
  if (torn > 0) await Deno.truncate(path, (await Deno.stat(path)).size - torn);
  return ids;
}

function cannotKeep(id: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Cannot keep rejected event '${id}': ${reason}`, { cause });
}
