import type { RawEvent } from "../../event/raw_event.ts";
import type { EventStore } from "../../store/store.ts";

/** Events saved at a time: a few commits make a block. */
const BATCH_EVENTS = 2048;

/** Bytes saved at a time, unless a single piece of what is read has more: events may be large. */
const BATCH_BYTES = 2 << 20;

/** Saves under way: the next is read while the last is written. */
const MAX_IN_FLIGHT = 2;

/** Saves many events in batches, a bounded number of them at a time. */
export class EventSaver {
  readonly #store: EventStore;
  #batch: RawEvent[] = [];
  #batchBytes = 0;
  readonly #inFlight = new Set<Promise<void>>();
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
    }
    if (this.#batch.length >= BATCH_EVENTS || this.#batchBytes >= BATCH_BYTES) await this.#flush();
  }

  /** Resolves when all of them are stored. */
  async finish(): Promise<void> {
    await this.#flush();
    await Promise.all(this.#inFlight);
  }

  async #flush(): Promise<void> {
    if (this.#batch.length > 0) {
      const saving = this.#save(this.#batch).finally(() => this.#inFlight.delete(saving));
      saving.catch(() => {});
      this.#inFlight.add(saving);
      this.#batch = [];
      this.#batchBytes = 0;
    }
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
  }

  async #save(events: readonly RawEvent[]): Promise<void> {
    const { saved, duplicates } = await this.#store.save(events);
    this.#saved += saved;
    this.#duplicates += duplicates;
  }
}
