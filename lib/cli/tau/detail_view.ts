import type { RawEvent } from "../../event/raw_event.ts";
import { DetailRows } from "./detail_rows.ts";

/** An expanded event, and which part of it is shown. */
export class DetailView {
  readonly event: RawEvent;
  isRaw = false;
  #isWrapped = true;
  #top = 0;
  #shift = 0;
  #rows = 1;
  #columns = 80;
  #lines: DetailRows | undefined;

  constructor(event: RawEvent) {
    this.event = event;
  }

  /** The row that is shown first. */
  get top(): number {
    return this.#top;
  }

  /** Columns that long lines are moved to the left. */
  get shift(): number {
    return this.#shift;
  }

  /** Its rows. */
  get lines(): DetailRows {
    const { isRaw } = this;
    return this.#lines ??= new DetailRows(this.event, {
      columns: this.#columns,
      isWrapped: this.#isWrapped,
      isRaw,
    });
  }

  /** Says how much room there is. */
  resize(columns: number, rows: number): void {
    this.#rows = rows;
    if (columns === this.#columns) return;
    this.#columns = columns;
    this.#lines = undefined;
  }

  /** Moves by rows, as far as there are any. */
  scroll(by: number): void {
    let top = Math.max(0, this.#top + by);
    // All rows are made only when the end is near.
    if (top > 0 && this.lines.at(top + this.#rows - 1) === undefined) {
      top = Math.max(0, Math.min(top, this.lines.length - this.#rows));
    }
    this.#top = top;
  }

  /** Moves by screens. */
  page(by: number): void {
    this.scroll(by * Math.max(1, this.#rows - 1));
  }

  /** Shows the first rows. */
  toStart(): void {
    this.#top = 0;
  }

  /** Shows the last rows. */
  toEnd(): void {
    this.#top = Math.max(0, this.lines.length - this.#rows);
  }

  /** Moves long lines sideways. */
  move(columns: number): void {
    this.#shift = this.#isWrapped ? 0 : Math.max(0, this.#shift + columns);
  }

  /** Wraps long lines, or not. */
  wrap(): void {
    this.#isWrapped = !this.#isWrapped;
    this.#afresh();
  }

  /** Shows the bytes, or the text again. */
  toggleRaw(): void {
    this.isRaw = !this.isRaw;
    this.#afresh();
  }

  #afresh(): void {
    this.#lines = undefined;
    this.#top = this.#shift = 0;
  }
}
