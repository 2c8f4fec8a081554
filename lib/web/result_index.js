import { makeBucket } from "./bucket.js";
import { nextUp } from "./double.js";
import { keyOf } from "./event_row.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./bucket.js").Bucket} Bucket */
/** @typedef {import("./bucket.js").NoteRow} NoteRow */

/** An absorbed event begins a new bucket when the last one has so many: they are loaded together. */
const ABSORB_ROWS = 1000;

/** Or such a part of all: a page that is open for days must not have a bucket for each thousand events. */
const ABSORB_PARTS = 1000;

/**
 * A result of any size of which only the counts are known: where each event stands follows from them,
 * and the events are filled in where somebody looks.
 *
 * The buckets lie side by side, so that every event belongs to exactly one.
 */
export class ResultIndex {
  /** @type {Bucket[]} */
  #buckets;
  /** Rank of the first event of each bucket. */
  #offsets = new Float64Array(0);
  #total = 0;
  #isStale = true;
  #turn = 0;
  #loaded = 0;

  /** @param {readonly Bucket[]} [buckets] Side by side, in the order of time. */
  constructor(buckets = []) {
    this.#buckets = [...buckets];
    for (const { rows } of buckets) this.#loaded += rows?.length ?? 0;
  }

  /** @returns {readonly Bucket[]} */
  get buckets() {
    return this.#buckets;
  }

  /** How many events there are. */
  get total() {
    this.#refresh();
    return this.#total;
  }

  /** How many rows are held. */
  get loaded() {
    return this.#loaded;
  }

  /** Where the last bucket ends, `-Infinity` when there is none. */
  get end() {
    return this.#buckets.at(-1)?.to ?? -Infinity;
  }

