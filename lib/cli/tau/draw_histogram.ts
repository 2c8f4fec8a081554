import type { CellGrid } from "../screen/cell_grid.ts";
import { textWidth } from "../screen/cell_text.ts";
import type { HistogramColumns } from "./histogram.ts";
import type { Model } from "./model.ts";
import { type Glyphs, STYLES } from "./theme.ts";
import { formatDate, formatTime } from "./local_time.ts";
import { formatCount } from "../format/count.ts";

/** Draws how many events there are over the time, with the time of the selected one marked. */
export function drawHistogram(grid: CellGrid, model: Model, glyphs: Glyphs): void {
  const { layout, scope } = model;
  const { histogram, axis } = layout;
  const bars = scope.histogram?.columns(layout.columns);
  if (histogram.rows === 0 || bars === undefined || bars.counts.length === 0) return;
  const here = columnOf(model.currentEvent?.timestamp, bars);
  const max = Math.max(1, ...bars.counts);
  for (const [column, count] of bars.counts.entries()) {
    const style = column === here ? STYLES.histogramHere : STYLES.histogram;
    drawBar(grid, column, count / max, model, glyphs, style);
  }
  if (axis.rows === 0) {
    if (here !== undefined && grid.textAt(histogram.row, here) === " ") {
      grid.put(histogram.row, here, glyphs.pointer, STYLES.histogramHere);
    }
    return;
  }
  drawAxis(grid, axis.row, bars, max);
  // Beside the times, which tell more: the bar stands out by itself.
  if (here !== undefined && grid.textAt(axis.row, here) === " ") {
    grid.put(axis.row, here, glyphs.pointer, STYLES.histogramHere);
  }
}

/** The column that a moment is in. */
function columnOf(
  timestamp: number | undefined,
  { start, interval, counts }: HistogramColumns,
): number | undefined {
  if (timestamp === undefined) return undefined;
  const column = Math.floor((timestamp - start) / interval);
  return column >= 0 && column < counts.length ? column : undefined;
}

/** A bar grows from the bottom; what is more than nothing shows. */
function drawBar(
  grid: CellGrid,
  column: number,
  part: number,
  { layout }: Model,
  { bars }: Glyphs,
  style: number,
): void {
  const { row, rows } = layout.histogram;
  const steps = bars.length - 1;
  let filled = part === 0 ? 0 : Math.max(1, Math.round(part * rows * steps));
  for (let at = row + rows - 1; at >= row && filled > 0; at--) {
    grid.put(at, column, bars[Math.min(steps, filled)] ?? " ", style);
    filled -= steps;
  }
}

function drawAxis(grid: CellGrid, row: number, bars: HistogramColumns, max: number): void {
  const { start, interval, counts } = bars;
  const end = start + counts.length * interval;
  const hasDate = formatDate(start) !== formatDate(end - interval / 2) || interval >= 86_400;
  const write = (time: number) =>
    hasDate ? `${formatDate(time)} ${formatTime(time).slice(0, 5)}` : formatTime(time);
  const left = write(start);
  const right = write(end);
  const middle = `each ${formatInterval(interval)}, at most ${formatCount(max)}`;
  grid.put(row, 0, left, STYLES.faint);
  grid.put(row, Math.max(0, grid.columns - right.length), right, STYLES.faint);
  const room = grid.columns - left.length - right.length - 4;
  if (textWidth(middle) > room) return;
  grid.put(row, left.length + 2 + ((room - middle.length) >> 1), middle, STYLES.faint);
}

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  ...[[604_800, "w"], [86_400, "d"], [3600, "h"], [60, "m"], [1, "s"], [0.001, "ms"]] as const,
];

/** In the largest unit of which it is a whole number: 90 days are no 12.9 weeks. */
export function formatInterval(seconds: number): string {
  for (const [unit, name] of UNITS) {
    const count = Math.round(seconds / unit);
    if (count >= 1 && Math.abs(count * unit - seconds) < unit / 1000) return `${count}${name}`;
  }
  return `${seconds}s`;
}
