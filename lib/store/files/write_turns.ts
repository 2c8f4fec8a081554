import { sleep } from "../../base/backoff.ts";
import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { isNoSpace } from "../../base/no_space.ts";
import { DiskFullGate, type DiskNotice } from "../disk_full.ts";
import { EventStoreError, EventWriteError, type SaveOptions, type SaveResult } from "../store.ts";
import type { Catalog } from "./catalog.ts";
import type { DirectoryWriter } from "./directory_writer.ts";
import { cutById } from "./find_by_id.ts";
import type { FilesReserve } from "./reserve.ts";

/** Bytes of events that one write takes, unless a single save has more. */
const MAX_GROUP_BYTES = 4 << 20;

/** Errors, beside those of a full disk, after which the same call may succeed later. */
const RETRYABLE_CODES: readonly unknown[] = ["EMFILE", "ENFILE"];

interface Save {
  readonly events: readonly RawEvent[];
  readonly bytes: number;
  readonly options: SaveOptions;
  readonly result: PromiseWithResolvers<SaveResult>;
}

interface Deletion {
  readonly id: string;
  readonly result: PromiseWithResolvers<number>;
}

/** What the turns work on. */
export interface WriteTurnsContext {
  readonly directory: string;
  readonly catalog: Catalog;
  readonly writer: DirectoryWriter;
  readonly reserve: FilesReserve;
  readonly observer: (notice: DiskNotice) => void;
  /** 0: each group is synced before its saves resolve; else how often to sync. */
  readonly flushIntervalMs: number;
}

/**
 * Saves and deletions of a directory, one after another. Saves that come while others are written are
 * written together, with one sync.
 */
export class WriteTurns implements AsyncDisposable {
  readonly #context: WriteTurnsContext;
  readonly #queue: (Save | Deletion)[] = [];
  readonly #stop = new AbortController();
  readonly #disk = new DiskFullGate();
  #running: Promise<void> | undefined;
  #flushing: Promise<void> | undefined;
  #unsynced = false;
  #failure: EventStoreError | undefined;
  #closing: Promise<void> | undefined;

  constructor(context: WriteTurnsContext) {
    this.#context = context;
    this.#disk.onNotice(context.observer);
    if (context.flushIntervalMs > 0) this.#flushing = this.#flushOften();
  }

  /** @throws {EventWriteError} When the events are not stored. */
  save(events: readonly RawEvent[], options: SaveOptions): Promise<SaveResult> {
    this.#assertOpen();
    let bytes = 0;
    for (const event of events) bytes += event.frameLength;
    const result = Promise.withResolvers<SaveResult>();
    this.#queue.push({ events, bytes, options, result });
    this.#running ??= this.#run();
    return result.promise;
  }

  /**
   * Removes all events of an id and returns how many there were.
   *
   * @throws {EventWriteError} When they could not be removed.
   */
  delete(id: string): Promise<number> {
    this.#assertOpen();
    const result = Promise.withResolvers<number>();
    this.#queue.push({ id, result });
    this.#running ??= this.#run();
    return result.promise;
  }

