import type { RawEvent } from "../../event/raw_event.ts";

/** Events that are held at a time: far more than a screen, far less than a store. */
const MAX_EVENTS = 20_000;

/** Bytes of them, as events may be a megabyte each. */
const MAX_BYTES = 64 << 20;

/** What is held beyond the bounds before it is cut back, so that one arriving event is not one cut. */
const SLACK = 1.1;

/** Options of {@linkcode EventWindow}, for tests. */
export interface EventWindowOptions {
  /** @default {20_000} */
  readonly maxEvents?: number;
  /** @default {67_108_864} */
  readonly maxBytes?: number;
}

/** Tells an event from every other one: a store holds each pair once. */
export function eventKey(event: Pick<RawEvent, "id" | "timestamp">): string {
  return `${event.timestamp} ${event.id}`;
}

/**
 * A part of the events that a filter finds, without a gap in it: ordered by time, ties by arrival, each
 * once.
 */
export class EventWindow {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  #events: RawEvent[] = [];
  /** When each held event arrived; 0 for those that arrived before whatever was told. */
  readonly #keys = new Map<string, number>();
  #bytes = 0;
  #arrived = 0;
  readonly #arrivals = new WeakMap<RawEvent, number>();
  /** Whether there may be events before the first one, or after the last one. */
  hasOlder = true;
  hasNewer = true;

  constructor({ maxEvents = MAX_EVENTS, maxBytes = MAX_BYTES }: EventWindowOptions = {}) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  /** How many there are. */
  get length(): number {
    return this.#events.length;
  }

  /** The event at a place, from 0, the oldest first. */
  at(index: number): RawEvent | undefined {
    return this.#events[index];
  }

  /** Whether the event is held. */
  has(event: RawEvent): boolean {
    return this.#keys.has(eventKey(event));
  }

