import { LiveFeed } from "./live_feed.js";
import { TAIL_ROWS } from "./live_tail.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/**
 * What a following tells.
 *
 * @typedef {object} FollowingEvents
 * @property {(rows: readonly EventRow[]) => void} onRows Events that arrived.
 * @property {() => void} onWaiting More of them wait for the end of the pause.
 * @property {(state: import("./live_feed.js").FeedState) => void} onFeed
 * @property {(count: number) => void} onMissed Events passed by and cannot be had.
 * @property {() => void} onStale All must be asked for anew.
 */

/** When more events arrived during a pause, asking anew shows the newest sooner than replaying them all. */
const MAX_REPLAY = 10_000;

/**
 * Follows events that arrive, with pauses. What arrives during one is asked for when it ends, of a
 * collector that keeps events, and held back otherwise.
 */
export class Following {
  #criteria;
  #events;
  /** @type {LiveFeed | undefined} */
  #feed;
  #isKept = true;
  /** Where a pause began. @type {{cursor: number | undefined, known: ReadonlySet<string>} | undefined} */
  #pause;
  /** What arrived during the pause, where nobody else has it. @type {EventRow[]} */
  #held = [];
  #waiting = 0;

  /** @param {import("./criteria.js").Criteria} criteria @param {FollowingEvents} events */
  constructor(criteria, events) {
    this.#criteria = criteria;
    this.#events = events;
  }

  /** Events that arrived during the pause. */
  get waiting() {
    return this.#waiting;
  }

  /**
   * Begins with what arrived after a cursor.
   *
   * @param {number} cursor
   * @param {ReadonlySet<string>} known Keys of events after it that are not wanted.
   * @param {boolean} isLive Without a pause.
   */
  start(cursor, known, isLive) {
    if (!isLive) this.#pause = { cursor, known };
    this.#follow(cursor, known);
  }

  /** Begins with what arrives now, of a collector that keeps nothing. @param {boolean} isLive */
  startUnkept(isLive) {
    this.#isKept = false;
    if (!isLive) this.#pause = { cursor: undefined, known: new Set() };
    this.#follow(undefined, []);
  }

  /** From now on events that arrive are counted only. */
  pause() {
    if (this.#feed === undefined || this.#pause !== undefined) return;
    this.#pause = { cursor: this.#feed.cursor, known: new Set(this.#feed.recent) };
    this.#waiting = 0;
  }

  /** Hands on what arrived during the pause, and goes on. */
  resume() {
    if (this.#pause === undefined) return;
    if (this.#waiting > MAX_REPLAY && this.#isKept) return this.#events.onStale();
    const { cursor, known } = this.#pause;
    this.#pause = undefined;
    this.#waiting = 0;
    if (!this.#isKept) return this.#take(this.#held.splice(0));
    this.#feed?.close();
    this.#follow(cursor, known);
  }

  /** Connects now instead of after a while. */
  hurry() {
    this.#feed?.hurry();
  }

  close() {
    this.#feed?.close();
  }

  /** @param {number | undefined} cursor @param {Iterable<string>} known */
  #follow(cursor, known) {
    this.#feed = new LiveFeed(this.#criteria, cursor, {
      onRows: (rows) => this.#take(rows),
      onState: this.#events.onFeed,
      onMissed: this.#events.onMissed,
      onStale: this.#events.onStale,
    }, known);
  }

  /** @param {readonly EventRow[]} rows */
  #take(rows) {
    if (this.#pause === undefined) {
      if (rows.length > 0) this.#events.onRows(rows);
      return;
    }
    this.#waiting += rows.length;
    if (!this.#isKept) this.#holdBack(rows);
    this.#events.onWaiting();
  }

  /** @param {readonly EventRow[]} rows */
  #holdBack(rows) {
    this.#held.push(...rows);
    const excess = this.#held.length - TAIL_ROWS;
    if (excess <= 0) return;
    this.#held.splice(0, excess);
    this.#events.onMissed(excess);
  }
}