  /**
   * The bucket that holds a rank, and the rank of its first event.
   *
   * @param {number} rank
   * @returns {{bucket: Bucket, offset: number} | undefined}
   */
  find(rank) {
    this.#refresh();
    if (!(rank >= 0 && rank < this.#total)) return undefined;
    const at = lastIndex(this.#buckets.length, (index) => (this.#offsets[index] ?? 0) <= rank);
    const bucket = this.#buckets[at];
    return bucket === undefined ? undefined : { bucket, offset: this.#offsets[at] ?? 0 };
  }

  /**
   * @param {number} rank
   * @returns {EventRow | NoteRow | undefined} Undefined when it is not loaded.
   */
  rowAt(rank) {
    const found = this.find(rank);
    if (found?.bucket.rows === undefined) return undefined;
    found.bucket.used = ++this.#turn;
    return found.bucket.rows[rank - found.offset];
  }

  /** The bucket of a moment. @param {number} timestamp @returns {Bucket | undefined} */
  bucketAt(timestamp) {
    const at = lastIndex(this.#buckets.length, (index) => this.#fromOf(index) <= timestamp);
    const bucket = this.#buckets[at];
    return bucket !== undefined && timestamp < bucket.to ? bucket : undefined;
  }

  /** Rank of the first event of a bucket. @param {Bucket} bucket @returns {number} */
  offsetOf(bucket) {
    this.#refresh();
    return this.#offsets[this.#buckets.indexOf(bucket)] ?? 0;
  }

  /** Whether a bucket is part of the index still. @param {Bucket} bucket */
  has(bucket) {
    return this.#buckets.includes(bucket);
  }

  /**
   * Fills in the events of a bucket.
   *
   * @param {Bucket} bucket
   * @param {readonly (EventRow | NoteRow)[]} rows
   * @returns {number} By how many the count was wrong: what follows moves by that.
   */
  fill(bucket, rows) {
    const difference = rows.length - bucket.count;
    this.#loaded += rows.length - (bucket.rows?.length ?? 0);
    bucket.rows = rows;
    bucket.count = rows.length;
    bucket.used = ++this.#turn;
    this.#isStale = true;
    return difference;
  }

  /**
   * Puts smaller buckets in the place of one.
   *
   * @param {Bucket} bucket
   * @param {readonly Bucket[]} parts Together the same stretch of time; at least one.
   * @returns {number} By how many the count was wrong.
   */
  split(bucket, parts) {
    const at = this.#buckets.indexOf(bucket);
    this.#buckets.splice(at, 1, ...parts);
    this.#loaded -= bucket.rows?.length ?? 0;
    let count = -bucket.count;
    for (const part of parts) {
      count += part.count;
      this.#loaded += part.rows?.length ?? 0;
    }
    this.#isStale = true;
    return count;
  }

  /**
   * Puts what is older before all the rest.
   *
   * @param {readonly Bucket[]} older Side by side; the last ends where the first one here begins.
   * @returns {number} By how many all the rest moved.
   */
  prepend(older) {
    this.#buckets.unshift(...older);
    this.#isStale = true;
    return older.reduce((count, bucket) => count + bucket.count, 0);
  }

  /**
   * Takes in an event that was held elsewhere until now: it is counted, and loaded when it is looked at.
   *
   * @param {EventRow} row
   * @returns {number | undefined} The rank from which events moved by one; undefined when none did, as it
   *   is the last.
   */
  absorb(row) {
    this.#isStale = true;
    const { timestamp } = row;
    const last = this.#buckets.at(-1);
    if (timestamp >= this.end) {
      const to = nextUp(timestamp);
      const most = Math.max(ABSORB_ROWS, this.#total / ABSORB_PARTS);
      if (last !== undefined && last.rows === undefined && last.count < most) {
        last.to = to;
        last.seconds = to - last.start;
        last.count++;
      } else {
        const from = this.end;
        const start = Number.isFinite(from) ? from : timestamp;
        this.#buckets.push(makeBucket({ from, to, start, seconds: to - start, count: 1 }));
      }
      return undefined;
    }
    const bucket = this.bucketAt(timestamp) ?? this.#buckets[0];
    if (bucket === undefined) throw new Error("An index with an end has a bucket");
    if (timestamp < bucket.from) bucket.from = timestamp;
    if (timestamp < bucket.start) {
      bucket.seconds += bucket.start - timestamp;
      bucket.start = timestamp;
    }
    bucket.seconds = Math.max(bucket.seconds, timestamp - bucket.start);
    bucket.count++;
    this.unload(bucket);
    return this.offsetOf(bucket);
  }

  /** Forgets the events of a bucket, but not how many they are. @param {Bucket} bucket */
  unload(bucket) {
    this.#loaded -= bucket.rows?.length ?? 0;
    bucket.rows = undefined;
  }

  /**
   * Forgets the events that were looked at longest ago, until at most so many are left.
   *
   * @param {number} most
   */
  trim(most) {
    if (this.#loaded <= most) return;
    const loaded = this.#buckets.filter((bucket) => bucket.rows !== undefined);
    loaded.sort((one, other) => one.used - other.used);
    // The one used last is what the list shows.
    for (const bucket of loaded.slice(0, -2)) {
      if (this.#loaded <= most) return;
      this.unload(bucket);
    }
  }

  /**
   * Rank of an event in a bucket that is loaded.
   *
   * @param {import("./view_state.js").EventRef} event
   * @returns {number | undefined}
   */
  rankOf(event) {
    const bucket = this.bucketAt(event.timestamp);
    const key = keyOf(event);
    const at = bucket?.rows?.findIndex((row) => !("note" in row) && keyOf(row) === key) ?? -1;
    return bucket === undefined || at === -1 ? undefined : this.offsetOf(bucket) + at;
  }

  /** @param {number} index */
  #fromOf(index) {
    return this.#buckets[index]?.from ?? -Infinity;
  }

  #refresh() {
    if (!this.#isStale) return;
    this.#isStale = false;
    if (this.#offsets.length < this.#buckets.length) {
      this.#offsets = new Float64Array(2 * this.#buckets.length);
    }
    this.#total = 0;
    this.#buckets.forEach((bucket, index) => {
      this.#offsets[index] = this.#total;
      this.#total += bucket.count;
    });
  }
}

/**
 * @param {number} length
 * @param {(index: number) => boolean} holds True up to some index, false from there on.
 * @returns {number} The last for which it is true, -1 when there is none.
 */
function lastIndex(length, holds) {
  let low = -1;
  let high = length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
