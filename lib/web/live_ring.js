/**
 * The newest of a row of things; the oldest leave when there are too many.
 *
 * @template T
 */
export class LiveRing {
  /** @type {(T | undefined)[]} */
  #items;
  #first = 0;
  #size = 0;

  /** @param {number} capacity */
  constructor(capacity) {
    this.#items = new Array(capacity).fill(undefined);
  }

  /** How many there are. */
  get size() {
    return this.#size;
  }

  /**
   * Adds one behind the others.
   *
   * @param {T} item
   * @returns {T | undefined} The oldest, when it had to leave.
   */
  push(item) {
    const capacity = this.#items.length;
    if (this.#size < capacity) {
      this.#items[(this.#first + this.#size++) % capacity] = item;
      return undefined;
    }
    const oldest = this.#items[this.#first];
    this.#items[this.#first] = item;
    this.#first = (this.#first + 1) % capacity;
    return oldest;
  }

  /** @param {number} index 0 is the oldest. @returns {T | undefined} */
  at(index) {
    if (index < 0 || index >= this.#size) return undefined;
    return this.#items[(this.#first + index) % this.#items.length];
  }
}
