import { fetchRows } from "./api.js";
import { bucketOfAll, bucketOfNewest } from "./bucket.js";
import { beforeEnd } from "./criteria.js";
import { keyOf } from "./event_row.js";
import { Following } from "./following.js";
import { LiveTail, TAIL_ROWS } from "./live_tail.js";
import { ResultIndex } from "./result_index.js";
import { ResultLoader } from "./result_loader.js";
import { bucketsBefore, countPatiently, shapeOfRows } from "./result_shape.js";

/** @typedef {import("./criteria.js").Criteria} Criteria */
/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./bucket.js").NoteRow} NoteRow */
/** @typedef {import("./live_feed.js").FeedState} FeedState */
/** @typedef {import("./result_shape.js").Shape} Shape */

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

/**
 * The events that match some criteria, the oldest first: those that are stored, of which only the
 * looked at are loaded, and behind them those that arrive.
 */
export class Result {
  #criteria;
  #range;
  #events;
  #index = new ResultIndex();
  #tail = new LiveTail();
  #loader;
  #following;
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
      isElsewhere: (row) => this.#tail.has(row),
      onChange: () => {
        events.onWorking();
        events.onChange();
      },
      onShift: events.onShift,
      onError: events.onError,
    });
    this.#following = new Following(this.#rangeCriteria(), {
      onRows: (rows) => this.#take(rows),
      onWaiting: events.onChange,
      onFeed: events.onFeed,
      onMissed: events.onMissed,
      onStale: events.onStale,
    });
  }

  /** How many events there are. */
  get total() {
    return this.#index.total + this.#tail.size;
  }

  /** Events that arrived during the pause. */
  get waiting() {
    return this.#following.waiting;
  }

  /** Whether it is known what is stored. */
  get isCounted() {
    return this.#isCounted;
  }

  /** When the first event was, as far as is known. @returns {number | undefined} */
  get firstTimestamp() {
    return this.#index.buckets[0]?.start ?? this.#tail.at(0)?.timestamp;
  }

  /**
   * @param {number} rank 0 is the oldest.
   * @returns {EventRow | NoteRow | undefined} Undefined when it is not loaded.
   */
  rowAt(rank) {
    const stored = this.#index.total;
    return rank < stored ? this.#index.rowAt(rank) : this.#tail.at(rank - stored);
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
    if (this.#range.end === undefined) this.#following.start(newest.cursor, known, isLive);
  }

  /** Follows what arrives, of a collector that keeps nothing. @param {boolean} isLive */
  openUnkept(isLive) {
    this.#isKept = false;
    this.#isCounted = true;
    this.#following.startUnkept(isLive);
  }

  /** From now on events that arrive are counted only. */
  pause() {
    this.#following.pause();
  }

  /** Takes in what arrived during the pause, and goes on. */
  resume() {
    this.#following.resume();
  }

  /** Connects now instead of after a while. */
  hurry() {
    this.#following.hurry();
  }

  /**
   * Finds where an event stands, and loads it.
   *
   * @param {import("./view_state.js").EventRef} event
   * @returns {Promise<number | undefined>} Undefined when it is not in the result.
   */
  async locate(event) {
    const inTail = this.#tail.indexOf(event);
    if (inTail !== -1) return this.#index.total + inTail;
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
    this.#following.close();
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
    if (rows.length === 0) return this.#events.onShape({ interval: 1, counts: [] });
    this.#index.prepend([bucketOfAll(rows, this.#range.start ?? -Infinity)]);
    this.#events.onShape(shapeOfRows(rows, this.#range));
  }

  /**
   * The newest are shown as they are; the others are counted.
   *
   * @param {readonly EventRow[]} newest At least one.
   */
  async #countOlder(newest) {
    const shown = bucketOfNewest(newest);
    const { from } = shown;
    const last = newest.at(-1)?.timestamp ?? 0;
    this.#index.prepend([shown]);
    const { signal } = this.#abort;
    const shape = await countPatiently(
      this.#rangeCriteria(),
      this.#range,
      last,
      signal,
      (error) => {
        this.#events.onError(error, true);
      },
    );
    this.#events.onWorking();
    const begin = this.#range.start ?? -Infinity;
    const older = bucketsBefore(shape, { from: begin, to: from, later: shown.count });
    // Events that came late may have made it begin earlier.
    shown.from = older.length === 0 ? begin : from;
    this.#events.onShift(0, this.#index.prepend(older));
    this.#events.onShape(shape);
    this.#events.onChange();
  }

  /** Events that arrived. @param {readonly EventRow[]} rows */
  #take(rows) {
    for (const row of rows) {
      const oldest = this.#tail.push(row);
      if (oldest === undefined) continue;
      if (!this.#isKept) {
        this.#events.onShift(0, -1);
        this.#events.onForgotten(TAIL_ROWS);
        continue;
      }
      const rank = this.#index.absorb(oldest);
      if (rank !== undefined) this.#events.onShift(rank, 1, this.#index.total - 1);
    }
    this.#events.onLive(rows);
    this.#events.onChange();
  }
}
