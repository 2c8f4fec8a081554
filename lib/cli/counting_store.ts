import type { Criteria, Cursor } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import type { RawEvent } from "../event/raw_event.ts";
import type {
  CountOptions,
  EventCounts,
  EventSearch,
  EventStore,
  SaveOptions,
  SaveResult,
  SearchOptions,
  StoreStats,
} from "../store/store.ts";

/** A store that counts what is saved in it while it is open. */
export class CountingStore implements EventStore {
  readonly #store: EventStore;
  #saved = 0;
  #duplicates = 0;

  /** Owns the store: disposing this disposes it. */
  constructor(store: EventStore) {
    this.#store = store;
  }

  /** How many events were stored. */
  get saved(): number {
    return this.#saved;
  }

  /** How many events were stored already. */
  get duplicates(): number {
    return this.#duplicates;
  }

  get cursor(): Cursor {
    return this.#store.cursor;
  }

  async save(events: readonly Event[], options?: SaveOptions): Promise<SaveResult> {
    const result = await this.#store.save(events, options);
    this.#saved += result.saved;
    this.#duplicates += result.duplicates;
    return result;
  }

  get(id: string): Promise<RawEvent> {
    return this.#store.get(id);
  }

  delete(id: string): Promise<void> {
    return this.#store.delete(id);
  }

  search(criteria: Criteria, options?: SearchOptions): EventSearch {
    return this.#store.search(criteria, options);
  }

  count(criteria: Criteria, options?: CountOptions): Promise<EventCounts> {
    return this.#store.count(criteria, options);
  }

  stats(): Promise<StoreStats> {
    return this.#store.stats();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}
