import { fetchCounts, isPassing } from "./api.js";
import { bucketsOfCounts } from "./bucket.js";
import { niceInterval } from "./interval.js";

/** @typedef {import("./criteria.js").Criteria} Criteria */
/** @typedef {{start: number | undefined, end: number | undefined}} Ends */

/**
 * Counts by stretch of time, as many as a chart needs and more.
 *
 * @typedef {{interval: number, counts: readonly (readonly [start: number, count: number])[]}} Shape
 */

/** Counts of a chart: it has a tenth as many bars. */
const SHAPE_BARS = 100;
const SHAPE_PARTS = 10;

/** When the events lie so close together in the range, they are counted again more finely. */
const MIN_FILLED_PART = 0.2;

/** So often at most: each time the range gets a fifth as long or shorter. */
const MAX_RECOUNTS = 4;

/** How long after a failure it is counted again. */
const RETRY_MS = 1000;

/**
 * Counts what is stored, up to a moment, and again until the collector answers.
 *
 * @param {Criteria} criteria With the range.
 * @param {Ends} range
 * @param {number} last
 * @param {AbortSignal} signal
 * @param {(error: unknown) => void} onFailure
 * @returns {Promise<Shape>}
 */
export async function countPatiently(criteria, range, last, signal, onFailure) {
  for (;;) {
    try {
      const shape = await countShape(criteria, range, last, signal);
      signal.throwIfAborted();
      return shape;
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      onFailure(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      signal.throwIfAborted();
    }
  }
}

/**
 * Counts what is stored, up to a moment.
 *
 * @param {Criteria} criteria With the range.
 * @param {Ends} range
 * @param {number} last
 * @param {AbortSignal} signal
 * @returns {Promise<Shape>}
 */
async function countShape(criteria, range, last, signal) {
  let start = range.start ?? (await fetchCounts({}, {}, signal)).store.oldest ?? last;
  for (let tries = 0;; tries++) {
    const interval = shapeInterval(start, range.end ?? last);
    const asked = { ...criteria, ...(last === 0 ? {} : { end: last }) };
    const { buckets } = await fetchCounts(asked, { interval }, signal);
    const first = buckets[0]?.[0] ?? start;
    const isFilled = last - first >= MIN_FILLED_PART * (last - start);
    if (isFilled || tries === MAX_RECOUNTS || range.start !== undefined) {
      return { interval, counts: buckets };
    }
    start = first;
  }
}

/**
 * Counts events that are all there.
 *
 * @param {readonly {timestamp: number}[]} rows In the order of time.
 * @param {Ends} range
 * @returns {Shape}
 */
export function shapeOfRows(rows, { start, end }) {
  const first = rows[0]?.timestamp ?? 0;
  const last = rows.at(-1)?.timestamp ?? 0;
  const interval = shapeInterval(start ?? first, end ?? last);
  const counts = rows.map(({ timestamp }) => {
    return /** @type {const} */ ([Math.floor(timestamp / interval) * interval, 1]);
  });
  return { interval, counts };
}

/**
 * Buckets up to where the loaded events begin.
 *
 * @param {Shape} shape Of all, the loaded ones included.
 * @param {{from: number, to: number, later: number}} whole `later`: how many are loaded.
 */
export function bucketsBefore({ interval, counts }, { from, to, later }) {
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

/** @param {number} start @param {number} end */
function shapeInterval(start, end) {
  return niceInterval(Math.max(end - start, 1e-3), SHAPE_BARS) / SHAPE_PARTS;
}
