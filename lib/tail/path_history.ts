import { fileKey, holdsContent, identify, NO_FINGERPRINT } from "./file_identity.ts";
import type { FileQueue } from "./file_queue.ts";
import type { FileReader } from "./file_reader.ts";
import { birthKey } from "./file_register.ts";
import type { ArrivedFile, OpenFile } from "./queued_file.ts";
import { changedAt, isCompressed } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/**
 * Compares what is at a path with what was read there last, perhaps by an earlier run, and has the queue
 * look for what is missing between the two.
 */
export class PathHistory {
  readonly #path: string;
  readonly #context: TailContext;

  constructor(path: string, context: TailContext) {
    this.#path = path;
    this.#context = context;
  }

  /** Adds files of an earlier run that were rotated, and to which something was added since. */
  addUnfinished(queue: FileQueue): void {
    const { register, relatives } = this.#context;
    const last = register.lastAt(this.#path);
    if (last === undefined || !register.hasFormer(this.#path)) return;
    for (const { path, info, isCompressed } of relatives.find(this.#path)) {
      if (isCompressed || path === this.#path) continue;
      const known = register.recall(info);
      if (known === undefined || known === last || known.path !== this.#path) continue;
      if (birthKey(known.identity) === birthKey(last.identity)) continue;
      if (info.size > known.offset) queue.addLost(known);
    }
  }

  /**
   * Adds what was at the path before a file that is opened there now.
   *
   * @param left The file that the path named before, if that is open.
   * @returns Whether the file has what was read of it, if anything was.
   */
  addBefore(
    reader: FileReader,
    left: ArrivedFile | OpenFile | undefined,
    queue: FileQueue,
  ): boolean {
    const now = reader.stat();
    if (left === undefined) return this.#addSinceLast(reader, now, queue);
    queue.addNewcomers(this.#positionOf(left), now);
    return true;
  }

  /**
   * Nothing is at the path any more: adds what had it after the last look, which may have another name
   * already.
   *
   * @param current The file that the path named, if that is open.
   */
  addDeleted(current: ArrivedFile | OpenFile | undefined, queue: FileQueue): void {
    if (isCompressed(this.#path)) return;
    if (current !== undefined) return queue.addNewcomers(this.#positionOf(current));
    const last = this.#context.register.lastAt(this.#path);
    if (last === undefined) return;
    this.#addLast(last, queue);
    queue.addNewcomers(last);
  }

  /** Nothing was at the path at the last look, nor is now: adds what had it between the two. */
  addPassing(queue: FileQueue): void {
    const last = isCompressed(this.#path) ? undefined : this.#context.register.lastAt(this.#path);
    if (last !== undefined) queue.addNewcomers(last);
  }

  /** Nothing is open: finds what was at the path since it was read last. */
  #addSinceLast(reader: FileReader, now: Deno.FileInfo, queue: FileQueue): boolean {
    const { register, tailBuffer } = this.#context;
    const last = register.lastAt(this.#path);
    const known = register.recall(now);
    const isIntact = known === undefined || holdsContent(reader, known, tailBuffer);
    if (known !== undefined && !isIntact) queue.addLost(known, fileKey(now));
    if (last === undefined) return isIntact;
    // Of an empty file nothing tells whether it is another one by now.
    const isSame = known === last && isIntact &&
      (known.offset > 0 || known.modifiedAt === changedAt(now));
    if (known !== last) this.#addLast(last, queue, fileKey(now));
    if (!isSame) queue.addNewcomers(last, now);
    return isIntact;
  }

  /**
   * Adds what is left of the file that was at the path last; one of which nothing was read is a newcomer
   * where its name is that of a rotation.
   */
  #addLast(last: TailPosition, queue: FileQueue, notIn?: string): void {
    const key = birthKey(last.identity);
    const isNewcomer = last.offset === 0 &&
      this.#context.relatives.find(this.#path).some(({ info }) => birthKey(identify(info)) === key);
    if (!isNewcomer) queue.addLost(last, notIn);
  }

  #positionOf(left: ArrivedFile | OpenFile): TailPosition {
    if (left.kind === "file") return left.file.position;
    const info = left.reader.stat();
    return {
      path: this.#path,
      identity: identify(info),
      offset: 0,
      tail: NO_FINGERPRINT,
      readAt: this.#context.scheduler.now(),
      modifiedAt: left.seenAt ?? changedAt(info),
    };
  }
}
