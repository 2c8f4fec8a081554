import { nextDown, nextUp } from "../base/doubles.ts";
import { type Criteria, withoutOrder } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import { MAX_PATTERN_LENGTH } from "../event/pattern.ts";

/** What finds stored events: a `Query`, or anything like it. */
export interface EventFinder<E extends Event = Event> {
  /** Finds events in the order asked for; leaving the loop ends the search. */
  find(criteria: Criteria): AsyncIterable<E>;
}

/** Which neighbours {@linkcode findContext} finds. */
export interface ContextOptions {
  /** At most that many events before it. @default {0} */
  readonly before?: number;
  /** At most that many events after it. @default {0} */
  readonly after?: number;
  /** Only events of exactly the same source. @default {false} */
  readonly sameSource?: boolean;
  /**
   * Only events that these match; order and limit are not looked at, and the event itself must match.
   * @default {all events}
   */
  readonly among?: Criteria;
}

/** The events next to one. */
export interface EventContext<E extends Event = Event> {
  /** In ascending order: the last one comes right before the event. */
  readonly before: readonly E[];
  /** In ascending order: the first one comes right after the event. */
  readonly after: readonly E[];
}

/**
 * Finds the events right before and right after a stored one, in the order of timestamp and arrival:
 * what searches without `limit` would show around it. Nothing is left out and nothing comes twice, also
 * where many events have the same timestamp.
 *
 * An event that is no longer stored is taken to come after all that have its timestamp.
 *
 * @example
 * ```ts
 * import { Collector, createEvent, findContext, MemoryStore, Query } from "@theia/collector";
 * import assert from "node:assert/strict";
 *
 * await using store = new MemoryStore();
 * const events = ["a", "b", "c"].map((content) => createEvent({ timestamp: 7, content }));
 * await store.save(events);
 * await using collector = await Collector.listen({ store, port: 0 });
 * const query = new Query("localhost", collector.port);
 * const { before, after } = await findContext(query, events[1]!, { before: 5, after: 5 });
 * assert.deepEqual([before[0]?.content, after[0]?.content], ["a", "c"]);
 * ```
 *
 * @param finder Rejects as its searches do.
 */
export async function findContext<E extends Event>(
  finder: EventFinder<E>,
  event: Event,
  options: ContextOptions = {},
): Promise<EventContext<E>> {
  const search = new NeighbourSearch(finder, event, options);
  const ties = await search.ties();
  const [before, after] = await Promise.all([
    search.before(ties.before.length),
    search.after(ties.after.length),
  ]);
  return { before: [...before, ...ties.before], after: [...ties.after, ...after] };
}

/** A pattern that matches this source and no other one. */
export function exactSource(source: string): string {
  return source.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") + "\\Z";
}

/** The searches around one event, which have nothing in common. */
class NeighbourSearch<E extends Event> {
  readonly #finder: EventFinder<E>;
  readonly #event: Event;
  readonly #counts: { readonly before: number; readonly after: number };
  readonly #among: Criteria;
  /** What the criteria cannot say. */
  readonly #matches: ((event: Event) => boolean) | undefined;

  constructor(finder: EventFinder<E>, event: Event, options: ContextOptions) {
    const { before = 0, after = 0, sameSource = false, among = {} } = options;
    assertCount("before", before);
    assertCount("after", after);
    this.#finder = finder;
    this.#event = event;
    this.#counts = { before, after };
    const filters = withoutOrder(among);
    const { source } = event;
    const pattern = exactSource(source);
    const isLong = pattern.length > MAX_PATTERN_LENGTH;
    this.#among = sameSource && !isLong ? { ...filters, source: pattern } : filters;
    this.#matches = sameSource && isLong ? (other) => other.source === source : undefined;
  }

  /** Those with the same timestamp. */
  async ties(): Promise<EventContext<E>> {
    const { id, timestamp } = this.#event;
    const { before: most, after: wanted } = this.#counts;
    const before: E[] = [];
    const after: E[] = [];
    let isFound = false;
    for await (const event of this.#find(timestamp, timestamp, "asc")) {
      if (event.id === id) {
        isFound = true;
      } else if (isFound) {
        if (after.length < wanted) after.push(event);
      } else {
        before.push(event);
        if (before.length > most) before.shift();
      }
      if (isFound && after.length >= wanted) break;
    }
    return { before, after };
  }

  /** The last ones with a lower timestamp, as far as there is room for more. */
  async before(taken: number): Promise<readonly E[]> {
    const end = nextDown(this.#event.timestamp);
    const found = await this.#take(-Infinity, end, "desc", this.#counts.before - taken);
    return found.reverse();
  }

  /** The first ones with a higher timestamp. */
  after(taken: number): Promise<E[]> {
    const start = nextUp(this.#event.timestamp);
    return this.#take(start, Infinity, "asc", this.#counts.after - taken);
  }

  async #take(start: number, end: number, order: "asc" | "desc", count: number): Promise<E[]> {
    const found: E[] = [];
    if (count <= 0) return found;
    for await (const event of this.#find(start, end, order, count)) {
      found.push(event);
      if (found.length >= count) break;
    }
    return found;
  }

  async *#find(
    start: number,
    end: number,
    order: "asc" | "desc",
    limit?: number,
  ): AsyncGenerator<E, void> {
    const { start: least = -Infinity, end: most, ...among } = this.#among;
    const from = Math.max(start, least);
    const to = Math.min(end, most || Infinity);
    if (from > to) return;
    const criteria: Criteria = {
      ...among,
      ...(from === -Infinity ? {} : { start: from }),
      // An end of 0 would be open: nothing lies between it and the next one.
      ...(to === Infinity ? {} : { end: to === 0 ? Number.MIN_VALUE : to }),
      order,
    };
    const isExact = to !== 0 && this.#matches === undefined;
    const bounded = isExact && limit !== undefined ? { ...criteria, limit } : criteria;
    for await (const event of this.#finder.find(bounded)) {
      if (event.timestamp <= to && this.#matches?.(event) !== false) yield event;
    }
  }
}

function assertCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(
    `Cannot find context as '${name}' must be a non-negative integer: current value is ${value}`,
  );
}
