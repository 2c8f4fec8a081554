import type { Criteria } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import {
  type CountedBucket,
  type CountedGroup,
  type CountOptions,
  type EventCounts,
  type EventStore,
  MAX_BUCKETS,
  MAX_GROUPS,
} from "./store.ts";

/** What counting needs to know of an event. */
export type CountedEvent = Pick<Event, "timestamp" | "source" | "tags">;

/** Groups returned where the caller does not say how many. */
const DEFAULT_TOP = 100;

/** Adds up events for {@linkcode EventStore.count}: what all stores that go over events have in common. */
export class EventCounter {
  readonly #interval: number | undefined;
  readonly #by: "source" | "tag" | undefined;
  readonly #top: number;
  readonly #all: Tally = { count: 0, buckets: new Map() };
  readonly #groups = new Map<string, Tally>();
  #ungrouped = 0;

  /** @throws {RangeError} When an option is out of range. */
  constructor({ interval, by, top = DEFAULT_TOP }: CountOptions = {}) {
    assertCountOption("interval", interval, (value) => value > 0, "a finite number more than 0");
    assertCountOption("top", top, isCount, "a non-negative integer");
    this.#interval = interval;
    this.#by = by;
    this.#top = top;
  }

  /** How many events were added. */
  get matched(): number {
    return this.#all.count;
  }

  /** @throws {RangeError} When there are too many buckets. */
  add(event: CountedEvent): void {
    const bucket = this.#interval && bucketOf(event.timestamp, this.#interval);
    this.#addTo(this.#all, bucket);
    if (this.#by === "source") this.#addToGroup(event.source, bucket);
    if (this.#by !== "tag") return;
    if (event.tags.length === 0) return this.#addToGroup("", bucket);
    for (const tag of new Set(event.tags)) this.#addToGroup(tag, bucket);
  }

  /** What was added up. */
  counts(figures: Pick<EventCounts, "scanned" | "cursor">): EventCounts {
    const sorted = [...this.#groups].sort(([a, { count: m }], [b, { count: n }]) =>
      n - m || (a < b ? -1 : 1)
    );
    const left = sorted.slice(this.#top).reduce((sum, [, { count }]) => sum + count, 0);
    return {
      matched: this.#all.count,
      scanned: figures.scanned,
      cursor: figures.cursor,
      buckets: this.#bucketsOf(this.#all),
      groups: sorted.slice(0, this.#top).map(([key, tally]): CountedGroup => ({
        key,
        count: tally.count,
        buckets: this.#bucketsOf(tally),
      })),
      otherEvents: this.#ungrouped + left,
    };
  }

  #addToGroup(key: string, bucket: number | undefined): void {
    let tally = this.#groups.get(key);
    if (tally === undefined) {
      if (this.#groups.size >= MAX_GROUPS) return void this.#ungrouped++;
      this.#groups.set(key, tally = { count: 0, buckets: new Map() });
    }
    this.#addTo(tally, bucket);
  }

  #addTo(tally: Tally, bucket: number | undefined): void {
    tally.count++;
    if (bucket === undefined) return;
    const before = tally.buckets.get(bucket) ?? 0;
    if (before === 0 && tally.buckets.size >= MAX_BUCKETS) {
      throw new RangeError(
        `Cannot count events as 'interval' must not give more than ${MAX_BUCKETS} buckets: ` +
          `current value is ${this.#interval}`,
      );
    }
    tally.buckets.set(bucket, before + 1);
  }

  #bucketsOf({ buckets }: Tally): CountedBucket[] {
    const interval = this.#interval ?? 1;
    return [...buckets].sort(([a], [b]) => a - b)
      .map(([number, count]) => ({ start: number * interval, count }));
  }
}

/** Counts what a store finds: for stores that have no faster way. */
export async function countFound(
  store: Pick<EventStore, "search">,
  criteria: Criteria,
  options: CountOptions = {},
): Promise<EventCounts> {
  const counter = new EventCounter(options);
  const { order: _order, limit: _limit, ...counted } = criteria;
  const search = store.search(counted, options);
  for await (const { events } of search) for (const event of events) counter.add(event);
  return counter.counts(search.summary);
}

/** The number of the bucket that holds a time: its start is this multiple of the interval. */
function bucketOf(timestamp: number, interval: number): number {
  return Math.floor(timestamp / interval);
}

interface Tally {
  count: number;
  /** By the number of the bucket. */
  readonly buckets: Map<number, number>;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function assertCountOption(
  name: string,
  value: number | undefined,
  holds: (value: number) => boolean,
  rule: string,
): void {
  if (value === undefined || (Number.isFinite(value) && holds(value))) return;
  throw new RangeError(
    `Cannot count events as '${name}' must be ${rule}: current value is ${value}`,
  );
}
