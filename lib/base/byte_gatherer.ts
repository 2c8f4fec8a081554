/** Room made at first. */
const FIRST_BYTES = 4096;

/**
 * Joins byte arrays as they come, however small they are: what is held takes at most about twice its
 * length, where a list of arrays takes a hundred bytes for each.
 *
 * @example
 * ```ts
 * import { ByteGatherer } from "./byte_gatherer.ts";
 * import assert from "node:assert/strict";
 *
 * const gatherer = new ByteGatherer();
 * gatherer.add(new Uint8Array([1, 2]));
 * gatherer.add(new Uint8Array([3]));
 * assert.deepEqual(gatherer.take(), new Uint8Array([1, 2, 3]));
 * assert.equal(gatherer.length, 0);
 * ```
 */
export class ByteGatherer {
  #buffer = new Uint8Array(0);
  #length = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of these bytes. */
  add(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(FIRST_BYTES, 2 * this.#buffer.length, length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  /** All that is held, which nobody else holds; from then on nothing is held. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
    return bytes;
  }
}
