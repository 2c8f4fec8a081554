import type { RawEvent } from "../../event/raw_event.ts";
import { makeInertLine } from "../../base/inert_text.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import { cutText, cutTextStart } from "../screen/cell_text.ts";
import { reversed, type Style } from "../screen/style.ts";
import { dropColumns, type Piece } from "./content_rows.ts";
import { drawNothing } from "./draw_nothing.ts";
import { headOf } from "./event_head.ts";
import type { Layout, RowSpan } from "./layout.ts";
import type { Model } from "./model.ts";
import { type Glyphs, levelStyle, sourceStyle, STYLES } from "./theme.ts";
import { formatDate, formatTime } from "./local_time.ts";

/** A label is looked at so far: more does not fit. */
const LABEL_CHARACTERS = 200;

const YEAR_CHARACTERS = 4;

/** Draws the events. */
export function drawList(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { layout, scope } = model;
  const { list } = scope;
  if (list.window.length === 0) return drawNothing(grid, model);
  for (const { index, row, rows } of list.shown()) {
    const event = list.window.at(index);
    if (event === undefined) continue;
    const first = layout.list.row + row;
    drawLabels(grid, model, event, first, glyphs);
    drawContent(grid, model, event, { row: first, rows }, glyphs);
    if (index !== list.selected) continue;
    for (let i = 0; i < rows; i++) grid.restyle(first + i, 0, grid.columns, reversed);
  }
}

function drawLabels(
  grid: CellGrid,
  { layout, marks, now }: Model,
  event: RawEvent,
  row: number,
  glyphs: Glyphs,
): void {
  if (marks.has(event)) grid.put(row, 0, glyphs.mark, STYLES.mark);
  let column = 1;
  grid.put(
    row,
    column,
    timeText(event.timestamp, layout, now() / 1000),
    STYLES.faint,
    column + layout.time.columns,
  );
  column += layout.time.columns + 1;
  const { sourceColumns, tagColumns } = layout;
  if (sourceColumns > 0) {
    const source = makeInertLine(event.source.slice(-LABEL_CHARACTERS));
    const shown = cutTextStart(source, sourceColumns, glyphs.ellipsis);
    grid.put(row, column, shown, sourceStyle(event.source), column + sourceColumns);
    column += sourceColumns + 1;
  }
  if (tagColumns === 0) return;
  const tags = makeInertLine(event.tags.join(",").slice(0, LABEL_CHARACTERS));
  const shown = cutText(tags, tagColumns, glyphs.ellipsis);
  grid.put(row, column, shown, STYLES.faint, column + tagColumns);
}

/** Of another year than now the year is told, and the end of the time gives way. */
function timeText(timestamp: number, { time }: Layout, now: number): string {
  if (!time.hasDate) return formatTime(timestamp, time.detail);
  const date = formatDate(timestamp);
  const isThisYear = date.slice(0, YEAR_CHARACTERS) === formatDate(now).slice(0, YEAR_CHARACTERS);
  const clock = formatTime(timestamp, isThisYear ? time.detail : "second");
  // Two digits of the year are enough beside a date.
  return `${date.slice(isThisYear ? YEAR_CHARACTERS + 1 : 2)} ${clock}`;
}

function drawContent(
  grid: CellGrid,
  { layout, rows: contents, scope, isWrapped }: Model,
  event: RawEvent,
  { row, rows }: RowSpan,
  glyphs: Glyphs,
): void {
  const base = levelStyle(headOf(event).level);
  const lines = contents.of(event);
  for (let i = 0; i < rows; i++) {
    const pieces = dropColumns(lines.rows[i] ?? [], isWrapped ? 0 : scope.list.shift);
    putPieces(grid, row + i, layout.contentColumn, pieces, base);
  }
  if (!isWrapped || !(lines.isCut || lines.rows.length > rows)) return;
  grid.put(row + rows - 1, grid.columns - 1, glyphs.ellipsis, STYLES.faint);
}

function putPieces(
  grid: CellGrid,
  row: number,
  start: number,
  pieces: readonly Piece[],
  base: Style,
): void {
  let column = start;
  for (const { text, isMatch } of pieces) {
    if (column >= grid.columns) break;
    column = grid.put(row, column, text, isMatch ? STYLES.match : base);
  }
}
