/**
 * Knows since when there is something in a file that is not read, at the cost of four numbers.
 *
 * What was written between two looks counts as written at the time of the last change that the second
 * one saw; of what came while something else waited the oldest counts for all.
 *
 * @example
 * ```ts
 * import { LagClock } from "./lag_clock.ts";
 * import assert from "node:assert/strict";
 *
 * const clock = new LagClock();
 * clock.saw(100, 0, 5000);
 * clock.saw(150, 0, 6000);
 * assert.equal(clock.since(0), 5000);
 * assert.equal(clock.since(100), 6000);
 * assert.equal(clock.since(150), undefined);
 * ```
 */
export class LagClock {
  #size = 0;
  /** Bytes before `#end` are there since `#since`, those behind it since `#laterSince`. */
  #end = 0;
  #since = 0;
  #laterSince = 0;

  /** How many bytes there were at the last look. */
  get size(): number {
    return this.#size;
  }

  /**
   * The file was looked at.
   *
   * @param size Bytes in it.
   * @param offset How far it is read.
   * @param changedAt Milliseconds since 1970 of its last change.
   */
  saw(size: number, offset: number, changedAt: number): void {
    if (size < this.#size || this.since(offset) === undefined) {
      this.#end = size;
      this.#since = changedAt;
    } else if (size > this.#size && this.#size === this.#end) {
      this.#laterSince = changedAt;
    }
    this.#size = size;
  }

  /** Since when the byte at an offset, to which the file is read, is there; undefined when it is not. */
  since(offset: number): number | undefined {
    if (offset >= this.#size) return undefined;
    if (offset >= this.#end) {
      this.#end = this.#size;
      this.#since = this.#laterSince;
    }
    return this.#since;
  }
}
