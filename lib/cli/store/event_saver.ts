import type { RawEvent } from "../../event/raw_event.ts";
import type { EventStore } from "../../store/store.ts";

/** Events saved at a time: a few commits make a block. */
const BATCH_EVENTS = 2048;

/** Bytes saved at a time, unless a single piece of what is read has more: events may be large. */
const BATCH_BYTES = 2 << 20;

/**
 * Saves many events in batches, one after another: what waits to be written takes memory, and reading
 * is the smaller part of the work.
 */
export class EventSaver {
  readonly #store: EventStore;
  #batch: RawEvent[] = [];
  #batchBytes = 0;
  #saved = 0;
  #duplicates = 0;

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** How many events were stored. */
  get saved(): number {
    return this.#saved;
  }

  /** How many were stored already. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Takes events; resolves when more may be given. */
  async add(events: readonly RawEvent[]): Promise<void> {
    for (const event of events) {
      this.#batch.push(event);
      this.#batchBytes += event.frameLength;
      if (this.#batch.length >= BATCH_EVENTS || this.#batchBytes >= BATCH_BYTES) {
        await this.finish();
      }
    }
  }

  /** Resolves when all of them are stored. */
  async finish(): Promise<void> {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    const { saved, duplicates } = await this.#store.save(batch);
    this.#saved += saved;
    this.#duplicates += duplicates;
  }
}
