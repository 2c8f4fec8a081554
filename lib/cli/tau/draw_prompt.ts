import { makeInertLine } from "../../base/inert_text.ts";
import { formatCount } from "../format/count.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import { cutText, cutTextStart, textWidth } from "../screen/cell_text.ts";
import { foldText } from "../screen/fold_text.ts";
import type { Style } from "../screen/style.ts";
import { formatFilter } from "./filter_text.ts";
import type { Model } from "./model.ts";
import type { LinePrompt, PromptChoice } from "./prompt.ts";
import { type Glyphs, STYLES } from "./theme.ts";
import { formatLocal } from "./local_time.ts";

/** Rows that a message may take: those of a sentence on a narrow screen. */
const MAX_MESSAGE_ROWS = 4;

/**
 * Draws the line that is being typed, or else the filter or what there is to say.
 *
 * @returns Whether it left the row of the status alone.
 */
export function drawPrompt(grid: CellGrid, model: Model, glyphs: Glyphs): boolean {
  const { row, rows } = model.layout.prompt;
  if (rows === 0) return true;
  const { prompt, message } = model;
  if (prompt?.kind === "confirm") {
    const question = `${makeInertLine(prompt.path)} is there already. Overwrite it? y/n `;
    const end = grid.put(row, 0, question, STYLES.warning);
    grid.cursor = { row, column: Math.min(end, grid.columns - 1) };
    return true;
  }
  if (prompt !== undefined) return drawTyped(grid, model, prompt, glyphs);
  if (message === undefined) {
    const { text, style } = usualText(model);
    grid.put(row, 0, cutText(makeInertLine(text), grid.columns, glyphs.ellipsis), style);
    return true;
  }
  const style = message.isError ? STYLES.error : STYLES.good;
  const lines = messageLines(message.text, model, glyphs);
  putLines(grid, row - lines.length + 1, lines, style);
  return true;
}

/** What is said as long as there is no message. */
function usualText(model: Model): { readonly text: string; readonly style: Style } {
  const { scope, connection, detail } = model;
  // Where the list is empty, it says the same in as many rows as it takes.
  const isListed = scope.list.window.length > 0 || detail !== undefined;
  if (scope.error !== undefined && isListed) return { text: scope.error, style: STYLES.error };
  if (connection.kind === "lost" && isListed) {
    return { text: connection.reason, style: STYLES.error };
  }
  const filter = filterText(model);
  if (filter !== "") return { text: filter, style: STYLES.label };
  return { text: "/ filter  ? help  q quit", style: STYLES.faint };
}

function filterText({ filter, ranges, isContext, currentEvent }: Model): string {
  if (isContext) {
    const source = currentEvent?.source ?? "";
    return `context: all of source ${source} (Esc goes back)`;
  }
  const range = ranges.current;
  const narrowed = range === undefined
    ? ""
    : `[narrowed to ${formatLocal(range.start)} – ${
      range.end === undefined ? "now" : formatLocal(range.end)
    }]`;
  const text = formatFilter(filter);
  return [text === "" ? "" : `filter: ${text}`, narrowed].filter((part) => part !== "").join("  ");
}

function drawTyped(grid: CellGrid, model: Model, prompt: LinePrompt, glyphs: Glyphs): boolean {
  const { layout: { prompt: { row }, status } } = model;
  if (prompt.choice !== undefined) {
    drawLine(grid, row, prompt);
    drawChoice(grid, status.row, prompt.choice, glyphs);
    return false;
  }
  if (prompt.awaited !== undefined) {
    drawLine(grid, row, prompt);
    grid.put(status.row, 1, `asking for all ${prompt.awaited}s`, STYLES.faint);
    return false;
  }
  if (prompt.error === undefined) {
    drawLine(grid, row, prompt);
    return true;
  }
  const { message } = prompt.error;
  const room = grid.columns - textWidth(labelOf(prompt) + makeInertLine(prompt.editor.text)) - 2;
  if (textWidth(makeInertLine(message)) <= room) {
    const end = drawLine(grid, row, prompt);
    grid.put(row, end + 2, makeInertLine(message), STYLES.error);
    return true;
  }
  // The line moves up as far as what is wrong with it needs rows below.
  const lines = messageLines(message, model, glyphs);
  const first = status.row - lines.length;
  grid.fill(first, 0, grid.columns);
  drawLine(grid, first, prompt);
  putLines(grid, first + 1, lines, STYLES.error);
  return false;
}

/** Draws which candidate is taken, and the next ones. */
function drawChoice(
  grid: CellGrid,
  row: number,
  { candidates, index }: PromptChoice,
  { ellipsis }: Glyphs,
): void {
  const place = ` ${index + 1}/${candidates.length}  `;
  const [first = "", ...others] = [...candidates.slice(index), ...candidates.slice(0, index)]
    .map(makeInertLine);
  const column = grid.put(row, grid.put(row, 0, place, STYLES.faint), first, STYLES.heading);
  grid.put(row, column, cutText(`  ${others.join("  ")}`, grid.columns - column, ellipsis));
}

/** Draws label, text and cursor; gives the column after them. */
function drawLine(grid: CellGrid, row: number, prompt: LinePrompt): number {
  const start = grid.put(row, 0, labelOf(prompt), STYLES.heading);
  const { beforeCursor, text } = prompt.editor;
  // The cursor stays in sight: what stands before it moves out to the left.
  const room = Math.max(1, grid.columns - start - 1);
  const column = grid.put(row, start, cutTextStart(makeInertLine(beforeCursor), room, ""));
  grid.cursor = { row, column: Math.min(column, grid.columns - 1) };
  return grid.put(row, column, makeInertLine(text.slice(beforeCursor.length)));
}

function labelOf(prompt: LinePrompt): string {
  switch (prompt.kind) {
    case "filter":
      return "filter: ";
    case "jump":
      return "jump to: ";
    case "save": {
      const { saved } = prompt;
      const what = saved.kind === "found"
        ? "all found"
        : `${formatCount(saved.events.length)} marked`;
      return `save ${what} in: `;
    }
  }
}

/** A message in rows that leave one of the list. */
function messageLines(message: string, { layout }: Model, glyphs: Glyphs): readonly string[] {
  const most = Math.max(1, Math.min(MAX_MESSAGE_ROWS, layout.list.rows));
  const text = makeInertLine(message);
  const lines = foldText(text, layout.columns);
  if (lines.length <= most) return lines;
  const rest = lines.slice(most - 1).join(" ");
  return [...lines.slice(0, most - 1), cutText(rest, layout.columns, glyphs.ellipsis)];
}

function putLines(grid: CellGrid, first: number, lines: readonly string[], style: Style): void {
  for (const [i, line] of lines.entries()) {
    grid.fill(first + i, 0, grid.columns);
    grid.put(first + i, 0, line, style);
  }
}
