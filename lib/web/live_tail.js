import { keyOf } from "./event_row.js";
import { LiveRing } from "./live_ring.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */
/** @typedef {import("./view_state.js").EventRef} EventRef */

/** Events that arrived and are held: some seconds of a busy collector, some 10 MB. */
export const TAIL_ROWS = 20_000;

/** The events that arrived last, as they arrived. */
export class LiveTail {
  /** @type {LiveRing<EventRow>} */
  #ring = new LiveRing(TAIL_ROWS);
  /** @type {Set<string>} */
  #keys = new Set();

  /** How many are held. */
  get size() {
    return this.#ring.size;
  }

  /** @param {EventRow} row @returns {EventRow | undefined} The oldest, when it had to leave. */
  push(row) {
    this.#keys.add(keyOf(row));
    const oldest = this.#ring.push(row);
    if (oldest !== undefined) this.#keys.delete(keyOf(oldest));
    return oldest;
  }

  /** @param {number} index 0 is the oldest. @returns {EventRow | undefined} */
  at(index) {
    return this.#ring.at(index);
  }

  /** @param {EventRef} event @returns {boolean} */
  has(event) {
    return this.#keys.has(keyOf(event));
  }

  /** @param {EventRef} event @returns {number} -1 when it is not held. */
  indexOf(event) {
    if (!this.has(event)) return -1;
    const { id, timestamp } = event;
    for (let at = this.#ring.size - 1; at >= 0; at--) {
      const row = this.#ring.at(at);
      if (row?.id === id && row.timestamp === timestamp) return at;
    }
    return -1;
  }
}
