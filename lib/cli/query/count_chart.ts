import type { CountBucket, CountGroup } from "../../client/counts_answer.ts";
import { compileStrftime } from "../format/strftime.ts";
import { makeInertLine } from "../../base/inert_text.ts";
import { BAR, sourceCode, wrap } from "./colors.ts";
import type { Counted } from "./count_events.ts";
import { formatCount, formatEvents } from "../format/count.ts";
import { cutTextStart, textWidth } from "../screen/cell_text.ts";
import { foldText } from "../screen/fold_text.ts";

/** Bars in steps of an eighth of a character, and columns likewise. */
const BAR_PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const COLUMN_PARTS = " ▁▂▃▄▅▆▇█";

/** Room that labels may take at most, as a part of the width. */
const LABEL_PART = 0.5;

/** A bar is worth that much room. */
const MIN_BAR = 8;

/** More empty buckets in a row than so many are one line. */
const MAX_EMPTY_ROWS = 3;

/** What stands for an empty source, and for events without tags. */
const NO_LABEL = "(none)";

/**
 * Draws counts for people, in lines of a width.
 *
 * @param colors Whether bars are coloured, those of sources each as the source is.
 */
export function countChart(
  { counts, interval, by }: Counted,
  width: number,
  colors: boolean,
): string[] {
  if (by === undefined) {
    if (interval === undefined) return [formatCount(counts.matched)];
    return drawBars(bucketRows(counts.buckets, interval, colors ? BAR : undefined), width);
  }
  const colorOf = ({ key }: CountGroup) =>
    !colors ? undefined : by === "source" ? sourceCode(key) : BAR;
  const rows = counts.groups.map((group) => {
    return { label: labelOf(group.key), count: group.count, color: colorOf(group) };
  });
  const others = counts.otherEvents === 0
    ? []
    : [`${formatEvents(counts.otherEvents)} of other ${by}s not listed`];
  if (interval === undefined) return [...drawBars(rows, width), ...others];
  return [...drawLines(counts.groups, interval, width, colorOf), ...others];
}

interface Row {
  readonly label: string;
  /** Undefined for a gap. */
  readonly count: number | undefined;
  /** Of the bar. */
  readonly color: number | undefined;
}

function bucketRows(
  buckets: readonly CountBucket[],
  interval: number,
  color: number | undefined,
): Row[] {
  const label = bucketLabel(interval);
  const rows: Row[] = [];
  let next: number | undefined;
  for (const { start, count } of buckets) {
    const empty = next === undefined ? 0 : Math.round((start - next) / interval);
    if (empty > MAX_EMPTY_ROWS) {
      rows.push({ label: "…", count: undefined, color });
    } else {
      for (let i = 0; i < empty; i++) {
        rows.push({ label: label((next ?? 0) + i * interval), count: 0, color });
      }
    }
    rows.push({ label: label(start), count, color });
    next = start + interval;
  }
  return rows;
}

/** As exact as the interval needs, in local time. */
function bucketLabel(interval: number): (start: number) => string {
  const format = interval >= 86_400
    ? "%Y-%m-%d"
    : interval >= 60
    ? "%Y-%m-%d %H:%M"
    : interval >= 1
    ? "%Y-%m-%d %H:%M:%S"
    : "%Y-%m-%d %H:%M:%S.%f";
  const write = compileStrftime(format);
  return (start) => {
    try {
      return write(start);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return `${start}`;
    }
  };
}

/** A bar for each row, the longest as long as there is room. */
function drawBars(rows: readonly Row[], width: number): string[] {
  const labelWidth = widest(rows.map(({ label }) => label), Math.floor(width * LABEL_PART));
  const numbers = rows.map(({ count }) => count === undefined ? "" : formatCount(count));
  const numberWidth = maxOf(numbers.map(({ length }) => length));
  const most = Math.max(1, maxOf(rows.map(({ count = 0 }) => count)));
  const room = Math.max(MIN_BAR, width - labelWidth - numberWidth - 3);
  return rows.map(({ label, count, color }, i) => {
    const left = `${fit(label, labelWidth)}  ${(numbers[i] ?? "").padStart(numberWidth)}`;
    return `${left} ${wrap(bar((count ?? 0) / most * room), color)}`.trimEnd();
  });
}

/** At least a sliver for what is not nothing. */
function bar(length: number): string {
  const eighths = length === 0 ? 0 : Math.max(1, Math.round(length * 8));
  return "█".repeat(Math.floor(eighths / 8)) + BAR_PARTS[eighths % 8];
}

/** A line of columns for each group, over the same time. */
function drawLines(
  groups: readonly CountGroup[],
  interval: number,
  width: number,
  colorOf: (group: CountGroup) => number | undefined,
): string[] {
  const starts = groups.flatMap(({ buckets }) => buckets.map(({ start }) => start));
  if (starts.length === 0) return [];
  const first = starts.reduce((a, b) => Math.min(a, b));
  const last = maxOf(starts, first);
  const labels = groups.map(({ key }) => labelOf(key));
  const numbers = groups.map(({ count }) => formatCount(count));
  const labelWidth = widest(labels, Math.floor(width * LABEL_PART));
  const numberWidth = maxOf(numbers.map(({ length }) => length));
  const room = Math.max(MIN_BAR, width - labelWidth - numberWidth - 3);
  const buckets = Math.round((last - first) / interval) + 1;
  const cells = Math.min(room, buckets);
  const sums = groups.map((group) => sumCells(group, first, interval, buckets, cells));
  const most = Math.max(1, maxOf(sums.flat()));
  const label = bucketLabel(interval);
  return [
    ...groups.map((group, i) => {
      const left = `${fit(labels[i] ?? "", labelWidth)}  ${
        (numbers[i] ?? "").padStart(numberWidth)
      }`;
      const columns = (sums[i] ?? []).map((sum) => column(sum / most)).join("").trimEnd();
      return `${left} ${wrap(columns, colorOf(group))}`.trimEnd();
    }),
    ...foldText(`from ${label(first)} to ${label(last + interval)}`, width),
  ];
}

function sumCells(
  group: CountGroup,
  first: number,
  interval: number,
  buckets: number,
  cells: number,
): number[] {
  const sums = new Array<number>(cells).fill(0);
  for (const { start, count } of group.buckets) {
    const place = Math.floor(Math.round((start - first) / interval) * cells / buckets);
    sums[place] = (sums[place] ?? 0) + count;
  }
  return sums;
}

function column(part: number): string {
  const eighths = part === 0 ? 0 : Math.max(1, Math.round(part * 8));
  return COLUMN_PARTS[eighths] ?? "";
}

function labelOf(key: string): string {
  return key === "" ? NO_LABEL : makeInertLine(key);
}

function widest(labels: readonly string[], most: number): number {
  return Math.min(most, maxOf(labels.map(textWidth)));
}

/** Cut or padded to a width; of a path the end tells more. */
function fit(label: string, width: number): string {
  const cut = cutTextStart(label, width);
  return cut + " ".repeat(width - textWidth(cut));
}

/** Of any number of numbers, which arguments of a call are not. */
function maxOf(numbers: readonly number[], least = 0): number {
  return numbers.reduce((a, b) => Math.max(a, b), least);
}
