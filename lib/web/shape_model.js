import { niceInterval } from "./interval.js";

/** @typedef {import("./result_shape.js").Shape} Shape */

/**
 * A bar of the chart: a stretch of time and how many events it has.
 *
 * @typedef {{readonly start: number, readonly end: number, readonly count: number}} Bar
 */

/** More counts than this are put together: a page that is left open must not grow. */
const MAX_COUNTS = 20_000;

/** How much coarser the counts get then. */
const COARSER = 10;

/** Counts by stretch of time that grow as events arrive, and the bars of a chart made of them. */
export class ShapeModel {
  #interval = 0.1;
  /** By the number of the stretch. @type {Map<number, number>} */
  #counts = new Map();
  #first = Infinity;
  #last = -Infinity;

  /** Takes in the counts of what is stored, besides what arrived meanwhile. @param {Shape} shape */
  add({ interval, counts }) {
    const before = [...this.#counts].map(([at, count]) => {
      return /** @type {const} */ ([at * this.#interval, count]);
    });
    this.#interval = interval;
    this.#counts.clear();
    this.#first = Infinity;
    this.#last = -Infinity;
    for (const [start, count] of [...before, ...counts]) this.#count(start, count);
  }

  /** Counts an event that arrived. @param {number} timestamp */
  count(timestamp) {
    this.#count(timestamp, 1);
    if (this.#counts.size > MAX_COUNTS) {
      this.add({ interval: this.#interval * COARSER, counts: [] });
    }
  }

  /**
   * From the first event, as far as is known, to behind the last one; undefined when there are none.
   *
   * @returns {{start: number, end: number} | undefined}
   */
  get extent() {
    if (this.#counts.size === 0) return undefined;
    const end = (Math.floor(this.#last / this.#interval + 1e-9) + 1) * this.#interval;
    return { start: this.#first, end };
  }

  /**
   * Bars side by side over a stretch of time.
   *
   * @param {number} start
   * @param {number} end
   * @param {number} most At most that many, or one more.
   * @returns {Bar[]}
   */
  bars(start, end, most) {
    const parts = this.#partsOfBar(end - start, most);
    const width = parts * this.#interval;
    const first = Math.floor(start / width + 1e-9);
    const last = Math.max(first, Math.ceil(end / width - 1e-9) - 1);
    const counts = new Float64Array(Math.min(last - first + 1, 2 * most));
    for (const [at, count] of this.#counts) {
      const index = Math.floor(at / parts) - first;
      if (index >= 0 && index < counts.length) counts[index] = (counts[index] ?? 0) + count;
    }
    return [...counts].map((count, index) => {
      return { start: (first + index) * width, end: (first + index + 1) * width, count };
    });
  }

  /** How many counts make a bar that is easy to read off. @param {number} span @param {number} most */
  #partsOfBar(span, most) {
    const exact = Math.max(1, Math.round(niceInterval(span, most) / this.#interval));
    const enough = Math.ceil(span / most / this.#interval - 1e-9);
    return Math.max(exact, enough);
  }

  /** @param {number} timestamp @param {number} count */
  #count(timestamp, count) {
    const at = Math.floor(timestamp / this.#interval + 1e-9);
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + count);
    if (timestamp < this.#first) this.#first = timestamp;
    if (timestamp > this.#last) this.#last = timestamp;
  }
}
