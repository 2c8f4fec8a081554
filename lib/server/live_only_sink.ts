import type { Cursor } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import { toRawEvent } from "../event/text_format.ts";
import type { SaveOptions, SaveResult } from "../store/store.ts";
import type { EventSink } from "./ingest.ts";

/** Arrival numbers per millisecond that a start leaves room for: more than can ever arrive. */
const NUMBERS_PER_MS = 1000;

/**
 * Stands in for the store of a collector that keeps nothing: it only numbers events.
 *
 * Numbers start from the clock, so that a cursor of an earlier run is never mistaken for one of this.
 */
export class LiveOnlySink implements EventSink {
  #cursor: Cursor;

  constructor(now: number = Date.now()) {
    this.#cursor = now * NUMBERS_PER_MS;
  }

  /** The last number given. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  // deno-lint-ignore require-await -- the port is asynchronous
  async save(events: readonly Event[], options: SaveOptions = {}): Promise<SaveResult> {
    const raw = events.map(toRawEvent);
    options.onAccepted?.({ events: raw, arrivals: raw.map(() => ++this.#cursor) });
    return { saved: raw.length, duplicates: 0 };
  }
}
