import { makeInertLine } from "../../base/inert_text.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import { cutText, textWidth } from "../screen/cell_text.ts";
import type { Style } from "../screen/style.ts";
import { formatFilter } from "./filter_text.ts";
import type { Model } from "./model.ts";
import type { Prompt } from "./prompt.ts";
import { type Glyphs, STYLES } from "./theme.ts";
import { formatDate, formatLocal, formatTime } from "./local_time.ts";
import { formatCount } from "../format/count.ts";

/** Draws where the events come from, and whether they come. */
export function drawHeader(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { layout, address, scope, now } = model;
  const { row, rows } = layout.header;
  if (rows === 0) return;
  grid.fill(row, 0, grid.columns, STYLES.bar);
  const { text, isGood } = stateText(model);
  const rate = `${formatRate(model.rate.rate(now()))}/s`;
  const total = scope.histogram === undefined ? "" : `${formatCount(scope.histogram.total)} events`;
  const left = [` tau  ${address} `, ` ${glyphs.dot} ${text} `];
  let column = 0;
  for (const [i, part] of left.entries()) {
    column = grid.put(row, column, part, i === 1 && !isGood ? STYLES.barError : STYLES.bar);
  }
  const right = `${rate}  ${total} `;
  const start = grid.columns - textWidth(right);
  if (start > column) grid.put(row, start, right, STYLES.bar);
}

function stateText({ connection, scope, now }: Model): { text: string; isGood: boolean } {
  if (connection.kind === "lost") {
    const seconds = connection.retryAtMs === undefined
      ? undefined
      : Math.max(0, Math.ceil((connection.retryAtMs - now()) / 1000));
    return {
      text: seconds === undefined ? "lost" : `lost, retry in ${seconds} s`,
      isGood: false,
    };
  }
  if (connection.kind === "connecting") return { text: "connecting", isGood: true };
  if (scope.error !== undefined) return { text: "refused", isGood: false };
  if (scope.isLoading) return { text: "searching", isGood: true };
  const { mode } = scope.list;
  if (mode === "paused") return { text: "paused", isGood: false };
  return { text: mode === "following" ? "live" : "browsing", isGood: true };
}

function formatRate(rate: number): string {
  return rate < 10 && rate > 0 ? rate.toFixed(1) : formatCount(Math.round(rate));
}

/** Draws the line that is being typed, or else the filter or what there is to say. */
export function drawPrompt(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { row, rows } = model.layout.prompt;
  if (rows === 0) return;
  const { prompt, message, scope } = model;
  if (prompt !== undefined) return drawTyped(grid, row, model, prompt, glyphs);
  const put = (text: string, style: Style) =>
    void grid.put(row, 0, cutText(makeInertLine(text), grid.columns, glyphs.ellipsis), style);
  if (message !== undefined) return put(message.text, message.isError ? STYLES.error : STYLES.good);
  // Where the list is empty, it says the same in as many rows as it takes.
  const isListed = scope.list.window.length > 0 || model.detail !== undefined;
  if (scope.error !== undefined && isListed) return put(scope.error, STYLES.error);
  if (model.connection.kind === "lost" && isListed) {
    return put(model.connection.reason, STYLES.error);
  }
  const filter = filterText(model);
  if (filter === "") put("/ filter  ? help  q quit", STYLES.faint);
  else put(filter, STYLES.label);
}

function filterText({ filter, ranges, isContext, scope }: Model): string {
  if (isContext) {
    const source = scope.list.selectedEvent?.source ?? "";
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

const LABELS: Readonly<Record<Prompt["kind"], string>> = {
  filter: "filter: ",
  jump: "jump to: ",
  save: "save in: ",
  confirm: "",
};

function drawTyped(
  grid: CellGrid,
  row: number,
  model: Model,
  prompt: Prompt,
  glyphs: Glyphs,
): void {
  if (prompt.kind === "confirm") {
    const question = `${makeInertLine(prompt.path)} is there already. Overwrite it? y/n `;
    const end = grid.put(row, 0, question, STYLES.warning);
    grid.cursor = { row, column: Math.min(end, grid.columns - 1) };
    return;
  }
  const label = prompt.kind === "save" ? `save ${savedText(prompt)} in: ` : LABELS[prompt.kind];
  const start = grid.put(row, 0, label, STYLES.heading);
  const { beforeCursor, text } = prompt.editor;
  // The cursor stays in sight: what stands before it moves out to the left.
  const room = Math.max(1, grid.columns - start - 1);
  const before = makeInertLine(beforeCursor);
  let hidden = 0;
  while (textWidth(before.slice(hidden)) > room) hidden++;
  const column = grid.put(row, start, before.slice(hidden));
  const end = grid.put(row, column, makeInertLine(text.slice(beforeCursor.length)));
  grid.cursor = { row, column: Math.min(column, grid.columns - 1) };
  if (prompt.error === undefined) return;
  const message = `  ${makeInertLine(prompt.error.message)}`;
  // Where the line leaves no room, the error takes the row of the status.
  if (textWidth(message) <= grid.columns - end) {
    grid.put(row, end, message, STYLES.error);
  } else {
    const { status } = model.layout;
    grid.fill(status.row, 0, grid.columns);
    grid.put(
      status.row,
      0,
      cutText(message.trimStart(), grid.columns, glyphs.ellipsis),
      STYLES.error,
    );
  }
}

function savedText({ saved }: Extract<Prompt, { readonly kind: "save" }>): string {
  return saved.kind === "found" ? "all found" : `${formatCount(saved.events.length)} marked`;
}

/** Draws which event is selected, and where it is among all. */
export function drawStatus(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { row, rows } = model.layout.status;
  const isTaken = model.prompt !== undefined && model.prompt.kind !== "confirm" &&
    model.prompt.error !== undefined && grid.rowText(row) !== "";
  if (rows === 0 || isTaken) return;
  grid.fill(row, 0, grid.columns, STYLES.bar);
  const { list, histogram } = model.scope;
  const event = list.selectedEvent;
  const right = positionText(model, glyphs);
  const start = Math.max(0, grid.columns - textWidth(right));
  grid.put(row, start, right, STYLES.bar);
  if (event === undefined || start < 10) return;
  const { timestamp } = event;
  const time = `${formatDate(timestamp)} ${formatTime(timestamp, "millisecond")}`;
  const part = histogram === undefined ? "" : `  ${percent(model)}%`;
  const labels = `${event.source}${event.tags.length > 0 ? ` [${event.tags.join(",")}]` : ""}`;
  const left = ` ${time}${part}  ${makeInertLine(labels.slice(0, 400))}`;
  grid.put(row, 0, cutText(left, start - 1, glyphs.ellipsis), STYLES.bar);
}

function percent({ scope }: Model): number {
  const { list, histogram } = scope;
  const event = list.selectedEvent;
  const isLast = list.selected >= list.window.length - 1 && !list.window.hasNewer;
  if (event === undefined || histogram === undefined || isLast) return 100;
  return Math.min(99, Math.floor(histogram.partBefore(event.timestamp) * 100));
}

function positionText({ scope, marks }: Model, { down, mark }: Glyphs): string {
  const { list } = scope;
  const parts: string[] = [];
  if (marks.size > 0) parts.push(`${mark} ${formatCount(marks.size)}`);
  if (list.mode !== "following" && list.unseen > 0) {
    parts.push(`${formatCount(list.unseen)} new ${down}`);
  }
  parts.push("? help");
  return `${parts.join("  ")} `;
}
