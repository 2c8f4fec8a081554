import { concatBytes } from "../../base/bytes.ts";
import { Fifo } from "../../base/fifo.ts";
import { frameHeader } from "./frame.ts";
import { encodeHead } from "./message.ts";

/** What messages belong to, as their sender or receiver sees it. */
export interface Conversation {
  /** Whether this side began it. */
  readonly isOwn: boolean;
  /** The id of its first message; 0 for an own one whose first message is not on its way yet. */
  readonly first: number;
}

/** A message that waits to be sent. */
export interface OutgoingMessage {
  readonly type: string;
  readonly data: Uint8Array;
  /** Whether it ends the conversation. */
  readonly last: boolean;
  /** What it belongs to; one that it begins gets its id. */
  readonly conversation: { readonly isOwn: boolean; first: number };
  /** Whether it waited for room, so that it says nothing of how fast the peer is. @default {false} */
  readonly isPaced?: boolean;
  /** Called right before it is on its way. */
  readonly onStart?: (() => void) | undefined;
}

/** What a message takes besides its data, about. */
const MESSAGE_BYTES = 64;

/** What is written at once: enough that the operating system is asked rarely, and little beside a ping. */
const WRITE_BYTES = 1 << 16;

/**
 * Messages that wait to be sent, and their bytes when their turn comes. Only then they get their ids, so
 * that these count on the wire even when a ping passes others by.
 */
export class Outbox {
  readonly #urgent = new Fifo<OutgoingMessage>();
  readonly #waiting = new Fifo<OutgoingMessage>();
  #bytes = 0;
  #pacedBytes = 0;
  #lastId = 0;

  /** About how many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** About how many bytes wait of messages that did not wait for room. */
  get unpacedBytes(): number {
    return this.#bytes - this.#pacedBytes;
  }

  /** What a message adds to {@linkcode bytes}. */
  static sizeOf(message: OutgoingMessage): number {
    return message.data.length + MESSAGE_BYTES;
  }

  /** @param isUrgent Passes by those that are not. */
  push(message: OutgoingMessage, isUrgent: boolean): void {
    (isUrgent ? this.#urgent : this.#waiting).push(message);
    this.#count(message, 1);
  }

  /** Drops everything. */
  clear(): void {
    this.#urgent.clear();
    this.#waiting.clear();
    this.#bytes = 0;
    this.#pacedBytes = 0;
  }

  /** The bytes of the next messages, in pieces: of some, or of one that is larger. None when none wait. */
  take(): readonly Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let small: Uint8Array[] = [];
    for (let bytes = 0; bytes < WRITE_BYTES;) {
      const message = this.#urgent.shift() ?? this.#waiting.shift();
      if (message === undefined) break;
      bytes += Outbox.sizeOf(message);
      this.#count(message, -1);
      small.push(...this.#encode(message));
      if (message.data.length < WRITE_BYTES) small.push(message.data);
      else {
        pieces.push(concatBytes(small), message.data);
        small = [];
      }
    }
    if (small.length > 0) pieces.push(concatBytes(small));
    return pieces;
  }

  #count(message: OutgoingMessage, sign: 1 | -1): void {
    const bytes = sign * Outbox.sizeOf(message);
    this.#bytes += bytes;
    if (message.isPaced) this.#pacedBytes += bytes;
  }

  #encode(message: OutgoingMessage): readonly Uint8Array[] {
    const { type, data, last, conversation, onStart } = message;
    const id = ++this.#lastId;
    if (conversation.first === 0) conversation.first = id;
    onStart?.();
    const { first, isOwn: owner } = conversation;
    const head = encodeHead({ id, first, owner, token: true, last, type, data });
    return [frameHeader(head.length + data.length), head];
  }
}
