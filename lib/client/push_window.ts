import type { PushMessage } from "./delivery.ts";
import { Fifo } from "../base/fifo.ts";

/** Bounds of a {@linkcode PushWindow}. */
export interface PushWindowOptions {
  /** No message is added while so many bytes are unacknowledged. */
  readonly maxBytes: number;
  /** No message is added while so many messages are unacknowledged. */
  readonly maxMessages: number;
}

/** The messages that were handed out for sending and not acknowledged, oldest first. */
export class PushWindow {
  readonly #maxBytes: number;
  readonly #maxMessages: number;
  readonly #unacked = new Fifo<PushMessage>();
  #bytes = 0;
  #sent = 0;
  #acks = 0;

  constructor(options: PushWindowOptions) {
    this.#maxBytes = options.maxBytes;
    this.#maxMessages = options.maxMessages;
  }

  /** Whether another message may be added: the window exceeds its bytes by at most one message. */
  get hasRoom(): boolean {
    return this.#bytes < this.#maxBytes && this.#unacked.length < this.#maxMessages;
  }

  /** Whether an answer is awaited. */
  get isAwaitingAck(): boolean {
    return this.#sent > 0;
  }

  /** Adds a message behind all others. */
  add(message: PushMessage): void {
    this.#unacked.push(message);
    this.#bytes += message.bytes.length;
  }

  /** The oldest message not sent on this connection, which counts as sent now. */
  takeUnsent(): PushMessage | undefined {
    const message = this.#unacked.at(this.#sent);
    if (message !== undefined) this.#sent++;
    return message;
  }

  /** A new connection: its acks count from 1, and everything unacknowledged is unsent on it. */
  restart(): void {
    this.#sent = 0;
    this.#acks = 0;
  }

  /** The message that must be acknowledged next, with the number of its ack. */
  expected(): { readonly ack: number; readonly message: PushMessage } | undefined {
    const message = this.#unacked.at(0);
    if (message === undefined || this.#sent === 0) return undefined;
    return { ack: this.#acks + 1, message };
  }

  /** Removes the oldest message: it was acknowledged. */
  settle(): void {
    const message = this.#unacked.shift();
    if (message === undefined) return;
    this.#bytes -= message.bytes.length;
    this.#sent--;
    this.#acks++;
  }
}
