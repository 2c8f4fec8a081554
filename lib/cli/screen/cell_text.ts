import { charKind, REPLACEMENT } from "./char_width.ts";

/** Marks over one character; what comes on top of more is somebody's joke. */
const MAX_MARKS = 3;

/** Chooses how emoji look; terminals do not agree on the width that it makes. */
const VARIATION_SELECTORS = /^[\ufe00-\ufe0f]$/;

/** What one character takes on a screen. */
export interface CellText {
  /** The character with its marks; nothing in it that a terminal obeys. */
  readonly text: string;
  /** How many columns it takes. */
  readonly width: 1 | 2;
  /** Where it begins in the text, and where the next one does. */
  readonly start: number;
  readonly end: number;
}

/**
 * The character at a place in a text, with the marks over it. Control characters, lone surrogates and
 * what has no known shape become U+FFFD.
 */
export function cellAt(text: string, start: number): CellText {
  const codePoint = text.codePointAt(start) ?? 0;
  let end = start + (codePoint > 0xffff ? 2 : 1);
  const kind = charKind(codePoint);
  let cell = kind === "unshowable" ? REPLACEMENT : String.fromCodePoint(codePoint);
  // A mark without a character before it gets a blank to stand on.
  if (kind === "combining") cell = ` ${cell}`;
  for (let marks = 0; end < text.length; marks++) {
    const next = text.codePointAt(end) ?? 0;
    if (next < 0x300 || charKind(next) !== "combining") break;
    const mark = String.fromCodePoint(next);
    if (marks < MAX_MARKS && !VARIATION_SELECTORS.test(mark)) cell += mark;
    end += mark.length;
  }
  return { text: cell, width: kind === "wide" ? 2 : 1, start, end };
}

/** Text without anything but these takes a column for each character. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** How many columns a text takes. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let width = 0;
  for (let at = 0; at < text.length;) {
    const cell = cellAt(text, at);
    width += cell.width;
    at = cell.end;
  }
  return width;
}

/** How much of a text, from a place in it, fits into some columns. */
export interface Fitting {
  /** One past what fits. */
  readonly end: number;
  /** Columns that it takes. */
  readonly width: number;
}

/** How much of a text fits into some columns; never cuts a character with its marks apart. */
export function fitText(text: string, columns: number, start = 0): Fitting {
  const most = text.slice(start, start + columns);
  // A mark may follow what is all of it.
  if (PRINTABLE_ASCII.test(most) && !(text.charCodeAt(start + columns) >= 0x300)) {
    return { end: start + most.length, width: most.length };
  }
  let width = 0;
  let at = start;
  while (at < text.length) {
    const cell = cellAt(text, at);
    if (width + cell.width > columns) break;
    width += cell.width;
    at = cell.end;
  }
  return { end: at, width };
}

/** The text, cut to some columns with a mark where something is missing. */
export function cutText(text: string, columns: number, mark = "…"): string {
  if (textWidth(text) <= columns) return text;
  const room = Math.max(0, columns - textWidth(mark));
  return text.slice(0, fitText(text, room).end) + (columns > 0 ? mark : "");
}

/** As {@linkcode cutText}, but the end of the text stays: of a path that is the part which tells more. */
export function cutTextStart(text: string, columns: number, mark = "…"): string {
  let width = textWidth(text);
  if (width <= columns) return text;
  let at = 0;
  const room = Math.max(0, columns - textWidth(mark));
  while (width > room && at < text.length) {
    const cell = cellAt(text, at);
    width -= cell.width;
    at = cell.end;
  }
  return (columns > 0 ? mark : "") + text.slice(at);
}
