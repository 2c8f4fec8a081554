import { RightOfWay } from "../../base/right_of_way.ts";
import type { WorkerThread } from "../../base/worker_thread.ts";
import type { Cursor } from "../../event/criteria.ts";
import { packEvents, transferables } from "../../event/packed_events.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { DiskFullGate, type DiskNotice } from "../disk_full.ts";
import { EventStoreError, EventWriteError, type SaveOptions, type SaveResult } from "../store.ts";
import { lockStore } from "../store_lock.ts";
import type { DamagedRow } from "./journal.ts";
import type { RetentionLimits, RetentionStep } from "./retention_step.ts";
import type { Salvage } from "./salvage.ts";
import { type LogSync, openLogSync } from "../../base/log_sync.ts";
import { startWriteThread, type WriteReply, type WriteRequest } from "./write_thread.ts";

/** Options of {@linkcode WriteQueue.open}. */
export interface WriteQueueOptions {
  /** Brings commits to the disk; for tests that need a slow or failing disk. @default {fdatasync of the log} */
  readonly openLogSync?: (path: string) => Promise<LogSync>;
}

/** Bytes of events that one commit takes, unless a single save has more. */
const MAX_GROUP_BYTES = 4 << 20;

/** Commits handed to the thread at a time: the next one is there when one is done. */
const MAX_GROUPS_IN_FLIGHT = 2;

interface Save {
  readonly events: readonly RawEvent[];
  readonly bytes: number;
  readonly options: SaveOptions;
  readonly result: PromiseWithResolvers<SaveResult>;
}

/** Any other request; its answer comes in turn with the saves. */
interface Task {
  readonly request: WriteRequest;
  readonly result: PromiseWithResolvers<WriteReply>;
}

/** Called when what it waits for is on disk, or with the error why it is not. */
type OnSynced = (error?: Error) => void;

/**
 * The way into the writing thread: saves that come together are committed together, and one sync
 * serves all commits before it.
 *
 * After a failed sync nobody can tell what is on disk, so nothing is taken any more until the store
 * is opened again.
 */
export class WriteQueue implements AsyncDisposable {
  readonly #path: string;
  readonly #lock: Disposable;
  readonly #thread: WorkerThread<WriteRequest>;
  /** What to do with the next replies, in the order of the requests. */
  readonly #replies: ((reply: WriteReply) => void)[] = [];
  #log: LogSync | undefined;
  readonly #disk = new DiskFullGate();
  /** Saves go before searches. */
  readonly #way = new RightOfWay();
  readonly #queue: (Save | Task)[] = [];
  #onSealed: () => void = () => {};
  #groupsInFlight = 0;
  #unsynced: OnSynced[] = [];
  #isSyncing = false;
  #failure: EventStoreError | undefined;
  #idle: PromiseWithResolvers<void> | undefined;
  #closing: Promise<void> | undefined;
  #cursor: Cursor = 0;
  #damaged: readonly DamagedRow[] = [];
  #salvage: Salvage | undefined;
  #isLogTorn = false;

