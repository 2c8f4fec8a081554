import type { EventBatch } from "../store/store.ts";

/** What waits to be matched: batches, or how many events were dropped between them. */
export type Waiting = EventBatch | { readonly dropped: number };

/** Batches that wait for one live subscriber, at most so many bytes of them. */
export class WaitingBatches {
  readonly #maxBytes: number;
  #items: { readonly item: Waiting; readonly bytes: number }[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns False when there is no room: the batch was not taken. */
  push(batch: EventBatch): boolean {
    let bytes = 0;
    for (const event of batch.events) bytes += event.frameLength;
    if (this.#bytes + bytes > this.#maxBytes && this.#items.length > 0) return false;
    this.#items.push({ item: batch, bytes });
    this.#bytes += bytes;
    return true;
  }

  /** Notes in place of a batch that its events were dropped. */
  drop(batch: EventBatch): void {
    const last = this.#items.at(-1)?.item;
    const before = last !== undefined && "dropped" in last ? last.dropped : 0;
    if (before > 0) this.#items.pop();
    this.#items.push({ item: { dropped: before + batch.events.length }, bytes: 0 });
  }

  /** Takes out the first. */
  shift(): Waiting | undefined {
    const first = this.#items.shift();
    this.#bytes -= first?.bytes ?? 0;
    return first?.item;
  }

  /** Forgets all of them. */
  clear(): void {
    this.#items = [];
    this.#bytes = 0;
  }
}
