import type { Criteria, Cursor } from "../event/criteria.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { readPackedEvents } from "./answer.ts";
import { QueryError } from "./query_error.ts";
import { MAX_SEEN_EVENTS, SeenEvents } from "./seen_events.ts";

/** Messages after the last cursor are kept as they are up to so much: then hashes of their events. */
const MAX_RECENT_BYTES = 4 << 20;

/**
 * How far a live subscription has come, so that another connection goes on exactly there.
 *
 * The collector names a cursor now and then. What came after the last one comes again when the
 * subscription is resumed, and is recognised by timestamp and id.
 */
export class LivePosition {
  readonly #criteria: Criteria;
  readonly #onCursor: (cursor: Cursor) => void;
  #cursor: Cursor | undefined;
  #remaining: number;
  /** What came after the cursor: the last messages, and the events of those before. */
  #recent: Uint8Array[] = [];
  #recentBytes = 0;
  readonly #seen = new SeenEvents();

  /** @param onCursor Is told each time the cursor moves. */
  constructor(criteria: Criteria, onCursor: (cursor: Cursor) => void = () => {}) {
    this.#criteria = criteria;
    this.#onCursor = onCursor;
    this.#cursor = criteria.since;
    this.#remaining = criteria.limit ?? Infinity;
  }

  /** The last cursor, where there is one. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** Whether the limit of the criteria is reached. */
  get isComplete(): boolean {
    return this.#remaining <= 0;
  }

  /** What to ask for, to go on here. */
  criteria(): Criteria {
    const since = this.#cursor === undefined ? {} : { since: this.#cursor };
    if (!Number.isFinite(this.#remaining)) return { ...this.#criteria, ...since };
    return { ...this.#criteria, ...since, limit: this.#remaining + this.#seen.size };
  }

  /** The events of a message but those that came before. */
  take(message: Uint8Array, task: string): readonly RawEvent[] {
    let events = readPackedEvents(message, task);
    if (this.#seen.size > 0) events = events.filter((event) => !this.#seen.has(event));
    this.#recent.push(message);
    this.#recentBytes += message.length;
    if (this.#recentBytes > MAX_RECENT_BYTES) this.#keepHashes(task);
    if (events.length > this.#remaining) events = events.slice(0, this.#remaining);
    this.#remaining -= events.length;
    return events;
  }

  /** Everything up to the cursor was sent. The same cursor again tells nothing of what came after it. */
  moveTo(cursor: Cursor): void {
    if (cursor === this.#cursor) return;
    this.#cursor = cursor;
    this.#recent = [];
    this.#recentBytes = 0;
    this.#seen.clear();
    this.#onCursor(cursor);
  }

  /**
   * Prepares for asking again: what came after the cursor will come again.
   *
   * @throws {QueryError} When that is too much to recognise.
   */
  rewind(task: string): void {
    if (this.#cursor === undefined) return;
    this.#keepHashes(task);
    if (this.#seen.size >= MAX_SEEN_EVENTS) {
      throw new QueryError(
        `Cannot ${task}: the connection was lost when more than ${MAX_SEEN_EVENTS} events were ` +
          "replayed, which cannot be resumed without repeating events; ask again",
      );
    }
  }

  #keepHashes(task: string): void {
    for (const message of this.#recent) {
      if (this.#seen.size >= MAX_SEEN_EVENTS) break;
      for (const event of readPackedEvents(message, task)) this.#seen.add(event);
    }
    this.#recent = [];
    this.#recentBytes = 0;
  }
}
