import { fetchCounts, fetchRows, isPassing } from "./api.js";
import { beforeEnd } from "./criteria.js";
import { bucketsOfCounts } from "./bucket.js";

/** @typedef {import("./criteria.js").Criteria} Criteria */
/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./bucket.js").Bucket} Bucket */

/** More events than this are not loaded at once: their bucket is divided before. */
const MAX_BUCKET_ROWS = 2000;

/** What the parts of a divided bucket should have. */
const PART_ROWS = 500;

/** The most parts a bucket is divided into at once. */
const MAX_PARTS = 1000;

/** Of events with the same timestamp, which cannot be divided by time, that many are shown. */
const MAX_TIES = 10_000;

/** Rows held in memory beside those on the screen: some 40 MB. */
const MAX_LOADED_ROWS = 40_000;

/** Requests under way at a time. */
const MAX_LOADING = 2;

/** How long the list must rest on a place before it is loaded: not while somebody scrolls past. */
const REST_MS = 60;

/** How long after a failure it is tried again. */
const RETRY_MS = 1000;

/**
 * What a loader works with.
 *
 * @typedef {object} LoaderParts
 * @property {import("./result_index.js").ResultIndex} index
 * @property {Criteria} criteria Without range.
 * @property {(row: EventRow) => boolean} isElsewhere Whether the list has an event in another place.
 * @property {() => void} onChange
 * @property {(rank: number, difference: number) => void} onShift Rows from a rank on moved.
 * @property {(error: unknown, willRetry: boolean) => void} onError
 */

/** Loads the events of those buckets of an index that are looked at. */
export class ResultLoader {
  #parts;
  /** @type {Map<Bucket, {abort: AbortController, done: Promise<void>}>} */
  #loading = new Map();
  /** @type {ReadonlySet<Bucket>} */
  #wanted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isClosed = false;

  /** @param {LoaderParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * Says which ranks are looked at; the others need not be loaded any more.
   *
   * @param {number} first
   * @param {number} last
   */
  want(first, last) {
    const wanted = this.#missing(first, last);
    const isSame = wanted.size === this.#wanted.size &&
      [...wanted].every((b) => this.#wanted.has(b));
    if (isSame) return;
    this.#wanted = wanted;
    for (const [bucket, { abort }] of this.#loading) if (!wanted.has(bucket)) abort.abort();
    this.#startAfter(REST_MS);
  }

  /**
   * Loads a bucket now, whether or not it is looked at.
   *
   * @param {Bucket} bucket
   * @returns {Promise<void>} Resolves when it is loaded or divided.
   */
  async load(bucket) {
    const under = this.#loading.get(bucket);
    if (under !== undefined) return await under.done;
    const abort = new AbortController();
    const done = this.#loadOnce(bucket, abort.signal).finally(() => this.#loading.delete(bucket));
    this.#loading.set(bucket, { abort, done });
    await done;
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { abort } of this.#loading.values()) abort.abort();
  }

  /** @param {number} first @param {number} last @returns {Set<Bucket>} */
  #missing(first, last) {
    const { index } = this.#parts;
    /** @type {Set<Bucket>} */
    const missing = new Set();
    for (let rank = Math.max(0, first); rank <= last;) {
      const found = index.find(rank);
      if (found === undefined) break;
      if (found.bucket.rows === undefined) missing.add(found.bucket);
      rank = found.offset + Math.max(1, found.bucket.count);
    }
    return missing;
  }

  /** @param {number} ms */
  #startAfter(ms) {
    clearTimeout(this.#timer);
    if (this.#isClosed || this.#wanted.size === 0) return;
    this.#timer = setTimeout(() => this.#start(), ms);
  }

  #start() {
    for (const bucket of this.#wanted) {
      if (this.#loading.size >= MAX_LOADING) return;
      if (this.#loading.has(bucket) || bucket.rows !== undefined) continue;
      this.load(bucket).then(
        () => this.#startAfter(0),
        (error) => this.#failed(error),
      );
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    if (this.#isClosed) return;
    if (error instanceof DOMException && error.name === "AbortError") return this.#startAfter(0);
    const willRetry = isPassing(error);
    this.#parts.onError(error, willRetry);
    if (willRetry) this.#startAfter(RETRY_MS);
  }

  /** @param {Bucket} bucket @param {AbortSignal} signal */
  async #loadOnce(bucket, signal) {
    const { index, onChange, onShift } = this.#parts;
    const isDivisible = bucket.count > MAX_BUCKET_ROWS && !isOneMoment(bucket);
    const criteria = { ...this.#parts.criteria, ...bounds(bucket) };
    const parts = isDivisible ? await divide(bucket, criteria, signal) : [];
    const rows = isDivisible ? [] : await this.#fetch(bucket, criteria, signal);
    signal.throwIfAborted();
    if (!index.has(bucket)) return;
    const rank = index.offsetOf(bucket);
    const before = bucket.count;
    const difference = parts.length > 0 ? index.split(bucket, parts) : index.fill(bucket, rows);
    index.trim(MAX_LOADED_ROWS);
    if (difference !== 0) onShift(rank + before, difference);
    onChange();
  }

  /** @param {Bucket} bucket @param {Criteria} criteria @param {AbortSignal} signal */
  async #fetch(bucket, criteria, signal) {
    const { isElsewhere } = this.#parts;
    const { rows } = await fetchRows({ ...criteria, order: "asc", limit: MAX_TIES }, signal);
    const own = rows.filter((row) => !isElsewhere(row));
    const hidden = rows.length === MAX_TIES ? bucket.count - MAX_TIES : 0;
    if (hidden <= 0) return own;
    return [...own, { note: `${hidden} more events of this very moment are not shown` }];
  }
}

/** @param {Bucket} bucket @param {Criteria} criteria @param {AbortSignal} signal */
async function divide(bucket, criteria, signal) {
  const parts = Math.min(MAX_PARTS, Math.ceil(bucket.count / PART_ROWS));
  const interval = bucket.seconds / parts;
  const { buckets } = await fetchCounts(criteria, { interval }, signal);
  return bucketsOfCounts(buckets, interval, bucket);
}

/** Whether time cannot be divided any further. @param {Bucket} bucket @returns {boolean} */
function isOneMoment({ start, seconds }) {
  return start + seconds / 16 === start || seconds < 1e-7;
}

/** @param {Bucket} bucket @returns {Criteria} */
function bounds({ from, to }) {
  return {
    ...(Number.isFinite(from) ? { start: from } : {}),
    ...(Number.isFinite(to) ? { end: beforeEnd(to) } : {}),
  };
}
