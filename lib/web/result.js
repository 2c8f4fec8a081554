import { fetchRows } from "./api.js";
import { makeBucket } from "./bucket.js";
import { beforeEnd } from "./criteria.js";
import { nextUp } from "./double.js";
import { keyOf } from "./event_row.js";
import { LiveFeed } from "./live_feed.js";
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

/** When more events arrived during a pause, asking anew shows the newest sooner than replaying them all. */
const MAX_REPLAY = 10_000;

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
      isElsewhere: (row) => this.#tail.has(row),
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
    return this.#index.total + this.#tail.size;
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
    this.#feed?.close();
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
    this.#events.onShape(shapeOfRows(rows, this.#range));
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

  /**
   * @param {number | undefined} cursor
   * @param {Iterable<string>} known
   */
  #follow(cursor, known) {
    this.#feed = new LiveFeed(this.#rangeCriteria(), cursor, {
      onRows: (rows) => this.#takeLive(rows),
      onState: this.#events.onFeed,
      onMissed: this.#events.onMissed,
      onStale: this.#events.onStale,
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
    const excess = this.#held.length - TAIL_ROWS;
    if (excess <= 0) return;
    this.#held.splice(0, excess);
    this.#events.onMissed(excess);
  }

  /** @param {readonly EventRow[]} rows */
  #hold(rows) {
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
  }
}
