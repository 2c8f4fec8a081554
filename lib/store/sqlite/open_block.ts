import type { Cursor } from "../../event/criteria.ts";
import type { Block } from "./block.ts";
import type { StoredEvent } from "./stored_event.ts";

const NO_LIMITS = { events: Infinity, bytes: Infinity };

/**
 * A block of which a scan hands out the events that were found, bit by bit: as long as they are numbers of
 * rows they cost next to nothing.
 */
export class OpenBlock implements Disposable {
  readonly #block: Block;
  readonly #rows: readonly number[];
  #at = 0;

  /**
   * @param block With all that its events need, as it is not read any more; belongs to this object now.
   * @param rows In the order in which they are taken.
   */
  constructor(block: Block, rows: readonly number[]) {
    this.#block = block;
    this.#rows = rows;
  }

  /**
   * Takes the next events while a condition holds.
   *
   * @param limits So many at most, and none after so many bytes.
   */
  takeWhile(
    holds: (timestamp: number, arrival: Cursor) => boolean,
    limits: { readonly events: number; readonly bytes: number } = NO_LIMITS,
  ): StoredEvent[] {
    const first = this.#at;
    let bytes = 0;
    while (
      this.#at < this.#rows.length && this.#at - first < limits.events && bytes < limits.bytes
    ) {
      const row = this.#rows[this.#at] ?? 0;
      if (!holds(this.#block.timestamp(row), this.#block.arrival(row))) break;
      bytes += this.#block.eventBytes(row);
      this.#at++;
    }
    return this.#block.events(this.#rows.slice(first, this.#at));
  }

  [Symbol.dispose](): void {
    this.#block[Symbol.dispose]();
  }
}
