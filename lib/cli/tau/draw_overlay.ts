import { TIME_EXAMPLES } from "../../base/time_text.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import { fitText, textWidth } from "../screen/cell_text.ts";
import { type DetailRow, LABEL_COLUMNS } from "./detail_rows.ts";
import type { Highlighter } from "./highlighter.ts";
import { KEYS } from "./keys.ts";
import type { Model } from "./model.ts";
import { STYLES } from "./theme.ts";

/** Draws the expanded event in place of the list. */
export function drawDetail(grid: CellGrid, { detail, layout, scope }: Model): void {
  if (detail === undefined) return;
  const { row, rows } = layout.list;
  for (let i = 0; i < rows; i++) {
    const line = detail.lines.at(detail.top + i);
    if (line === undefined) return;
    const text = line.kind === "label" ? line.text : line.text.slice(
      fitText(line.text, detail.shift).end,
    );
    drawLine(grid, row + i, { ...line, text }, scope.highlighter);
  }
}

function drawLine(
  grid: CellGrid,
  row: number,
  { kind, text }: DetailRow,
  highlighter: Highlighter,
): void {
  grid.put(row, 0, text);
  if (kind === "label") grid.put(row, 0, text.slice(0, LABEL_COLUMNS), STYLES.label);
  if (kind !== "text") return;
  for (const [start, end] of highlighter.spansInPart(text)) {
    grid.put(row, textWidth(text.slice(0, start)), text.slice(start, end), STYLES.match);
  }
}

const KEY_COLUMNS = 26;

/** What the help says beside the keys. */
const FILTER_HELP: readonly (readonly [string, string])[] = [
  ["timeout|refused", "a regular expression for the content"],
  ["source:/var/log tag:web", "patterns for source and tags; id: likewise"],
  ["since:1h until:10:30", TIME_EXAMPLES],
  ['content:"two  words"', "a value with blanks stands in quotes"],
];

/** The help, row by row. */
const HELP_ROWS: readonly (readonly [string, string])[] = [
  ["Keys", ""],
  ...KEYS.map(({ keys, help }) => [keys.join(", "), help] as const),
  ["", ""],
  ["Filters", ""],
  ...FILTER_HELP,
];

/** Narrower screens have what a key does below it. */
const MIN_BESIDE_COLUMNS = 70;

/** Draws the help over everything. */
export function drawHelp(grid: CellGrid, model: Model): void {
  const rows = grid.rows - 1;
  const isBeside = grid.columns >= MIN_BESIDE_COLUMNS;
  const lines = isBeside ? HELP_ROWS : HELP_ROWS.flatMap(stackRow);
  const top = model.help = Math.min(model.help ?? 0, Math.max(0, lines.length - rows));
  for (let i = 0; i < rows; i++) {
    const [key = "", help = ""] = lines[top + i] ?? [];
    const isHeading = help === "" && isBeside;
    grid.put(i, 1, key, isHeading ? STYLES.heading : STYLES.label);
    grid.put(i, isBeside ? KEY_COLUMNS + 1 : 3, help);
  }
  grid.fill(rows, 0, grid.columns, STYLES.bar);
  const more = top + rows < lines.length ? "j and k scroll, " : "";
  grid.put(rows, 1, `${more}any other key closes the help`, STYLES.bar);
}

function stackRow([key, help]: readonly [string, string]): (readonly [string, string])[] {
  return help === "" ? [[key, ""]] : [[key, ""], ["", help]];
}
