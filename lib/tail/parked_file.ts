import { fileKey, isSameFile, type KnownNumbers, numbersOf } from "./file_identity.ts";
import type { FileLag } from "./file_lag.ts";
import type { FileQueue } from "./file_queue.ts";
import type { FileRegister } from "./file_register.ts";
import type { OpenFile } from "./queued_file.ts";
import { changedAt } from "./rotation_names.ts";

/** What a file was like when it was closed; flat, as there are thousands. */
interface Closed extends KnownNumbers {
  /** Bytes it had; -1 for one that is to be opened again. */
  readonly size: number;
  readonly mtime: number;
  /** How far it was read. */
  readonly readTo: number;
}

/**
 * The file at a path that is closed though it is followed, as there are more files than handles.
 *
 * It was read through, or has not been begun; it is opened again when its path shows a change and there
 * is room.
 */
export class ParkedFile {
  readonly #register: FileRegister;
  readonly #owner: unknown;
  #closed: Closed | undefined;
  #wantsRoom = false;

  /**
   * Nothing is parked yet.
   *
   * @param owner Who claims the files of the path in the register.
   */
  constructor(register: FileRegister, owner: unknown) {
    this.#register = register;
    this.#owner = owner;
  }

  /** Whether the file at the path is closed. */
  get isParked(): boolean {
    return this.#closed !== undefined;
  }

  /** It is to be opened again as soon as there is room. */
  get wantsRoom(): boolean {
    return this.#wantsRoom;
  }

  /** What is not read of it as far as it is known: it had nothing more when it was closed. */
  get lag(): Omit<FileLag, "path"> | undefined {
    return this.#closed && { offset: this.#closed.readTo, bytes: 0 };
  }

  /** How far the file was read that has this key, as it was when it was closed; 0 for any other. */
  readTo(key: string): number {
    return this.#closed && fileKey(this.#closed) === key ? this.#closed.readTo : 0;
  }

  /**
   * Closes a file that was opened just now.
   *
   * @param info What is at the path now.
   * @returns False when it stays open, as the path names another by now.
   */
  parkAtOnce(queue: FileQueue, info: Deno.FileInfo | undefined): boolean {
    const { only } = queue;
    if (info === undefined || only?.key !== fileKey(info)) return false;
    // Where there is something to read, it is opened again as soon as there is room.
    if (only.file.isReadTo(info.size)) return this.#parkRead(queue, only, info);
    const readTo = only.file.position.offset;
    this.#close(queue, only, closedAs(info, -1, -1, readTo));
    this.#wantsRoom = true;
    return true;
  }

  /**
   * Closes the file of which nothing is left to read: it is opened again when it is another or grows.
   *
   * @param info What is at the path, where the caller has it already.
   * @returns False when it stays open, as there is more to read.
   */
  parkIfRead(queue: FileQueue, info: Deno.FileInfo | undefined): boolean {
    const { only } = queue;
    return only !== undefined && this.#parkRead(queue, only, info ?? only.file.stat());
  }

  /**
   * Gives a closed file up to be opened again where its path shows a change.
   *
   * @param info What is at the path now.
   * @returns False when there is none, or no room.
   */
  unpark(info: Deno.FileInfo | undefined): boolean {
    if (info && this.#closed && isUnchanged(info, this.#closed)) return false;
    this.#wantsRoom = !this.#register.hasRoomFor(this.#owner);
    if (this.#wantsRoom) return false;
    this.#closed = undefined;
    return true;
  }

  #parkRead(queue: FileQueue, only: OpenFile, info: Deno.FileInfo): boolean {
    if (!only.file.isReadTo(info.size)) return false;
    this.#close(queue, only, closedAs(info, info.size, changedAt(info), info.size));
    return true;
  }

  #close(queue: FileQueue, only: OpenFile, closed: Closed): void {
    queue.close(only);
    this.#closed = closed;
  }
}

function closedAs(info: Deno.FileInfo, size: number, mtime: number, readTo: number): Closed {
  const { dev, ino, birthtimeMs } = numbersOf(info);
  return { dev, ino, birthtimeMs, size, mtime, readTo };
}

function isUnchanged(info: Deno.FileInfo, closed: Closed): boolean {
  return info.size === closed.size && changedAt(info) === closed.mtime && isSameFile(info, closed);
}
