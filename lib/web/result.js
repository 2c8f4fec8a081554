import { fetchCounts, fetchRows } from "./api.js";
import { beforeEnd } from "./criteria.js";
import { nextUp } from "./double.js";
import { keyOf } from "./event_row.js";
import { niceInterval } from "./interval.js";
import { LiveFeed } from "./live_feed.js";
import { LiveRing } from "./live_ring.js";
import { bucketsOfCounts, makeBucket, ResultIndex } from "./result_index.js";
import { ResultLoader } from "./result_loader.js";

/** @typedef {import("./criteria.js").Criteria} Criteria */
/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./result_index.js").NoteRow} NoteRow */
/** @typedef {import("./live_feed.js").FeedState} FeedState */

/**
 * Counts by stretch of time, as many as a chart needs and more.
 *
 * @typedef {{interval: number, counts: readonly (readonly [start: number, count: number])[]}} Shape
 */

/**
 * What a result tells.
 *
 * @typedef {object} ResultEvents
 * @property {() => void} onChange Rows came, or their number changed.
 * @property {(from: number, difference: number, until?: number) => void} onShift Rows of these ranks
 *   moved.
 * @property {(shape: Shape) => void} onShape The counts of what is stored.
 * @property {(rows: readonly EventRow[]) => void} onLive Events that arrived.
 * @property {(state: FeedState) => void} onFeed
 * @property {(count: number) => void} onMissed Events passed by and cannot be had.
 * @property {(most: number) => void} onForgotten The oldest of those that nobody keeps left.
 * @property {(error: unknown, willRetry: boolean) => void} onError
 * @property {() => void} onWorking Requests succeed again.
 * @property {() => void} onStale The result must be asked for anew.
 */

/** Shown at once, while the rest is being counted. */
const FIRST_ROWS = 500;

/** Counts of a chart: it has a tenth as many bars. */
const SHAPE_BARS = 100;
const SHAPE_PARTS = 10;

/** Live events held beside those that are loaded on demand. */
export const RING_ROWS = 20_000;

/** When more events arrived during a pause, asking anew shows the newest sooner than replaying them all. */
const MAX_REPLAY = 10_000;

/** When the events lie so close together in the range, they are counted again more finely. */
const MIN_FILLED_PART = 0.2;

/** So often at most: each time the range gets a fifth as long or shorter. */
const MAX_RECOUNTS = 4;

/**
 * The events that match some criteria, the oldest first: those that are stored, of which only the
 * looked at are loaded, and behind them those that arrive.
 */
export class Result {
  #criteria;
  #range;
  #events;
  #index = new ResultIndex();
  /** @type {LiveRing<EventRow>} */
  #ring = new LiveRing(RING_ROWS);
  /** @type {Set<string>} */
  #ringKeys = new Set();
  #loader;
  /** @type {LiveFeed | undefined} */
  #feed;
  /** What arrived during the pause, of a collector that keeps nothing. @type {EventRow[]} */
  #held = [];
  /** Where a pause began. @type {{cursor: number | undefined, known: ReadonlySet<string>} | undefined} */
  #pause;
  #waiting = 0;
  #abort = new AbortController();
  /** @type {Promise<void>} */
  #counted = Promise.resolve();
  #isKept = true;
  #isCounted = false;

