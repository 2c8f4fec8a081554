import type { RawEvent } from "../../event/raw_event.ts";

/**
 * Events that arrived while others are loaded, until they are put among these. Of too many the newest are
 * let go: a search finds them later.
 */
export class WaitingEvents {
  readonly #max: number;
  #events: RawEvent[] = [];
  #lostFrom = Infinity;

  /** @param max How many may wait. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Those that wait, in the order of their arrival. */
  get events(): readonly RawEvent[] {
    return this.#events;
  }

  /** The time of the oldest one that was let go; infinite when there is none. */
  get lostFrom(): number {
    return this.#lostFrom;
  }

  /** Adds events. */
  add(events: readonly RawEvent[]): void {
    this.#events = this.#events.concat(events);
    if (this.#events.length <= this.#max) return;
    const times = this.#events.map(({ timestamp }) => timestamp).sort((a, b) => a - b);
    this.#lostFrom = Math.min(this.#lostFrom, times[this.#max >> 1] ?? -Infinity);
    this.#events = this.#events.filter(({ timestamp }) => timestamp < this.#lostFrom);
  }

  /** Forgets all. */
  clear(): void {
    this.#events = [];
    this.#lostFrom = Infinity;
  }
}
