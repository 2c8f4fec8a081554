import type { Event } from "../event/event.ts";
import type { ErrorMessage, Rejection } from "../wire/messages.ts";
import { readPushAnswer } from "./ack.ts";
import type { Message } from "./connection.ts";
import { Delivery } from "./delivery.ts";
import { Fifo } from "../base/fifo.ts";
import { FramePacker } from "./frame_packer.ts";
import type { PushResult } from "./push_result.ts";
import { PushWindow } from "./push_window.ts";

/** Bounds of an {@linkcode Outbox}. */
export interface OutboxOptions {
  readonly maxMessageBytes: number;
  readonly maxInFlightBytes: number;
  readonly maxInFlightMessages: number;
}

/**
 * What is to be sent: events become messages as the window takes them, messages leave it when they are
 * acknowledged. It knows no connection; it is told when a new one starts.
 */
export class Outbox {
  readonly #packer: FramePacker;
  readonly #window: PushWindow;
  readonly #toPack = new Fifo<Delivery>();
  readonly #unfinished = new Set<Delivery>();

  constructor(options: OutboxOptions) {
    this.#packer = new FramePacker(options.maxMessageBytes);
    this.#window = new PushWindow({
      maxBytes: options.maxInFlightBytes,
      maxMessages: options.maxInFlightMessages,
    });
  }

  /** Whether nothing waits to be packed and the window takes more. */
  get hasRoom(): boolean {
    return this.#toPack.length === 0 && this.#window.hasRoom;
  }

  /** Whether a message is sent and not acknowledged. */
  get isAwaitingAck(): boolean {
    return this.#window.isAwaitingAck;
  }

  /** How many calls of {@linkcode Outbox.add} have not settled. */
  get unfinished(): number {
    return this.#unfinished.size;
  }

  /** Adds events behind all others; settles when the fate of each is known. */
  add(events: readonly Event[]): Promise<PushResult> {
    const delivery = new Delivery(events);
    this.#unfinished.add(delivery);
    this.#toPack.push(delivery);
    return delivery.done.finally(() => this.#unfinished.delete(delivery));
  }

  /** The next message to send on this connection; undefined when there is none or the window is full. */
  takeMessage(): Message | undefined {
    let message = this.#window.takeUnsent();
    while (message === undefined && this.#window.hasRoom) {
      const delivery = this.#toPack.at(0);
      if (delivery === undefined) break;
      const packed = delivery.nextMessage(this.#packer);
      if (delivery.isPacked) this.#toPack.shift();
      if (packed !== undefined) this.#window.add(packed);
      message = this.#window.takeUnsent();
    }
    return message?.bytes;
  }

  /** A new connection: everything unacknowledged is to be sent on it, in order, and acks count from 1. */
  restart(): void {
    this.#window.restart();
  }

  /**
   * Takes a message of the collector: mostly the ack of the oldest message.
   *
   * @returns The collector's error, or what was refused; what is retryable is to be sent again, before
   * everything not packed yet.
   * @throws {ProtocolError} When it is not what must come next.
   */
  take(answer: Message, url: string): ErrorMessage | { readonly rejections: readonly Rejection[] } {
    const expected = this.#window.expected();
    const events = expected?.message.indices.length ?? 0;
    const ack = readPushAnswer(answer, expected && { ack: expected.ack, events }, url);
    if ("error" in ack) return ack;
    if (expected === undefined) return { rejections: [] };
    const { delivery } = expected.message;
    const wasPacked = delivery.isPacked;
    const rejections = delivery.acknowledge(expected.message, ack);
    if (wasPacked && !delivery.isPacked) this.#toPack.unshift(delivery);
    this.#window.settle();
    return { rejections };
  }

  /** Resolves when everything added before is acknowledged. */
  async settled(): Promise<void> {
    await Promise.all([...this.#unfinished].map((delivery) => delivery.done));
  }

  /** Gives up: what is not settled rejects. */
  fail(error: unknown): void {
    for (const delivery of this.#unfinished) delivery.fail(error);
    this.#unfinished.clear();
    this.#toPack.clear();
  }
}
