import type { Event } from "../event/event.ts";
import type { AckMessage, Rejection } from "../wire/messages.ts";
import type { FramePacker } from "./frame_packer.ts";
import type { PushResult, RejectedEvent } from "./push_result.ts";

/** Some events of a delivery as they are sent. */
export interface PushMessage {
  readonly delivery: Delivery;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each event of the message, its place in the delivery. */
  readonly indices: readonly number[];
}

/** The events of one `send`: which of them were packed, acknowledged, refused. */
export class Delivery {
  /** Resolves when the fate of each event is known. */
  readonly done: Promise<PushResult>;
  readonly #resolve: (result: PushResult) => void;
  readonly #reject: (error: unknown) => void;
  readonly #events: readonly Event[];
  readonly #rejected: RejectedEvent[] = [];
  #again: number[] = [];
  #next = 0;
  #unacked = 0;
  #stored = 0;
  #duplicates = 0;

  constructor(events: readonly Event[]) {
    const { promise, resolve, reject } = Promise.withResolvers<PushResult>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#events = events;
  }

  /** Whether no event is waiting to be packed. */
  get isPacked(): boolean {
    return this.#next >= this.#events.length && this.#again.length === 0;
  }

  /** Packs the next events, as many as a message holds; undefined when none is left. */
  nextMessage(packer: FramePacker): PushMessage | undefined {
    const indices: number[] = [];
    while (!this.isPacked) {
      const index = this.#again[0] ?? this.#next;
      const added = this.#add(index, packer);
      if (added === "full") break;
      if (added === "added") indices.push(index);
      if (this.#again.length > 0) this.#again.shift();
      else this.#next++;
    }
    if (indices.length === 0) {
      this.#settle();
      return undefined;
    }
    this.#unacked++;
    return { delivery: this, bytes: packer.take(), indices };
  }

  /**
   * Takes the answer to one of the messages.
   *
   * @returns What was refused, with places in the delivery; retryable events wait to be packed again.
   */
  acknowledge(message: PushMessage, ack: AckMessage): readonly Rejection[] {
    const rejections = (ack.rejected ?? []).map((rejection) => ({
      ...rejection,
      index: message.indices[rejection.index] ?? 0,
    }));
    for (const { index, reason, retryable } of rejections) {
      if (retryable) this.#again.push(index);
      else this.#rejected.push({ index, reason });
    }
    this.#stored += ack.events;
    this.#duplicates += ack.duplicates;
    this.#unacked--;
    this.#settle();
    return rejections;
  }

  /** The delivery ends without being complete. */
  fail(error: unknown): void {
    this.#reject(error);
  }

  #add(index: number, packer: FramePacker): "added" | "full" | "refused" {
    const event = this.#events[index];
    try {
      return event === undefined || packer.add(event) ? "added" : "full";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#rejected.push({ index, reason });
      return "refused";
    }
  }

  #settle(): void {
    if (!this.isPacked || this.#unacked > 0) return;
    this.#resolve({
      events: this.#stored,
      duplicates: this.#duplicates,
      rejected: this.#rejected.sort((a, b) => a.index - b.index),
    });
  }
}