  /** The place of an event, -1 where it is not held. */
  indexOf(key: string): number {
    if (!this.#keys.has(key)) return -1;
    const start = this.firstAt(Number(key.slice(0, key.indexOf(" "))));
    for (let i = start; i < this.#events.length; i++) {
      const event = this.#events[i];
      if (event !== undefined && eventKey(event) === key) return i;
    }
    return -1;
  }

  /** The place of the first event at this time or later; the length where there is none. */
  firstAt(seconds: number): number {
    return this.#search((timestamp) => timestamp >= seconds);
  }

  /** How many of the last events have the time of the last one, and of the first ones that of the first. */
  tiesAt(end: "first" | "last"): number {
    const event = this.at(end === "first" ? 0 : this.length - 1);
    if (event === undefined) return 0;
    const first = this.firstAt(event.timestamp);
    return this.#search((timestamp) => timestamp > event.timestamp) - first;
  }

  /** Forgets all. */
  clear(): void {
    this.#events = [];
    this.#keys.clear();
    this.#bytes = 0;
    this.hasOlder = this.hasNewer = true;
  }

  /**
   * Puts events before all others.
   *
   * @param events The newest first, as a search backwards finds them. One that is newer than the first of
   * the window arrived late, and comes where its time belongs.
   * @returns How many were new.
   */
  prepend(events: readonly RawEvent[]): number {
    const first = this.at(0)?.timestamp ?? Infinity;
    const added = events.filter((event) => this.#remember(event));
    const late = added.filter(({ timestamp }) => timestamp > first);
    const older = late.length === 0 ? added : added.filter(({ timestamp }) => timestamp <= first);
    this.#events = older.reverse().concat(this.#events);
    for (const event of late) this.#place(event);
    return added.length;
  }

  /** Puts events after all others, the oldest first, as {@linkcode EventWindow.prepend}; gives how many were new. */
  append(events: readonly RawEvent[]): number {
    const last = this.at(this.length - 1)?.timestamp ?? -Infinity;
    const added = events.filter((event) => this.#remember(event));
    const late = added.filter(({ timestamp }) => timestamp < last);
    const newer = late.length === 0 ? added : added.filter(({ timestamp }) => timestamp >= last);
    this.#events = this.#events.concat(newer);
    for (const event of late) this.#place(event);
    return added.length;
  }

  /** Takes note of the order in which events arrived, also of those that a search found already. */
  note(events: readonly RawEvent[]): void {
    for (const event of events) {
      const arrival = this.#arrivals.get(event) ?? ++this.#arrived;
      this.#arrivals.set(event, arrival);
      const key = eventKey(event);
      const held = this.#keys.get(key);
      if (held === 0) this.#keys.set(key, arrival);
    }
  }

  /**
   * Puts an event that arrived, as {@linkcode EventWindow.note} knows, where its time belongs. It may be told
   * again when the window reaches further.
   *
   * @returns Its place; undefined when it is held already, or belongs where the window does not reach.
   */
  insert(event: RawEvent): number | undefined {
    const { timestamp } = event;
    const first = this.#events[0];
    const last = this.#events.at(-1);
    if (this.hasOlder && (first === undefined || this.#comesBefore(event, first))) return undefined;
    // Among those of the time of the last one, some may not have been loaded.
    if (this.hasNewer && !(last !== undefined && timestamp < last.timestamp)) return undefined;
    return this.#remember(event) ? this.#place(event) : undefined;
  }

  /**
   * Cuts back what is held beyond the bounds.
   *
   * @param end Where.
   * @returns How many are gone.
   */
  trim(end: "first" | "last"): number {
    const isOver = this.length > this.#maxEvents * SLACK || this.#bytes > this.#maxBytes * SLACK;
    if (!isOver) return 0;
    let count = 0;
    let bytes = this.#bytes;
    // One event is always held, whatever its size.
    while (
      count < this.length - 1 && (this.length - count > this.#maxEvents || bytes > this.#maxBytes)
    ) {
      bytes -= this.at(end === "first" ? count : this.length - 1 - count)?.frameLength ?? 0;
      count++;
    }
    if (count === 0) return 0;
    const gone = end === "first"
      ? this.#events.splice(0, count)
      : this.#events.splice(this.length - count, count);
    this.#forget(gone);
    if (end === "first") this.hasOlder = true;
    else this.hasNewer = true;
    return count;
  }

  /** Lets go what is at this time or later. */
  cutFrom(timestamp: number): void {
    if (timestamp === Infinity) return;
    const place = this.firstAt(timestamp);
    this.#forget(this.#events.splice(place));
    this.hasNewer = true;
  }

  #forget(events: readonly RawEvent[]): void {
    for (const event of events) {
      this.#keys.delete(eventKey(event));
      this.#bytes -= event.frameLength;
    }
  }

  /** After all of its time but those that arrived later. */
  #place(event: RawEvent): number {
    const { timestamp } = event;
    const arrival = this.#arrivalOf(event);
    let place = this.#search((other) => other > timestamp);
    for (; place > 0; place--) {
      const before = this.#events[place - 1];
      const isLater = before?.timestamp === timestamp && this.#arrivalOf(before) > arrival;
      if (!isLater) break;
    }
    this.#events.splice(place, 0, event);
    return place;
  }

  #comesBefore(event: RawEvent, other: RawEvent): boolean {
    if (event.timestamp !== other.timestamp) return event.timestamp < other.timestamp;
    return this.#arrivalOf(event) < this.#arrivalOf(other);
  }

  /** What a search found arrived before whatever was told. */
  #arrivalOf(event: RawEvent): number {
    return this.#arrivals.get(event) ?? this.#keys.get(eventKey(event)) ?? 0;
  }

  #remember(event: RawEvent): boolean {
    const key = eventKey(event);
    if (this.#keys.has(key)) return false;
    this.#keys.set(key, this.#arrivals.get(event) ?? 0);
    this.#bytes += event.frameLength;
    return true;
  }

  /** The first place whose timestamp holds, where all after it do as well. */
  #search(holds: (timestamp: number) => boolean): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#events[middle]?.timestamp ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