  /**
   * @param {Criteria} criteria Without range.
   * @param {{start: number | undefined, end: number | undefined}} range `end` belongs to it no more.
   * @param {ResultEvents} events
   */
  constructor(criteria, range, events) {
    this.#criteria = criteria;
    this.#range = range;
    this.#events = events;
    this.#loader = new ResultLoader({
      index: this.#index,
      criteria,
      isElsewhere: (row) => this.#ringKeys.has(keyOf(row)),
      onChange: () => {
        events.onWorking();
        events.onChange();
      },
      onShift: events.onShift,
      onError: events.onError,
    });
  }

  /** How many events there are. */
  get total() {
    return this.#index.total + this.#ring.size;
  }

  /** Events that arrived during the pause. */
  get waiting() {
    return this.#waiting;
  }

  /** Whether the collector keeps events. */
  get isKept() {
    return this.#isKept;
  }

  /** Whether it is known what is stored. */
  get isCounted() {
    return this.#isCounted;
  }

  /** When the first event was, as far as is known. @returns {number | undefined} */
  get firstTimestamp() {
    return this.#index.buckets[0]?.start ?? this.#ring.at(0)?.timestamp;
  }

  /**
   * @param {number} rank 0 is the oldest.
   * @returns {EventRow | NoteRow | undefined} Undefined when it is not loaded.
   */
  rowAt(rank) {
    const stored = this.#index.total;
    return rank < stored ? this.#index.rowAt(rank) : this.#ring.at(rank - stored);
  }

  /** Says which ranks are looked at. @param {number} first @param {number} last */
  want(first, last) {
    this.#loader.want(first, Math.min(last, this.#index.total - 1));
  }

  /**
   * Asks for the newest, then counts the rest, and follows what arrives.
   *
   * @param {boolean} isLive Whether events that arrive are taken in; they are counted otherwise.
   * @returns {Promise<void>} Resolves when the newest are there.
   */
  async open(isLive) {
    const { signal } = this.#abort;
    const criteria = this.#rangeCriteria();
    const newest = await fetchRows({ ...criteria, order: "desc", limit: FIRST_ROWS }, signal);
    signal.throwIfAborted();
    const rows = newest.rows.reverse();
    const known = new Set(rows.map(keyOf));
    this.#isCounted = true;
    if (rows.length < FIRST_ROWS) this.#takeAll(rows);
    else this.#counted = this.#countOlder(rows);
    // Whoever waits for the counts hears of the failure.
    this.#counted.catch((error) => {
      if (!signal.aborted) this.#events.onError(error, false);
    });
    this.#events.onChange();
    if (this.#range.end !== undefined) return;
    if (!isLive) this.#pause = { cursor: newest.cursor, known };
    this.#follow(newest.cursor, known);
  }

  /** Follows what arrives, of a collector that keeps nothing. @param {boolean} isLive */
  openUnkept(isLive) {
    this.#isKept = false;
    this.#isCounted = true;
    if (!isLive) this.#pause = { cursor: 0, known: new Set() };
    this.#follow(undefined, []);
  }

  /** From now on events that arrive are counted only. */
  pause() {
    if (this.#feed === undefined || this.#pause !== undefined) return;
    this.#pause = { cursor: this.#feed.cursor, known: new Set(this.#feed.recent) };
    this.#waiting = 0;
  }

  /** Takes in what arrived during the pause, and goes on. */
  resume() {
    if (this.#pause === undefined) return;
    if (this.#waiting > MAX_REPLAY && this.#isKept) return this.#events.onStale();
    const { cursor, known } = this.#pause;
    this.#pause = undefined;
    this.#waiting = 0;
    if (!this.#isKept) return this.#takeLive(this.#held.splice(0));
    this.#feed?.close();
    this.#follow(cursor, known);
  }

  /** Connects now instead of after a while. */
  hurry() {
    this.#feed?.hurry();
  }

  /**
   * Finds where an event stands, and loads it.
   *
   * @param {import("./view_state.js").EventRef} event
   * @returns {Promise<number | undefined>} Undefined when it is not in the result.
   */
  async locate(event) {
    const inRing = this.#rankInRing(event);
    if (inRing !== undefined) return inRing;
    for (;;) {
      await this.#counted;
      const bucket = this.#index.bucketAt(event.timestamp);
      if (bucket === undefined) return undefined;
      if (bucket.rows !== undefined) return this.#index.rankOf(event);
      await this.#loader.load(bucket);
    }
  }

  close() {
    this.#abort.abort();
    this.#loader.close();
    this.#feed?.close();
  }

  /** @param {import("./view_state.js").EventRef} event @returns {number | undefined} */
  #rankInRing(event) {
    const key = keyOf(event);
    if (!this.#ringKeys.has(key)) return undefined;
    for (let at = this.#ring.size - 1; at >= 0; at--) {
      const row = this.#ring.at(at);
      if (row !== undefined && keyOf(row) === key) return this.#index.total + at;
    }
    return undefined;
  }

  /** @returns {Criteria} */
  #rangeCriteria() {
    const { start, end } = this.#range;
    return {
      ...this.#criteria,
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end: beforeEnd(end) }),
    };
  }

  /** These are all that is stored. @param {readonly EventRow[]} rows */
  #takeAll(rows) {
    const first = rows[0]?.timestamp;
    const last = rows.at(-1)?.timestamp;
    if (first === undefined || last === undefined) {
      return this.#events.onShape({ interval: 1, counts: [] });
    }
    const from = this.#range.start ?? -Infinity;
    const to = nextUp(last);
    const seconds = to - first;
    this.#index.prepend([
      makeBucket({ from, to, start: first, seconds, count: rows.length, rows }),
    ]);
    const interval = shapeInterval(this.#range.start ?? first, this.#range.end ?? last);
    const counts = rows.map(({ timestamp }) => {
      return /** @type {const} */ ([Math.floor(timestamp / interval) * interval, 1]);
    });
    this.#events.onShape({ interval, counts });
  }

  /**
   * The newest are shown as they are; the others are counted.
   *
   * @param {readonly EventRow[]} newest At least one.
   */
  async #countOlder(newest) {
    const oldest = newest[0]?.timestamp ?? 0;
    const last = newest.at(-1)?.timestamp ?? 0;
    const to = nextUp(last);
    // Of those with the least timestamp some may be missing.
    const rows = newest.filter(({ timestamp }) => timestamp > oldest);
    const from = rows.length === 0 ? oldest : nextUp(oldest);
    const seconds = to - from;
    const shown = rows.length === 0
      ? makeBucket({ from, to, start: from, seconds, count: newest.length })
      : makeBucket({ from, to, start: from, seconds, count: rows.length, rows });
    this.#index.prepend([shown]);
    const { interval, counts } = await this.#count(last);
    if (this.#abort.signal.aborted) return;
    const older = bucketsBefore(counts, interval, {
      from: this.#range.start ?? -Infinity,
      to: from,
      later: shown.count,
    });
    if (older.length === 0) shown.from = this.#range.start ?? -Infinity;
    this.#events.onShift(0, this.#index.prepend(older));
    this.#events.onShape({ interval, counts });
    this.#events.onChange();
  }

  /**
   * Counts what is stored, up to a moment.
   *
   * @param {number} last
   * @returns {Promise<Shape>}
   */
  async #count(last) {
    const { signal } = this.#abort;
    const criteria = this.#rangeCriteria();
    let start = this.#range.start ?? (await fetchCounts({}, {}, signal)).store.oldest ?? last;
    for (let tries = 0;; tries++) {
      const interval = shapeInterval(start, this.#range.end ?? last);
      const asked = { ...criteria, ...(last === 0 ? {} : { end: last }) };
      const { buckets } = await fetchCounts(asked, { interval }, signal);
      const first = buckets[0]?.[0] ?? start;
      const isFilled = last - first >= MIN_FILLED_PART * (last - start);
      if (isFilled || tries === MAX_RECOUNTS || this.#range.start !== undefined) {
        return { interval, counts: buckets };
      }
      start = first;
    }
  }

  /**
   * @param {number | undefined} cursor
   * @param {Iterable<string>} known
   */
  #follow(cursor, known) {
    this.#feed = new LiveFeed(this.#rangeCriteria(), cursor, {
      onRows: (rows) => this.#takeLive(rows),
      onState: this.#events.onFeed,
      onMissed: this.#events.onMissed,
      onOtherStore: this.#events.onStale,
    }, known);
  }

  /** @param {readonly EventRow[]} rows */
  #takeLive(rows) {
    if (this.#pause !== undefined) {
      this.#waiting += rows.length;
      if (!this.#isKept) this.#holdBack(rows);
      return this.#events.onChange();
    }
    if (rows.length === 0) return;
    this.#hold(rows);
    this.#events.onLive(rows);
    this.#events.onChange();
  }

  /** Nobody else has these. @param {readonly EventRow[]} rows */
  #holdBack(rows) {
    this.#held.push(...rows);
    const excess = this.#held.length - RING_ROWS;
    if (excess <= 0) return;
    this.#held.splice(0, excess);
    this.#events.onMissed(excess);
  }

  /** @param {readonly EventRow[]} rows */
  #hold(rows) {
    for (const row of rows) {
      const oldest = this.#ring.push(row);
      this.#ringKeys.add(keyOf(row));
      if (oldest === undefined) continue;
      this.#ringKeys.delete(keyOf(oldest));
      if (!this.#isKept) {
        this.#events.onShift(0, -1);
        this.#events.onForgotten(RING_ROWS);
        continue;
      }
      const rank = this.#index.absorb(oldest);
      if (rank !== undefined) this.#events.onShift(rank, 1, this.#index.total - 1);
    }
  }
}

/** @param {number} start @param {number} end */
function shapeInterval(start, end) {
  return niceInterval(Math.max(end - start, 1e-3), SHAPE_BARS) / SHAPE_PARTS;
}

/**
 * Buckets up to where the loaded events begin.
 *
 * @param {Shape["counts"]} counts Of all, the loaded ones included.
 * @param {number} interval
 * @param {{from: number, to: number, later: number}} whole `later`: how many are loaded.
 */
function bucketsBefore(counts, interval, { from, to, later }) {
  const older = counts.filter(([start]) => start < to);
  const after = counts.slice(older.length).reduce((sum, [, count]) => sum + count, 0);
  const buckets = bucketsOfCounts(older, interval, { from, to });
  const last = buckets.at(-1);
  if (last !== undefined) {
    last.count = Math.max(0, last.count - Math.max(0, later - after));
    last.seconds = Math.min(last.seconds, to - last.start);
  }
  return buckets;
}
