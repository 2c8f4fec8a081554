import { cellAt } from "./cell_text.ts";
import { PLAIN, type Style } from "./style.ts";

/** A place on a screen, from 0. */
export interface ScreenPlace {
  readonly row: number;
  readonly column: number;
}

/** The size of a screen in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

const BLANK = " ";

/** The second column of a wide character. */
const COVERED = "";

/**
 * What a screen shows: a character and a style for each cell. A wide character takes two cells.
 *
 * Everything is clipped to the screen, and nothing that a terminal obeys gets into a cell.
 */
export class CellGrid {
  readonly columns: number;
  readonly rows: number;
  readonly #texts: string[];
  readonly #styles: Uint16Array;
  /** Where the cursor is shown; undefined hides it. */
  cursor: ScreenPlace | undefined;

  /** A blank screen. */
  constructor({ columns, rows }: ScreenSize) {
    this.columns = columns;
    this.rows = rows;
    this.#texts = new Array(columns * rows).fill(BLANK);
    this.#styles = new Uint16Array(columns * rows);
  }

  /** The character of a cell; nothing where the one before it covers two. */
  textAt(row: number, column: number): string {
    return this.#texts[row * this.columns + column] ?? BLANK;
  }

  /** The style of a cell. */
  styleAt(row: number, column: number): Style {
    return this.#styles[row * this.columns + column] ?? PLAIN;
  }

  /**
   * Writes a text into a row.
   *
   * @param limit The first column that it may not reach. @default {the end of the row}
   * @returns The column after what was written.
   */
  put(
    row: number,
    column: number,
    text: string,
    style: Style = PLAIN,
    limit: number = this.columns,
  ): number {
    if (row < 0 || row >= this.rows) return column;
    const end = Math.min(limit, this.columns);
    let at = column;
    for (let i = 0; i < text.length && at < end;) {
      const code = text.charCodeAt(i);
      const next = text.charCodeAt(i + 1);
      // Most text is this, and needs no object for each character.
      if (code >= 0x20 && code < 0x7f && (next < 0x300 || i + 1 === text.length)) {
        if (at >= 0) this.#set(row, at, text[i] ?? BLANK, 1, style);
        at++;
        i++;
        continue;
      }
      const cell = cellAt(text, i);
      i = cell.end;
      if (at < 0) {
        at += cell.width;
        continue;
      }
      // Half of a wide character cannot be shown.
      if (at + cell.width > end) return this.fill(row, at, end - at, style) + at;
      this.#set(row, at, cell.text, cell.width, style);
      at += cell.width;
    }
    return at;
  }

  /** Makes cells of a row blank, in a style; gives how many. */
  fill(row: number, column: number, width: number, style: Style = PLAIN, text = BLANK): number {
    const end = Math.min(column + width, this.columns);
    for (let at = Math.max(0, column); at < end; at++) this.#set(row, at, text, 1, style);
    return Math.max(0, end - column);
  }

  /** Changes the style of cells of a row, keeping their text. */
  restyle(row: number, column: number, width: number, change: (style: Style) => Style): void {
    const end = Math.min(column + width, this.columns);
    for (let at = Math.max(0, column); at < end; at++) {
      const place = row * this.columns + at;
      this.#styles[place] = change(this.#styles[place] ?? PLAIN);
    }
  }

  /** The text of a row without the blanks at its end. */
  rowText(row: number): string {
    const start = row * this.columns;
    return this.#texts.slice(start, start + this.columns).join("").trimEnd();
  }

  #set(row: number, column: number, text: string, width: 1 | 2, style: Style): void {
    const place = row * this.columns + column;
    // Half of a wide character that is written over is nothing any more.
    if (this.#texts[place] === COVERED) this.#texts[place - 1] = BLANK;
    const after = column + width;
    if (after < this.columns && this.#texts[place + width] === COVERED) {
      this.#texts[place + width] = BLANK;
    }
    this.#texts[place] = text;
    this.#styles[place] = style;
    if (width === 1) return;
    this.#texts[place + 1] = COVERED;
    this.#styles[place + 1] = style;
  }
}