  private constructor(path: string, lock: Disposable) {
    this.#path = path;
    this.#lock = lock;
    this.#thread = startWriteThread({
      onMessage: (reply) => this.#replies.shift()?.(reply),
      onError: (error) => this.#fail(error),
    });
  }

  /** @throws {EventStoreError} See `SqliteStore.open`. */
  static async open(path: string, options: WriteQueueOptions): Promise<WriteQueue> {
    const queue = new WriteQueue(path, await lockStore(path));
    try {
      const reply = await queue.#ask({ kind: "open", path });
      if (reply.kind !== "opened") throw new EventStoreError(messageOf(reply));
      queue.#cursor = reply.cursor;
      queue.#damaged = reply.damaged;
      queue.#salvage = reply.salvage;
      queue.#isLogTorn = reply.isLogTorn;
      queue.#log = await (options.openLogSync ?? openLogSync)(path);
      return queue;
    } catch (error) {
      queue.#release();
      throw error;
    }
  }

  /** The last arrival number given. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** Where the threads that search give way. */
  get rightOfWay(): RightOfWay {
    return this.#way;
  }

  /** What could not be read when the store was opened. */
  get damaged(): readonly DamagedRow[] {
    return this.#damaged;
  }

  /** What was saved from a damaged database when the store was opened. */
  get salvage(): Salvage | undefined {
    return this.#salvage;
  }

  /** Whether the log ended within a commit when the store was opened. */
  get isLogTorn(): boolean {
    return this.#isLogTorn;
  }

  /** @throws {EventWriteError} When the events are not on disk. */
  save(events: readonly RawEvent[], options: SaveOptions): Promise<SaveResult> {
    this.#assertOpen();
    let bytes = 0;
    for (const event of events) bytes += event.frameLength;
    const result = Promise.withResolvers<SaveResult>();
    this.#queue.push({ events, bytes, options, result });
    this.#pump();
    return result.promise;
  }

  /**
   * Removes all events of an id and returns how many there were.
   *
   * @throws {EventWriteError} When they could not be removed.
   */
  async delete(id: string): Promise<number> {
    const reply = await this.#enqueue({ kind: "delete", id });
    if (reply.kind !== "deleted") throw this.#writeError(reply);
    this.#disk.open();
    await this.#synced();
    return reply.events;
  }

  /**
   * Does one step of retention. It is not synced: what a crash undoes is dropped again.
   *
   * @throws {EventWriteError} When it could not be done.
   */
  async retain(limits: RetentionLimits): Promise<RetentionStep> {
    const reply = await this.#enqueue({ kind: "retain", limits });
    if (reply.kind !== "retained") throw this.#writeError(reply);
    if (reply.step.dropped !== undefined) this.#disk.open();
    return reply.step;
  }

  /** Calls whenever new blocks were made; one listener at a time. */
  onSealed(listener: () => void): void {
    this.#onSealed = listener;
  }

  /** Calls when the disk is found full and when that is over; one listener at a time. */
  onDisk(listener: (notice: DiskNotice) => void): void {
    this.#disk.onNotice(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    while (this.#queue.length > 0 || this.#groupsInFlight > 0 || this.#isSyncing) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    if (this.#failure === undefined) await this.#ask({ kind: "close" });
    this.#failure ??= new EventStoreError(`Cannot use store '${this.#path}': it is closed`);
    this.#release();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined || this.#failure !== undefined) {
      throw this.#failure ?? new EventStoreError(`Cannot use store '${this.#path}': it is closed`);
    }
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#groupsInFlight < MAX_GROUPS_IN_FLIGHT) {
      const next = this.#takeGroup();
      if ("request" in next) {
        this.#post(next.request, [], (reply) => next.result.resolve(reply));
      } else if (this.#disk.refusal !== undefined) {
        for (const { result } of next) result.reject(this.#disk.refusal);
      } else {
        const packed = packEvents(next.flatMap((save) => save.events));
        const request = { kind: "save", events: packed } as const;
        this.#post(request, transferables(packed), (reply) => this.#settle(next, reply));
      }
    }
    this.#checkIdle();
  }

  #post(
    request: WriteRequest,
    transfer: Transferable[],
    settle: (reply: WriteReply) => void,
  ): void {
    this.#way.claim(++this.#groupsInFlight);
    this.#replies.push((reply) => {
      this.#groupsInFlight--;
      settle(reply);
      this.#pump();
      this.#way.claim(this.#groupsInFlight);
    });
    this.#thread.post(request, transfer);
  }

  /** The next saves that one commit takes, or a task, which keeps its turn among them. */
  #takeGroup(): Task | readonly Save[] {
    const group: Save[] = [];
    let bytes = 0;
    for (const next of this.#queue) {
      if ("request" in next) {
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

  #enqueue(request: WriteRequest): Promise<WriteReply> {
    this.#assertOpen();
    const result = Promise.withResolvers<WriteReply>();
    this.#queue.push({ request, result });
    this.#pump();
    return result.promise;
  }

  /** Resolves when all that was committed is on disk. */
  #synced(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sync((error) => error === undefined ? resolve() : reject(error));
    });
  }

  #settle(group: readonly Save[], reply: WriteReply): void {
    if (reply.kind !== "saved") {
      const error = this.#writeError(reply);
      this.#disk.failed(error);
      for (const save of group) save.result.reject(error);
      return;
    }
    if (reply.arrivals.some((arrival) => arrival !== 0)) this.#disk.passed();
    if (reply.sealed) this.#onSealed();
    let offset = 0;
    const results = group.map((save) => {
      const arrivals = reply.arrivals.subarray(offset, offset + save.events.length);
      offset += save.events.length;
      return this.#accept(save, arrivals);
    });
    this.#sync((error) => {
      group.forEach((save, i) => {
        const result = results[i];
        if (error !== undefined || result === undefined) save.result.reject(error);
        else save.result.resolve(result);
      });
    });
  }

  #accept(save: Save, arrivals: Float64Array): SaveResult {
    const events: RawEvent[] = [];
    const numbers: Cursor[] = [];
    for (let i = 0; i < arrivals.length; i++) {
      const event = save.events[i];
      const arrival = arrivals[i] ?? 0;
      if (event === undefined || arrival === 0) continue;
      events.push(event);
      numbers.push(arrival);
    }
    this.#cursor = numbers.at(-1) ?? this.#cursor;
    try {
      save.options.onAccepted?.({ events, arrivals: numbers });
    } catch (error) {
      // A fault of one caller must not keep the others of the group from their results.
      save.result.reject(error);
    }
    return { saved: events.length, duplicates: save.events.length - events.length };
  }

  #sync(onSynced: OnSynced): void {
    this.#unsynced.push(onSynced);
    if (!this.#isSyncing) void this.#syncAll();
  }

  async #syncAll(): Promise<void> {
    this.#isSyncing = true;
    while (this.#unsynced.length > 0) {
      const waiting = this.#unsynced;
      this.#unsynced = [];
      let error = this.#failure;
      if (error === undefined) {
        try {
          await this.#log?.sync();
        } catch (cause) {
          error = this.#fail(cause);
        }
      }
      for (const onSynced of waiting) onSynced(error);
    }
    this.#isSyncing = false;
    this.#checkIdle();
  }

  #ask(request: WriteRequest): Promise<WriteReply> {
    return new Promise((resolve) => {
      this.#replies.push(resolve);
      this.#thread.post(request);
    });
  }

  #writeError(reply: WriteReply): EventWriteError {
    const retryable = reply.kind === "failed" && reply.retryable;
    const isDiskFull = reply.kind === "failed" && reply.isDiskFull;
    const message = `Cannot write store '${this.#path}': ${messageOf(reply)}`;
    return new EventWriteError(message, { retryable, isDiskFull });
  }

  /** Ends everything that waits: the thread or the disk can no longer be trusted. */
  #fail(cause: unknown): EventStoreError {
    const message = `Cannot write store '${this.#path}': ${toMessage(cause)}; open it again`;
    this.#failure ??= new EventWriteError(message, { cause, retryable: false });
    // Emptied first: nothing may be sent after those that are told of the failure here.
    for (const { result } of this.#queue.splice(0)) result.reject(this.#failure);
    const replies = this.#replies.splice(0);
    this.#way.claim(0);
    for (const reply of replies) {
      reply({ kind: "failed", message, retryable: false, isDiskFull: false });
    }
    this.#checkIdle();
    return this.#failure;
  }

  #checkIdle(): void {
    if (this.#queue.length > 0 || this.#groupsInFlight > 0 || this.#isSyncing) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  #release(): void {
    this.#thread[Symbol.dispose]();
    this.#log?.[Symbol.dispose]();
    this.#lock[Symbol.dispose]();
  }
}

function messageOf(reply: WriteReply): string {
  return reply.kind === "failed" ? reply.message : `unexpected answer '${reply.kind}'`;
}

function toMessage(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
