import { type Scheduler, SYSTEM_SCHEDULER } from "../scheduler.ts";
import type { TailPosition } from "../tail_position.ts";
import type { CheckpointContents } from "./checkpoint_contents.ts";
import { lockDirectory } from "./checkpoint_lock.ts";
import { checkCheckpointOptions, type CheckpointOptions } from "./checkpoint_options.ts";
import { isPosition, isRecordedBatch } from "./checkpoint_shape.ts";
import type { CheckpointState } from "./checkpoint_state.ts";
import type { CheckpointWriter } from "./checkpoint_writer.ts";
import { openCopies, type OpenedCheckpoint } from "./open_copies.ts";
import type { RecordedBatch } from "./recorded_batch.ts";

export type { CheckpointDisk, CheckpointFile } from "./checkpoint_disk.ts";
export { CheckpointError } from "./checkpoint_error.ts";
export type { CheckpointNotice, CheckpointObserver } from "./checkpoint_notice.ts";
export { type CheckpointOptions, GRACE_MS, RETAIN_MS } from "./checkpoint_options.ts";
export type { CheckpointState } from "./checkpoint_state.ts";
export type { RecordedBatch } from "./recorded_batch.ts";

/**
 * What a watcher must know after a restart: how far each file was read, and which batches were sent and
 * not acknowledged.
 *
 * It is kept twice in a directory, of which one may be damaged; a directory serves one watcher at a time.
 * The format is in `docs/checkpoint.md`.
 *
 * @example
 * ```ts
 * import { Checkpoint } from "./checkpoint.ts";
 * import assert from "node:assert/strict";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   await using checkpoint = await Checkpoint.open(directory);
 *   assert.equal(checkpoint.state.kind, "new");
 *   const id = await checkpoint.record({ path: "/var/log/a", timestamp: 1.5, spans: [] });
 *   await checkpoint.record({ path: "/var/log/b", timestamp: 2.5, spans: [] });
 *   checkpoint.settle(id);
 * }
 * await using checkpoint = await Checkpoint.open(directory);
 * assert.deepEqual(checkpoint.state.unsettled.map((batch) => batch.path), ["/var/log/b"]);
 * ```
 */
export class Checkpoint implements AsyncDisposable {
  /** What it said when it was opened. */
  readonly state: CheckpointState;
  readonly #contents: CheckpointContents;
  readonly #writer: CheckpointWriter;
  readonly #scheduler: Scheduler;
  readonly #lock: Disposable;
  readonly #stopListening: () => void;
  #closed: Promise<void> | undefined;

  private constructor(opened: OpenedCheckpoint, lock: Disposable, options: CheckpointOptions) {
    this.state = opened.state;
    this.#contents = opened.contents;
    this.#writer = opened.writer;
    this.#lock = lock;
    this.#scheduler = options.scheduler ?? SYSTEM_SCHEDULER;
    const close = () => void this[Symbol.asyncDispose]();
    options.signal?.addEventListener("abort", close, { once: true });
    this.#stopListening = () => options.signal?.removeEventListener("abort", close);
  }

  /**
   * Opens the checkpoint in a directory; makes both when they are not there. On a full disk it waits for
   * the room that it needs.
   *
   * @throws {CheckpointError} When the directory cannot be made or written, another watcher uses it, or a
   * file in it is of another program or of a newer version.
   * @throws {RangeError} When `retainMs` is not positive.
   */
  static async open(directory: string, options: CheckpointOptions = {}): Promise<Checkpoint> {
    checkCheckpointOptions(options);
    options.signal?.throwIfAborted();
    const lock = await lockDirectory(directory);
    try {
      return new Checkpoint(await openCopies(directory, options), lock, options);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Writes down a batch that is about to be sent.
   *
   * @returns Its id, when it is on disk in both copies; on a full disk that waits for room.
   * @throws {TypeError} When a number of it is not finite, or something is missing.
   * @throws {Error} When the checkpoint is closed before that.
   */
  async record(batch: Omit<RecordedBatch, "id">): Promise<number> {
    const { path, timestamp, spans } = batch;
    if (!isRecordedBatch({ id: 0, path, timestamp, spans })) {
      throw new TypeError(
        "Cannot record a batch as its members must be as RecordedBatch says and its numbers finite: " +
          `current value is ${JSON.stringify(batch)}`,
      );
    }
    if (this.#writer.isClosed) throw new Error("Cannot record as the checkpoint is closed");
    const id = this.#contents.nextId;
    const recorded = { id, path, timestamp, spans };
    this.#writer.add({ kind: "batch", batch: recorded, at: this.#scheduler.now() });
    await this.#writer.flush();
    return id;
  }

  /**
   * The batch was acknowledged. That is written within a moment but not synced for its own sake: losing it
   * costs that the batch is sent again. An id that is not (or no longer) unsettled is passed over.
   */
  settle(id: number): void {
    if (this.#writer.isClosed || !this.#contents.isUnsettled(id)) return;
    this.#writer.add({ kind: "settled", ids: [id] });
  }

  /**
   * A file is read on from here, or still is there: to be called for what becomes known without events, and
   * from time to time for files that are followed and do not grow. Written within a moment; on disk after
   * the next `record` or `flush`.
   *
   * @throws {TypeError} When a number of it is not finite, or something is missing.
   */
  place(position: TailPosition): void {
    if (!isPosition(position)) {
      throw new TypeError(
        "Cannot place a file as its position must be as TailPosition says and its numbers finite: " +
          `current value is ${JSON.stringify(position)}`,
      );
    }
    if (this.#writer.isClosed) return;
    this.#writer.add({ kind: "position", position, at: this.#scheduler.now() });
  }

  /** A source is followed from now on; written as {@linkcode Checkpoint.place} is. */
  addSource(key: string): void {
    if (this.#writer.isClosed || this.#contents.hasSource(key)) return;
    this.#writer.add({ kind: "source", key });
  }

  /**
   * Resolves when all that was called before is on disk in both copies.
   *
   * @throws {Error} When the checkpoint is closed before that.
   */
  async flush(): Promise<void> {
    if (this.#writer.isClosed) throw new Error("Cannot flush as the checkpoint is closed");
    await this.#writer.flush();
  }

  /** Writes what there is, as far as that is possible now, and lets the directory go. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#stopListening();
    try {
      await this.#writer[Symbol.asyncDispose]();
    } finally {
      this.#lock[Symbol.dispose]();
    }
  }
}
