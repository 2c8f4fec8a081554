import { type Criteria, withoutOrder } from "../event/criteria.ts";
import type { Event } from "../event/event.ts";
import {
  type CountedBucket,
  type CountedGroup,
  type CountOptions,
  type EventCounts,
  type EventStore,
  MAX_BUCKETS,
  MAX_GROUP_BUCKETS,
  MAX_GROUPS,
} from "./store.ts";

/** What counting needs to know of an event. */
export type CountedEvent = CountedLabels & Pick<Event, "timestamp">;

/** What decides on the groups of an event. */
export type CountedLabels = Pick<Event, "source" | "tags">;

/** What stands for labels that are not looked at. */
export const NO_LABELS: CountedLabels = { source: "", tags: [] };

/** What there is of something. */
export interface Tally {
  readonly count: number;
  /** How many in each bucket, by its start. */
  readonly buckets: ReadonlyMap<number, number>;
}

/** What was counted of a part of the events, as it goes from thread to thread. */
export interface PartialCounts {
  readonly all: Tally;
  readonly groups: Iterable<readonly [string, Tally]>;
  /** What belongs to groups of which there were too many. */
  readonly ungrouped: number;
}

/** Groups returned where the caller does not say how many. */
const DEFAULT_TOP = 100;

/** Characters of the keys of all groups together, so that hostile ones do not fill the memory. */
const MAX_KEY_CHARS = 16 << 20;

/** Groups merged in one go: a few milliseconds. */
const MERGE_GROUPS = 2000;

/** Adds up events for {@linkcode EventStore.count}: what all stores have in common. */
export class EventCounter {
  readonly #interval: number | undefined;
  readonly #by: "source" | "tag" | undefined;
  readonly #top: number;
  readonly #all = new GrowingTally();
  readonly #groups = new Map<string, GrowingTally>();
  #groupBuckets = 0;
  #keyChars = 0;
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

