import type { Clock } from "../clock.ts";
import { Backlog } from "./backlog.ts";
import { ChatterError } from "./chatter_error.ts";
import { Outbox, type OutgoingMessage } from "./outbox.ts";

/** What a {@linkcode Sender} needs. */
export interface SenderOptions {
  readonly write: (bytes: Uint8Array) => Promise<number>;
  readonly clock: Clock;
  /** How many bytes may wait. */
  readonly maxQueuedBytes: number;
  /** How long the peer may take nothing, in milliseconds. */
  readonly stallMs: number;
  /** Nothing can be sent any more. */
  readonly onFailure: (error: ChatterError) => void;
}

/** Sends messages, and bounds how many wait. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #outbox = new Outbox();
  readonly #backlog: Backlog;
  /** Wakes those who wait until something was written. */
  #waiters: (() => void)[] = [];
  /** The last in the line of those who wait for room. */
  #line: Promise<void> | undefined;
  #isWriting = false;
  #isStopped = false;

  constructor(options: SenderOptions) {
    const { clock, maxQueuedBytes, onFailure } = options;
    this.#options = options;
    this.#backlog = new Backlog({ clock, maxQueuedBytes, onSlow: onFailure });
  }

  /** Queues a message; when the peer is too slow for it, nothing is sent any more. */
  push(message: OutgoingMessage, isUrgent = false): void {
    const isAlone = this.#outbox.bytes === 0;
    this.#queue(message, isUrgent);
    // One message alone may be larger than any bound.
    if (!isAlone && !this.#isStopped) this.#backlog.update(this.#outbox.unpacedBytes);
  }

  /**
   * Queues a message as soon as there is room and all before it that waited for room are queued: at once,
   * when there is.
   */
  pushWhenRoom(message: OutgoingMessage): Promise<void> {
    const paced = { ...message, isPaced: true };
    if (this.#line === undefined && this.#hasRoomFor(paced)) {
      this.#queue(paced, false);
      return Promise.resolve();
    }
    const turn = this.#waitInLine(this.#line, paced);
    this.#line = turn;
    return turn.finally(() => {
      if (this.#line === turn) this.#line = undefined;
    });
  }

  /** Resolves when nothing waits any more. */
  async flushed(): Promise<void> {
    while (this.#line !== undefined) await this.#line;
    while (this.#isWriting) await this.#progress();
  }

  /** Drops what waits and sends nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#backlog[Symbol.dispose]();
    this.#outbox.clear();
    this.#wake();
  }

  #hasRoomFor(message: OutgoingMessage): boolean {
    const { bytes } = this.#outbox;
    return bytes === 0 || bytes + Outbox.sizeOf(message) <= this.#options.maxQueuedBytes;
  }

  async #waitInLine(before: Promise<void> | undefined, message: OutgoingMessage): Promise<void> {
    await before;
    while (!this.#isStopped && !this.#hasRoomFor(message)) await this.#progress();
    this.#queue(message, false);
  }

  #queue(message: OutgoingMessage, isUrgent: boolean): void {
    if (this.#isStopped) return;
    this.#outbox.push(message, isUrgent);
    if (this.#isWriting) return;
    this.#isWriting = true;
    // What else is sent in this turn goes with it.
    queueMicrotask(() => void this.#write());
  }

  async #write(): Promise<void> {
    try {
      for (let next = this.#outbox.take(); next.length > 0; next = this.#outbox.take()) {
        if (!this.#isStopped) this.#backlog.update(this.#outbox.unpacedBytes);
        for (const bytes of next) await this.#writeAll(bytes);
        this.#wake();
      }
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const error = new ChatterError("network", `Cannot send to peer: ${reason}`, { cause });
      this.#options.onFailure(error);
    } finally {
      this.#isWriting = false;
      this.#wake();
    }
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#isStopped;) {
      at += await this.#writeSome(at === 0 ? bytes : bytes.subarray(at));
    }
  }

  async #writeSome(bytes: Uint8Array): Promise<number> {
    const { clock, stallMs, write, onFailure } = this.#options;
    using _timer = clock.after(stallMs, () => {
      onFailure(
        new ChatterError("timeout", `Cannot send to peer as it took nothing for ${stallMs} ms`),
      );
    });
    const count = await write(bytes);
    this.#backlog.wrote(count);
    return count;
  }

  #progress(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
