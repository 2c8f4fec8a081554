import { makeInertLine } from "../../base/inert_text.ts";
import { formatCount } from "../format/count.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import { cutText, textWidth } from "../screen/cell_text.ts";
import type { Model } from "./model.ts";
import { type Glyphs, STYLES } from "./theme.ts";
import { formatDate, formatTime } from "./local_time.ts";

/** Narrower screens have no room for the year and milliseconds beside a source. */
const MIN_FULL_COLUMNS = 60;

/** `2026-`, as nothing older is looked at on so small a screen. */
const YEAR_CHARACTERS = 5;

/** A label is looked at so far: more does not fit. */
const LABEL_CHARACTERS = 400;

/** Draws which event is selected or expanded, and where it is among all. */
export function drawStatus(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { row, rows } = model.layout.status;
  if (rows === 0) return;
  grid.fill(row, 0, grid.columns, STYLES.bar);
  const event = model.currentEvent;
  const right = positionText(model, glyphs);
  const start = Math.max(0, grid.columns - textWidth(right));
  grid.put(row, start, right, STYLES.bar);
  if (event === undefined || start < 10) return;
  const time = timeText(event.timestamp, grid.columns);
  const part = model.scope.histogram === undefined ? "" : `  ${percent(model)}%`;
  const labels = `${event.source}${event.tags.length > 0 ? ` [${event.tags.join(",")}]` : ""}`;
  const left = ` ${time}${part}  ${makeInertLine(labels.slice(0, LABEL_CHARACTERS))}`;
  grid.put(row, 0, cutText(left, start - 1, glyphs.ellipsis), STYLES.bar);
}

function timeText(timestamp: number, columns: number): string {
  const date = formatDate(timestamp);
  return columns < MIN_FULL_COLUMNS
    ? `${date.slice(YEAR_CHARACTERS)} ${formatTime(timestamp)}`
    : `${date} ${formatTime(timestamp, "millisecond")}`;
}

function percent({ scope, currentEvent }: Model): number {
  const { window } = scope.list;
  const { histogram } = scope;
  const isLast = currentEvent === window.at(window.length - 1) && !window.hasNewer;
  if (currentEvent === undefined || histogram === undefined || isLast) return 100;
  return Math.min(99, Math.floor(histogram.partBefore(currentEvent.timestamp) * 100));
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
