import { CellGrid } from "./cell_grid.ts";
import { isUncertain } from "./char_width.ts";
import { BEGIN_UPDATE, END_UPDATE, HIDE_CURSOR, moveTo, SHOW_CURSOR } from "./sequences.ts";
import { isBlankPlain, PLAIN, type Style, styleSequence } from "./style.ts";

/** What a terminal can show. */
export interface ScreenAbilities {
  /** Whether colours are wanted. */
  readonly colors: boolean;
  /** Whether it shows other characters than those of ASCII. */
  readonly unicode: boolean;
}

/** Equal cells between two changes that are written again: shorter than a sequence that moves the cursor. */
const MAX_REPEATED = 4;

/** A row whose rest is cleared by a sequence of three bytes when more cells than that become blank. */
const MIN_CLEARED = 8;

/**
 * Turns frames into what a terminal must be sent so that it shows them: only what differs from the frame
 * before.
 */
export class FrameWriter {
  readonly #abilities: ScreenAbilities;
  #shown: CellGrid | undefined;
  #out = "";
  #row = -1;
  #column = -1;
  #style: Style | undefined;
  /** Whether the terminal may have given the character written last another width. */
  #isUnsure = false;

  constructor(abilities: ScreenAbilities) {
    this.#abilities = abilities;
  }

  /** Forgets what is shown: the next frame is written as a whole. */
  reset(): void {
    this.#shown = undefined;
  }

  /** What makes the terminal show this frame; nothing when it does. */
  write(frame: CellGrid): string {
    const shown = this.#shown;
    const isSame = shown !== undefined && shown.columns === frame.columns &&
      shown.rows === frame.rows;
    this.#out = "";
    this.#row = this.#column = -1;
    this.#style = undefined;
    if (!isSame) this.#out += `${styleSequence(PLAIN, true)}\x1b[2J`;
    const before = isSame ? shown : new CellGrid(frame);
    for (let row = 0; row < frame.rows; row++) this.#writeRow(before, frame, row);
    const cells = this.#out;
    this.#out = "";
    this.#writeCursor(isSame ? shown : undefined, frame, cells !== "");
    this.#shown = frame;
    if (cells === "" && this.#out === "") return "";
    const hide = cells === "" ? "" : HIDE_CURSOR;
    return `${BEGIN_UPDATE}${hide}${cells}${this.#out}${END_UPDATE}`;
  }

  #writeRow(before: CellGrid, frame: CellGrid, row: number): void {
    const { columns } = frame;
    const blankFrom = clearedFrom(before, frame, row);
    let column = 0;
    while (column < blankFrom) {
      if (isEqual(before, frame, row, column)) {
        column++;
        continue;
      }
      column = this.#writeRun(before, frame, row, column, blankFrom);
    }
    if (blankFrom >= columns) return;
    this.#goTo(row, blankFrom);
    this.#setStyle(PLAIN);
    this.#out += "\x1b[K";
  }

  /** Writes cells from the first that differs on, as far as it is worth it; gives the column after them. */
  #writeRun(
    before: CellGrid,
    frame: CellGrid,
    row: number,
    first: number,
    limit: number,
  ): number {
    let column = first;
    this.#isUnsure = false;
    // The second half of a wide character is written by its first.
    while (column > 0 && frame.textAt(row, column) === "") column--;
    let equal = 0;
    let written = column;
    while (column < limit && equal <= MAX_REPEATED) {
      // What a terminal made wider than expected has covered the next cell.
      const isCovered = column > 0 && written === column && this.#isUnsure;
      if (isEqual(before, frame, row, column) && !isCovered) {
        equal++;
        column++;
        continue;
      }
      for (; written <= column; written++) this.#writeCell(frame, row, written);
      equal = 0;
      column++;
    }
    return column;
  }

  #writeCell(frame: CellGrid, row: number, column: number): void {
    const text = frame.textAt(row, column);
    if (text === "") return;
    this.#goTo(row, column);
    this.#setStyle(frame.styleAt(row, column));
    const isWide = column + 1 < frame.columns && frame.textAt(row, column + 1) === "";
    this.#isUnsure = isUnsure(text);
    // A terminal that makes it narrow would leave what was in its second cell.
    if (isWide && this.#isUnsure) this.#out += `  ${moveTo(row, column)}`;
    this.#out += this.#shownAs(text, isWide);
    this.#column += isWide ? 2 : 1;
    // After the last column terminals differ on where the cursor is.
    if (this.#isUnsure || this.#column >= frame.columns) this.#row = -1;
  }

  #shownAs(text: string, isWide: boolean): string {
    if (this.#abilities.unicode || (text.length === 1 && text < "\x7f")) return text;
    return isWide ? "??" : "?";
  }

  #goTo(row: number, column: number): void {
    if (this.#row === row && this.#column === column) return;
    this.#out += moveTo(row, column);
    this.#row = row;
    this.#column = column;
  }

  #setStyle(style: Style): void {
    if (this.#style === style) return;
    this.#out += styleSequence(style, this.#abilities.colors);
    this.#style = style;
  }

  #writeCursor(shown: CellGrid | undefined, frame: CellGrid, isMoved: boolean): void {
    const old = shown?.cursor;
    const now = frame.cursor;
    if (now === undefined) {
      if (old !== undefined && !isMoved) this.#out += HIDE_CURSOR;
    } else if (isMoved || old?.row !== now.row || old.column !== now.column) {
      this.#out += moveTo(now.row, now.column) + SHOW_CURSOR;
    }
  }
}

/** A character with marks over it, or one on which terminals differ. */
function isUnsure(text: string): boolean {
  const codePoint = text.codePointAt(0) ?? 0;
  return text.length > (codePoint > 0xffff ? 2 : 1) || isUncertain(codePoint);
}

function isEqual(before: CellGrid, frame: CellGrid, row: number, column: number): boolean {
  return before.textAt(row, column) === frame.textAt(row, column) &&
    before.styleAt(row, column) === frame.styleAt(row, column);
}

/** The column from which on the row is to be cleared; the number of columns when it is not worth it. */
function clearedFrom(before: CellGrid, frame: CellGrid, row: number): number {
  const { columns } = frame;
  let from = columns;
  let differing = 0;
  while (
    from > 0 && frame.textAt(row, from - 1) === " " && isBlankPlain(frame.styleAt(row, from - 1))
  ) {
    from--;
    if (!isEqual(before, frame, row, from)) differing++;
  }
  return differing >= MIN_CLEARED ? from : columns;
}
