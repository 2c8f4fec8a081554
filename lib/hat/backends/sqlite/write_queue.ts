import { BackendError } from "../backend_error.ts";
import type { Failure } from "./database.ts";
import { type LogSync, openLogSync } from "../../../base/log_sync.ts";
import { lockDatabase } from "./lock_database.ts";
import { maxPayloadBytes, transferables } from "./packed_events.ts";
import { type Batch, groupOf } from "./group.ts";
import { ThreadCalls } from "./thread_calls.ts";
import { startWriteThread, type WriteReply, type WriteRequest } from "./write_thread.ts";
import type { DropLimits, DropStep, Opened } from "./writer.ts";

/** Events of registers that one commit takes, unless a single register has more. */
const MAX_GROUP_EVENTS = 4096;

/** Bytes of payloads that one commit takes likewise. */
const MAX_GROUP_BYTES = 16 << 20;

/** Events and bytes that may wait for the writing thread before registers wait: two groups more. */
const MAX_WAITING_EVENTS: number = 2 * MAX_GROUP_EVENTS;
const MAX_WAITING_BYTES: number = 2 * MAX_GROUP_BYTES;

/** How long the disk is taken for full before a register tries again; a flush always tries. */
const TRY_AGAIN_MS = 200;

interface WaitingBatch extends Batch {
  readonly bytes: number;
}

/**
 * The way into the writing thread. Batches that come while it commits are committed together. They stay
 * here until they are committed, and are tried again when that failed as the disk was full; any other
 * failure ends the queue.
 */
export class WriteQueue implements AsyncDisposable {
  readonly #path: string;
  readonly #lock: Disposable;
  readonly #calls: ThreadCalls<WriteRequest, WriteReply>;
  #log: LogSync | undefined;
  readonly #waiting: WaitingBatch[] = [];
  #waitingEvents = 0;
  #waitingBytes = 0;
  /** The number of the first event that waits. */
  #nextArrival = 1;
  /** Commits what waits. */
  #pumping: Promise<void> | undefined;
  #isPumping = false;
  /** Resolves when the next commit is done or has failed. */
  #progress = Promise.withResolvers<void>();
  /** Why the last commit failed, until one succeeds. */
  #full: BackendError | undefined;
  #tryAgainAt = 0;
  #failure: BackendError | undefined;
  /** Registers that wait for room, in order. */
  #room: Promise<void> = Promise.resolve();

  private constructor(path: string, lock: Disposable) {
    this.#path = path;
    this.#lock = lock;
    this.#calls = new ThreadCalls(startWriteThread);
  }

  /**
   * @param openLog Opens what is synced; for tests that need a slow or failing disk.
   * @throws {BackendError} See `SqliteBackend.open`.
   */
  static async open(
    path: string,
    openLog: typeof openLogSync = openLogSync,
  ): Promise<{ readonly queue: WriteQueue; readonly opened: Opened }> {
    const queue = new WriteQueue(path, await lockDatabase(path));
    try {
      const reply = await queue.#calls.ask({ kind: "open", path });
      if (reply.kind !== "opened") {
        throw new BackendError(`Cannot open backend '${path}': ${reasonOf(reply)}`, {
          isDiskFull: isDiskFull(reply),
        });
      }
      queue.#nextArrival = reply.opened.arrival + 1;
      queue.#log = await openLog(path);
      return { queue, opened: reply.opened };
    } catch (error) {
      queue.#release();
      throw error;
    }
  }

  /**
   * Resolves when there is room for another batch, in the order of the calls.
   *
   * @throws {BackendError} When the disk is full or nothing can be written any more.
   */
  room(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const room = this.#room.catch(() => {}).then(() => this.#makeRoom());
    this.#room = room;
    return room;
  }

  /** Whether {@linkcode room} would resolve without waiting. */
  get hasRoom(): boolean {
    return this.#failure === undefined && this.#full === undefined &&
      this.#waitingEvents < MAX_WAITING_EVENTS && this.#waitingBytes < MAX_WAITING_BYTES;
  }