  /**
   * The start of the bucket that holds a time, undefined without an interval. It never falls as the time
   * rises, so all times between two of one bucket are of that bucket.
   */
  bucketOf(timestamp: number): number | undefined {
    if (this.#interval === undefined) return undefined;
    const start = Math.floor(timestamp / this.#interval) * this.#interval;
    // Of the greatest doubles the quotient may be none; they are far more than an interval apart.
    return Number.isFinite(start) ? start : timestamp;
  }

  /** @throws {RangeError} When there are too many buckets. */
  add(event: CountedEvent): void {
    this.addMany(1, this.bucketOf(event.timestamp), event);
  }

  /**
   * Adds events that are alike.
   *
   * @param count How many; nothing is added when there are none.
   * @param bucket As `bucketOf` says.
   * @throws {RangeError} When there are too many buckets.
   */
  addMany(count: number, bucket: number | undefined, labels: CountedLabels): void {
    if (count === 0) return;
    if (this.#all.add(count, bucket)) this.#assertBuckets();
    if (this.#by === "source") this.#addToGroup(labels.source, count, bucket);
    if (this.#by !== "tag") return;
    if (labels.tags.length === 0) return this.#addToGroup("", count, bucket);
    for (const tag of new Set(labels.tags)) this.#addToGroup(tag, count, bucket);
  }

  /**
   * Adds what another one with the same options counted.
   *
   * @throws {RangeError} When there are too many buckets.
   */
  merge(counts: PartialCounts): void {
    for (const _ of this.mergeSteps(counts));
  }

  /**
   * As {@linkcode EventCounter.merge}, in steps between which others may have their turn.
   *
   * @throws {RangeError} When there are too many buckets.
   */
  *mergeSteps({ all, groups, ungrouped }: PartialCounts): Generator<void, void> {
    for (const [bucket, count] of spread(all)) {
      if (this.#all.add(count, bucket)) this.#assertBuckets();
    }
    this.#ungrouped += ungrouped;
    let merged = 0;
    for (const [key, tally] of groups) {
      for (const [bucket, count] of spread(tally)) this.#addToGroup(key, count, bucket);
      if (++merged % MERGE_GROUPS === 0) yield;
    }
  }

  /** What was added, for another one to be merged into. */
  partial(): PartialCounts {
    const groups = new Map<string, Tally>();
    for (const [key, { count, buckets }] of this.#groups) groups.set(key, { count, buckets });
    const { count, buckets } = this.#all;
    return { all: { count, buckets }, groups, ungrouped: this.#ungrouped };
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
      buckets: toBuckets(this.#all),
      groups: sorted.slice(0, this.#top).map(([key, tally]): CountedGroup => ({
        key,
        count: tally.count,
        buckets: toBuckets(tally),
      })),
      otherEvents: this.#ungrouped + left,
    };
  }

  #addToGroup(key: string, count: number, bucket: number | undefined): void {
    let tally = this.#groups.get(key);
    if (tally === undefined) {
      while (
        this.#groups.size >= MAX_GROUPS || this.#keyChars + key.length > MAX_KEY_CHARS
      ) this.#giveUpSmallest();
      this.#keyChars += key.length;
      // The key may be a view of a whole header, which it would keep in memory.
      this.#groups.set(structuredClone(key), tally = new GrowingTally());
    }
    if (tally.add(count, bucket)) this.#groupBuckets++;
    if (this.#groupBuckets > MAX_GROUP_BUCKETS) {
      throw this.#tooMany(`${MAX_GROUP_BUCKETS} buckets of all groups together`);
    }
  }

  /** Counts the smaller half of the groups together: the greatest must be found, however late they begin. */
  #giveUpSmallest(): void {
    const counts = Float64Array.from(this.#groups.values(), ({ count }) => count).sort();
    let left = Math.ceil(counts.length / 2);
    const most = counts[left - 1] ?? 0;
    for (const limit of [most - 1, most]) {
      for (const [key, { count, buckets }] of this.#groups) {
        if (count > limit || left === 0) continue;
        left--;
        this.#groups.delete(key);
        this.#keyChars -= key.length;
        this.#groupBuckets -= buckets.size;
        this.#ungrouped += count;
      }
    }
  }

  #assertBuckets(): void {
    if (this.#all.buckets.size > MAX_BUCKETS) throw this.#tooMany(`${MAX_BUCKETS} buckets`);
  }

  #tooMany(what: string): RangeError {
    return new RangeError(
      `Cannot count events as 'interval' must not give more than ${what}: ` +
        `current value is ${this.#interval}, take a longer one or a shorter span of time`,
    );
  }
}

/** Counts what a store finds: for stores that have no faster way. */
export async function countFound(
  store: Pick<EventStore, "search">,
  criteria: Criteria,
  options: CountOptions = {},
): Promise<EventCounts> {
  const counter = new EventCounter(options);
  const search = store.search(withoutOrder(criteria), options);
  try {
    for await (const { events } of search) for (const event of events) counter.add(event);
  } catch (error) {
    // A pattern that ran away is told of after the deadline only.
    options.signal?.throwIfAborted();
    throw error;
  }
  return counter.counts(search.summary);
}

/** What groups have where there are no buckets. */
const NO_BUCKETS: ReadonlyMap<number, number> = new Map();

class GrowingTally implements Tally {
  count = 0;
  #buckets: Map<number, number> | undefined;

  get buckets(): ReadonlyMap<number, number> {
    return this.#buckets ?? NO_BUCKETS;
  }

  /** Says whether the bucket is a new one. */
  add(count: number, bucket: number | undefined): boolean {
    this.count += count;
    if (bucket === undefined) return false;
    this.#buckets ??= new Map();
    const before = this.#buckets.get(bucket);
    this.#buckets.set(bucket, (before ?? 0) + count);
    return before === undefined;
  }
}

/** The buckets of a tally with their counts, or all of it where there are no buckets. */
function spread({ count, buckets }: Tally): Iterable<readonly [number | undefined, number]> {
  return buckets.size > 0 || count === 0 ? buckets : [[undefined, count]];
}

function toBuckets({ buckets }: Tally): CountedBucket[] {
  return [...buckets].sort(([a], [b]) => a - b).map(([start, count]) => ({ start, count }));
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
