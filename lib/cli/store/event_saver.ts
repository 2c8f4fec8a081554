import type { Event } from "../../event/event.ts";
import type { EventStore } from "../../store/store.ts";

/** Events saved at a time: a few commits make a block. */
const BATCH_EVENTS = 2048;

/** Saves under way: the next is read while the last is written. */
const MAX_IN_FLIGHT = 3;

/** Saves many events in batches, a bounded number of them at a time. */
export class EventSaver {
  readonly #store: EventStore;
  #batch: Event[] = [];
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
  async add(events: readonly Event[]): Promise<void> {
    for (const event of events) this.#batch.push(event);
    if (this.#batch.length >= BATCH_EVENTS) await this.#flush();
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
    }
    while (this.#inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.#inFlight);
  }

  async #save(events: readonly Event[]): Promise<void> {
    const { saved, duplicates } = await this.#store.save(events);
    this.#saved += saved;
    this.#duplicates += duplicates;
  }
}
