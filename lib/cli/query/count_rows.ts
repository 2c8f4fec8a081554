import { escapeUnseen, makeInert, makeInertLine } from "../../base/inert_text.ts";
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
 *
 * @param isInert Whether a terminal must find nothing in them to obey.
 */
export function countRows(
  counted: Counted,
  format: "text" | "json" | "csv",
  isInert: boolean,
): string[] {
  const { columns, rows } = toTable(counted);
  const inert = (value: string | number) => isInert ? makeInert(`${value}`) : value;
  switch (format) {
    case "text":
      return rows.map((row) => row.map((value) => makeInertLine(`${value}`)).join("\t"));
    case "csv":
      return [csvRow(columns), ...rows.map((row) => csvRow(row.map(inert)))];
    case "json":
      return rows.map((row) => {
        const json = JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]])));
        return isInert ? escapeUnseen(json) : json;
      });
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