  /** Takes a batch; its events get the next arrival numbers. */
  push(batch: Batch): void {
    let bytes = 0;
    for (const { event } of batch.events) bytes += maxPayloadBytes(event.payload);
    this.#waiting.push({ ...batch, bytes });
    this.#waitingEvents += batch.events.length;
    this.#waitingBytes += bytes;
    if (this.#full === undefined) this.#pump();
  }

  /** Resolves when all that was pushed before is committed, so that others read it. */
  async committed(): Promise<void> {
    const next = this.#nextArrival + this.#waitingEvents;
    while (this.#nextArrival < next) await this.#nextCommit();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Resolves when all that was pushed before is on disk. */
  async sync(): Promise<void> {
    await this.committed();
    try {
      await this.#log?.sync();
    } catch (cause) {
      // Nobody can tell what is on disk.
      throw this.#fail(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  /** Does one step of dropping, after what was pushed before. */
  async drop(limits: DropLimits): Promise<DropStep> {
    const reply = await this.#ask({ kind: "drop", limits });
    if (reply.kind !== "dropped") throw this.#errorOf(reply);
    return reply.step;
  }

  /** Ends the thread when it has done what it was asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#pumping;
      if (this.#failure === undefined) await this.#calls.ask({ kind: "close" });
    } finally {
      this.#failure ??= new BackendError(`Cannot use backend '${this.#path}': it is closed`);
      this.#release();
    }
  }

  async #makeRoom(): Promise<void> {
    while (!this.hasRoom) {
      if (this.#full !== undefined && performance.now() < this.#tryAgainAt) throw this.#full;
      await this.#nextCommit();
    }
  }

  /** Tries to commit and throws when that fails. */
  async #nextCommit(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#pump();
    await this.#progress.promise;
    const error = this.#failure ?? this.#full;
    if (error !== undefined) throw error;
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#pumping = this.#commitWaiting();
  }

  /** Commits all that waits, until that fails. */
  async #commitWaiting(): Promise<void> {
    while (this.#waiting.length > 0 && this.#failure === undefined) {
      const isCommitted = await this.#commit(this.#nextGroup());
      this.#progress.resolve();
      this.#progress = Promise.withResolvers();
      if (!isCommitted) break;
    }
    // At once: what is pushed from now on must begin anew.
    this.#isPumping = false;
  }

  async #commit(batches: readonly WaitingBatch[]): Promise<boolean> {
    try {
      const group = groupOf(this.#nextArrival, batches);
      const reply = await this.#ask({ kind: "write", group }, group.parts.flatMap(transferables));
      if (reply.kind !== "written") throw this.#errorOf(reply);
    } catch (cause) {
      const error = cause instanceof BackendError ? cause : this.#fail(String(cause), cause);
      if (error.isDiskFull) this.#full = error;
      else this.#failure ??= error;
      this.#tryAgainAt = performance.now() + TRY_AGAIN_MS;
      return false;
    }
    this.#full = undefined;
    this.#waiting.splice(0, batches.length);
    for (const { events, bytes } of batches) {
      this.#nextArrival += events.length;
      this.#waitingEvents -= events.length;
      this.#waitingBytes -= bytes;
    }
    return true;
  }

  #nextGroup(): readonly WaitingBatch[] {
    let events = 0;
    let bytes = 0;
    const end = this.#waiting.findIndex((batch, i) => {
      events += batch.events.length;
      bytes += batch.bytes;
      return i > 0 && (events > MAX_GROUP_EVENTS || bytes > MAX_GROUP_BYTES);
    });
    return end < 0 ? [...this.#waiting] : this.#waiting.slice(0, end);
  }

  async #ask(request: WriteRequest, transfer: Transferable[] = []): Promise<WriteReply> {
    try {
      return await this.#calls.ask(request, transfer);
    } catch (cause) {
      throw this.#fail(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  #errorOf(reply: WriteReply): BackendError {
    return new BackendError(`Cannot write backend '${this.#path}': ${reasonOf(reply)}`, {
      isDiskFull: isDiskFull(reply),
    });
  }

  #fail(reason: string, cause: unknown): BackendError {
    const message = `Cannot write backend '${this.#path}': ${reason}; open it again`;
    return this.#failure ??= new BackendError(message, { cause });
  }

  #release(): void {
    this.#calls[Symbol.dispose]();
    this.#log?.[Symbol.dispose]();
    this.#lock[Symbol.dispose]();
  }
}

/** Why a thread did not do what it was asked. */
export function reasonOf(reply: { readonly kind: string } | Failure): string {
  return "message" in reply ? reply.message : `unexpected answer '${reply.kind}'`;
}

function isDiskFull(reply: WriteReply): boolean {
  return reply.kind === "failed" && reply.isDiskFull;
}