  /** Waits for what was called, then brings everything to the data files. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#running;
    this.#stop.abort();
    await this.#flushing;
    const { writer, directory } = this.#context;
    try {
      // What cannot be written now is done from the journal when the store is opened again.
      if (this.#failure === undefined) await writer.checkpoint().catch(() => {});
    } finally {
      this.#failure ??= new EventStoreError(`Cannot use store '${directory}': it is closed`);
      await writer[Symbol.asyncDispose]();
    }
  }

  #assertOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing === undefined) return;
    throw new EventStoreError(`Cannot use store '${this.#context.directory}': it is closed`);
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const next = this.#takeGroup();
      if ("id" in next) await this.#delete(next);
      else await this.#save(next);
      await this.#checkpointIfDue();
    }
    this.#running = undefined;
  }

  /** The next saves that one write takes, or a deletion, which keeps its turn among them. */
  #takeGroup(): Deletion | readonly Save[] {
    const group: Save[] = [];
    let bytes = 0;
    for (const next of this.#queue) {
      if ("id" in next) {
        if (group.length > 0) break;
        this.#queue.shift();
        return next;
      }
      bytes += next.bytes;
      if (group.length > 0 && bytes > MAX_GROUP_BYTES) break;
      group.push(next);
    }
    this.#queue.splice(0, group.length);
    return group;
  }

  async #save(group: readonly Save[]): Promise<void> {
    const { refusal } = this.#disk;
    if (refusal !== undefined) {
      for (const { result } of group) result.reject(refusal);
      return;
    }
    const events = group.length === 1 && group[0] !== undefined
      ? group[0].events
      : group.flatMap((save) => save.events);
    try {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#assertReserve(group);
      const arrivals = await this.#context.writer.save(events, () => this.#sync());
      if (arrivals.some((arrival) => arrival !== 0)) this.#disk.passed();
      let offset = 0;
      for (const save of group) {
        accept(save, arrivals.slice(offset, offset + save.events.length));
        offset += save.events.length;
      }
    } catch (cause) {
      const error = this.#toError(cause);
      if (error instanceof EventWriteError) this.#disk.failed(error);
      for (const { result } of group) result.reject(error);
    }
  }

  /** The room of the reserve is for deletions alone. */
  async #assertReserve(group: readonly Save[]): Promise<void> {
    const { directory, catalog, reserve } = this.#context;
    const bytes = group.reduce((sum, save) => sum + save.bytes, 0);
    if (await reserve.ensure(catalog.files, bytes)) return;
    throw new EventWriteError(
      `Cannot write store '${directory}': the disk is full; what room is left is kept for removing events`,
      { retryable: true, isDiskFull: true },
    );
  }

  async #delete({ id, result }: Deletion): Promise<void> {
    const { catalog, reserve } = this.#context;
    try {
      if (this.#failure !== undefined) throw this.#failure;
      const removed = await this.#cut(id).catch(async (error) => {
        if (!isNoSpace(error) || !await reserve.giveUp()) throw error;
        return await this.#cut(id);
      });
      await reserve.ensure(catalog.files);
      this.#disk.open();
      result.resolve(removed);
    } catch (cause) {
      result.reject(this.#toError(cause));
    }
  }

  async #cut(id: string): Promise<number> {
    const { directory, catalog, writer } = this.#context;
    const cuts = await cutById(directory, catalog, id);
    if (cuts.length > 0) await writer.cut(cuts);
    return cuts.reduce((sum, { removed }) => sum + removed, 0);
  }

  async #sync(): Promise<void> {
    if (this.#context.flushIntervalMs > 0) {
      this.#unsynced = true;
      return;
    }
    await this.#syncNow();
  }

  async #syncNow(): Promise<void> {
    try {
      await this.#context.writer.sync();
    } catch (cause) {
      // Nobody can tell what is on the disk now.
      throw this.#fail(cause);
    }
  }

  async #flushOften(): Promise<void> {
    const { flushIntervalMs } = this.#context;
    while (this.#failure === undefined) {
      try {
        await sleep(flushIntervalMs, this.#stop.signal);
      } catch {
        return;
      }
      if (!this.#unsynced) continue;
      this.#unsynced = false;
      await this.#syncNow().catch(() => {});
    }
  }

  async #checkpointIfDue(): Promise<void> {
    if (this.#failure !== undefined || !this.#context.writer.isCheckpointDue) return;
    try {
      await this.#context.writer.checkpoint();
    } catch (cause) {
      // On a full disk the journal has what the data files may lack; the next turn tries again.
      if (!isRetryable(cause)) this.#fail(cause);
    }
  }

  #toError(cause: unknown): Error {
    if (cause instanceof EventStoreError) return cause;
    if (!isRetryable(cause)) return this.#fail(cause);
    const message = `Cannot write store '${this.#context.directory}': ${toMessage(cause)}`;
    return new EventWriteError(message, { cause, retryable: true, isDiskFull: isNoSpace(cause) });
  }

  #fail(cause: unknown): EventStoreError {
    const message = `Cannot write store '${this.#context.directory}': ${toMessage(cause)}; ` +
      "open it again";
    return this.#failure ??= new EventWriteError(message, { cause, retryable: false });
  }
}

function accept(save: Save, arrivals: readonly Cursor[]): void {
  const events = save.events.filter((_, i) => arrivals[i] !== 0);
  const numbers = arrivals.filter((arrival) => arrival !== 0);
  try {
    save.options.onAccepted?.({ events, arrivals: numbers });
  } catch (error) {
    // A fault of one caller must not keep the others of the group from their results.
    save.result.reject(error);
  }
  save.result.resolve({ saved: events.length, duplicates: save.events.length - events.length });
}

function isRetryable(cause: unknown): boolean {
  return isNoSpace(cause) ||
    (cause instanceof Error && "code" in cause && RETRYABLE_CODES.includes(cause.code));
}

function toMessage(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
