import { fetchRows } from "./api.js";
import { inclusiveEnd } from "./criteria.js";
import { nextDown, nextUp } from "./double.js";
import { keyOf } from "./event_row.js";
import { exactPattern } from "./value_pattern.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/** @typedef {import("./criteria.js").Criteria} Criteria */

/** Events of one moment that are looked through for an event; with more its neighbours may be wrong. */
const MAX_TIES = 5000;

/** Where events of other sources are among those that were found, so many times as many are asked for. */
const GROWTH = 8;

/**
 * The events just before and after one in the order of a result: by timestamp, those of one moment as
 * they arrived.
 *
 * @param {EventRow | import("./event_frames.js").WholeEvent} event
 * @param {{before: number, after: number, sameSource: boolean}} options
 * @param {AbortSignal} signal
 * @returns {Promise<{before: EventRow[], after: EventRow[]}>}
 */
export async function fetchNeighbours(event, { before, after, sameSource }, signal) {
  const { timestamp } = event;
  const search = new SourceSearch(sameSource ? event.source : undefined, signal);
  const [earlier, ties, later] = await Promise.all([
    search.find({ end: inclusiveEnd(nextDown(timestamp)), order: "desc" }, before),
    search.find({ start: timestamp, end: inclusiveEnd(timestamp), order: "asc" }, MAX_TIES),
    search.find({ start: nextUp(timestamp), order: "asc" }, after),
  ]);
  const key = keyOf(event);
  const at = ties.findIndex((row) => keyOf(row) === key);
  const tiesBefore = at === -1 ? [] : ties.slice(0, at);
  const tiesAfter = at === -1 ? [] : ties.slice(at + 1);
  const allBefore = [...earlier.reverse(), ...tiesBefore];
  return {
    before: allBefore.slice(Math.max(0, allBefore.length - before)),
    after: [...tiesAfter, ...later].slice(0, after),
  };
}

/** Finds events of just one source, or of all. */
class SourceSearch {
  #source;
  #signal;
  /** @type {{pattern: string, isExact: boolean} | undefined} */
  #pattern;

  /** @param {string | undefined} source @param {AbortSignal} signal */
  constructor(source, signal) {
    this.#source = source;
    this.#signal = signal;
    this.#pattern = source === undefined ? undefined : exactPattern(source);
  }

  /**
   * The first events that match.
   *
   * @param {Criteria} criteria
   * @param {number} most At most so many.
   * @returns {Promise<EventRow[]>}
   */
  async find(criteria, most) {
    const source = this.#pattern === undefined ? {} : { source: this.#pattern.pattern };
    for (let limit = most;; limit = Math.min(GROWTH * limit, MAX_TIES)) {
      const { rows } = await fetchRows({ ...criteria, ...source, limit }, this.#signal);
      if (this.#pattern === undefined || this.#pattern.isExact) return rows;
      // Other sources have the same long beginning.
      const own = rows.filter((row) => row.source === this.#source).slice(0, most);
      if (own.length === most || rows.length < limit || limit >= MAX_TIES) return own;
    }
  }
}
