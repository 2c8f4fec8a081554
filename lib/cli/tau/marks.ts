import { RawEvent } from "../../event/raw_event.ts";
import { eventKey } from "./event_window.ts";

/** Marked events stay in memory. */
const MAX_MARKS = 10_000;

/** The events that the user marked. */
export class Marks {
  readonly #events = new Map<string, RawEvent>();

  /** How many there are. */
  get size(): number {
    return this.#events.size;
  }

  /** Whether an event is marked. */
  has(event: RawEvent): boolean {
    return this.#events.size > 0 && this.#events.has(eventKey(event));
  }

  /** Marks an event, or takes the mark away; false when there are too many. */
  toggle(event: RawEvent): boolean {
    const key = eventKey(event);
    if (this.#events.delete(key)) return true;
    if (this.#events.size >= MAX_MARKS) return false;
    // The buffer of the event may hold thousands of others.
    this.#events.set(key, RawEvent.fromParts(event.headerBytes(), event.contentBytes()));
    return true;
  }

  /** All, by time. */
  inOrder(): readonly RawEvent[] {
    return [...this.#events.values()].sort((a, b) => a.timestamp - b.timestamp);
  }

  /** The one after an event by time, the first one after the last; undefined when there is none. */
  after(event: RawEvent | undefined): RawEvent | undefined {
    const all = this.inOrder();
    if (event === undefined) return all[0];
    const key = eventKey(event);
    const place = all.findIndex((other) => eventKey(other) === key);
    if (place >= 0) return all[(place + 1) % all.length];
    return all.find(({ timestamp }) => timestamp > event.timestamp) ?? all[0];
  }
}
