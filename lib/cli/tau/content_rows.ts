import type { RawEvent } from "../../event/raw_event.ts";
import { makeInert } from "../../base/inert_text.ts";
import { fitText } from "../screen/cell_text.ts";
import { headOf } from "./event_head.ts";
import type { Highlighter, TextSpan } from "./highlighter.ts";

/** A piece of a row that looks the same from its beginning to its end; inert. */
export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Rows that an event takes in the list when contents are wrapped; the rest is shown when it is expanded. */
const MAX_WRAPPED_ROWS = 8;

const TAB = "  ";

/** A content in rows. */
export interface ContentLines {
  /** At least one. */
  readonly rows: readonly (readonly Piece[])[];
  /** Whether the content goes on after the last one. */
  readonly isCut: boolean;
}

/** The contents of events as rows of a list: one for each, or several when they are wrapped. */
export class ContentRows {
  readonly #columns: number;
  readonly #isWrapped: boolean;
  readonly #highlighter: Highlighter;
  readonly #lines = new WeakMap<RawEvent, ContentLines>();

  /** @param columns How many columns a content has. */
  constructor(columns: number, isWrapped: boolean, highlighter: Highlighter) {
    this.#columns = Math.max(1, columns);
    this.#isWrapped = isWrapped;
    this.#highlighter = highlighter;
  }

  /** The rows of an event. */
  of(event: RawEvent): ContentLines {
    let lines = this.#lines.get(event);
    if (lines === undefined) {
      lines = this.#make(event);
      this.#lines.set(event, lines);
    }
    return lines;
  }

  #make(event: RawEvent): ContentLines {
    const { text, isCut } = headOf(event);
    const pieces = cutAtSpans(text, this.#highlighter.spans(text));
    if (!this.#isWrapped) return { rows: [pieces.map((piece) => inert(piece, "\\n"))], isCut };
    const inertPieces = pieces.map((piece) => inert(piece, "\n"));
    const rows = wrapPieces(inertPieces, this.#columns, MAX_WRAPPED_ROWS + 1);
    return {
      rows: rows.slice(0, MAX_WRAPPED_ROWS),
      isCut: isCut || rows.length > MAX_WRAPPED_ROWS,
    };
  }
}

/** The pieces without their first columns. */
export function dropColumns(pieces: readonly Piece[], columns: number): readonly Piece[] {
  let left = columns;
  const rest: Piece[] = [];
  for (const piece of pieces) {
    if (left === 0) {
      rest.push(piece);
      continue;
    }
    const { end, width } = fitText(piece.text, left);
    left = end < piece.text.length ? 0 : left - width;
    if (end < piece.text.length) rest.push({ ...piece, text: piece.text.slice(end) });
  }
  return rest;
}

function cutAtSpans(text: string, spans: readonly TextSpan[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const [start, end] of spans) {
    if (start > at) pieces.push({ text: text.slice(at, start), isMatch: false });
    pieces.push({ text: text.slice(start, end), isMatch: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMatch: false });
  return pieces;
}

function inert({ text, isMatch }: Piece, newline: string): Piece {
  return {
    text: makeInert(text).replaceAll("\t", TAB).replaceAll("\n", newline),
    isMatch,
  };
}

function wrapPieces(pieces: readonly Piece[], columns: number, most: number): Piece[][] {
  const rows: Piece[][] = [[]];
  let left = columns;
  const next = () => {
    rows.push([]);
    left = columns;
  };
  for (const { text, isMatch } of pieces) {
    for (const [i, line] of text.split("\n").entries()) {
      if (i > 0) next();
      for (let at = 0; at < line.length && rows.length <= most;) {
        const { end, width } = fitText(line, left, at);
        if (end === at && left === columns) break;
        if (end > at) rows.at(-1)?.push({ text: line.slice(at, end), isMatch });
        left -= width;
        at = end;
        if (at < line.length) next();
      }
      if (rows.length > most) return rows.slice(0, most);
    }
  }
  return rows;
}
