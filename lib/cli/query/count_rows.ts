import { makeInertLine } from "../../base/inert_text.ts";
import type { Counted } from "./count_events.ts";
import { csvRow } from "./event_formats.ts";

type Row = readonly (string | number)[];

/** Counts as a table: what its columns are called, and its rows. */
interface CountTable {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/**
 * Counts for programs, a line each.
 *
 * - `text`: columns separated by tabs, in which tabs and what would act are written as escapes.
 * - `json`: JSON lines.
 * - `csv`: as of RFC 4180, with a header.
 */
export function countRows(counted: Counted, format: "text" | "json" | "csv"): string[] {
  const { columns, rows } = toTable(counted);
  switch (format) {
    case "text":
      return rows.map((row) => row.map((value) => makeInertLine(`${value}`)).join("\t"));
    case "csv":
      return [csvRow(columns), ...rows.map(csvRow)];
    case "json":
      return rows.map((row) =>
        JSON.stringify(Object.fromEntries(columns.map((column, i) => [column, row[i]])))
      );
  }
}

function toTable({ counts, interval, by }: Counted): CountTable {
  if (by !== undefined && interval !== undefined) {
    const rows = counts.groups.flatMap(({ key, buckets }) =>
      buckets.map(({ start, count }): Row => [start, key, count])
    );
    return { columns: ["start", by, "count"], rows: rows.toSorted(byStart) };
  }
  if (by !== undefined) {
    return { columns: [by, "count"], rows: counts.groups.map(({ key, count }) => [key, count]) };
  }
  if (interval === undefined) return { columns: ["count"], rows: [[counts.matched]] };
  return {
    columns: ["start", "count"],
    rows: counts.buckets.map(({ start, count }) => [start, count]),
  };
}

function byStart([a]: Row, [b]: Row): number {
  return Number(a) - Number(b);
}
