import type { RawEvent } from "../../event/raw_event.ts";
import type { EventWindow } from "./event_window.ts";

/** How many rows an event takes. */
export type RowCount = (event: RawEvent) => number;

/** An event on the screen. */
export interface ShownEvent {
  /** Its place in the window. */
  readonly index: number;
  /** Its first row of the list. */
  readonly row: number;
  /** How many it takes, as far as they are on the screen. */
  readonly rows: number;
}

/** The rows of the screen that a list has: which events fit into them. */
export class ListRows {
  readonly #window: EventWindow;
  #count = 1;
  #rowCount: RowCount = () => 1;

  constructor(window: EventWindow) {
    this.#window = window;
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Says how much room there is, and how much an event needs. */
  resize(count: number, rowCount: RowCount): void {
    this.#count = Math.max(1, count);
    this.#rowCount = rowCount;
  }

  /** The events from a place on that are shown, and their rows. */
  *shown(top: number): Generator<ShownEvent> {
    let row = 0;
    for (let index = top; index < this.#window.length && row < this.#count; index++) {
      const rows = Math.min(this.#height(index), this.#count - row);
      yield { index, row, rows };
      row += rows;
    }
  }

  /** The first event that is shown when the last one stands in the last row. */
  topForEnd(): number {
    return this.topFor(this.#window.length - 1);
  }

  /** The first event that is shown when this one is the last. */
  topFor(index: number): number {
    let rows = this.#height(index);
    let top = Math.max(0, index);
    while (top > 0) {
      rows += this.#height(top - 1);
      if (rows > this.#count) break;
      top--;
    }
    return top;
  }

  /** The last event that is shown as a whole when this one is the first. */
  lastFor(top: number): number {
    let rows = 0;
    let index = top;
    for (; index < this.#window.length; index++) {
      rows += this.#height(index);
      if (rows > this.#count) break;
    }
    return Math.max(top, index - 1);
  }

  #height(index: number): number {
    const event = this.#window.at(index);
    return event === undefined ? 1 : Math.max(1, Math.min(this.#count, this.#rowCount(event)));
  }
}
