import type { ScreenSize } from "../screen/cell_grid.ts";

/** Some rows of the screen. */
export interface RowSpan {
  readonly row: number;
  readonly rows: number;
}

/** Which rows of the screen are for what, and which columns of the list. */
export interface Layout {
  readonly columns: number;
  readonly header: RowSpan;
  /** The bars; none where the screen is low. */
  readonly histogram: RowSpan;
  /** The times below the bars. */
  readonly axis: RowSpan;
  readonly list: RowSpan;
  /** The filter, or the line that is being typed. */
  readonly prompt: RowSpan;
  readonly status: RowSpan;
  readonly time: TimeColumn;
  /** Columns of a source, 0 where there is no room. */
  readonly sourceColumns: number;
  /** Columns of the tags, likewise. */
  readonly tagColumns: number;
  /** Where contents begin, and how many columns they have. */
  readonly contentColumn: number;
  readonly contentColumns: number;
}

/** How the time of an event is written. */
export interface TimeColumn {
  readonly columns: number;
  readonly hasDate: boolean;
  readonly detail: "second" | "millisecond";
}

/** The mark of an event. */
const MARK_COLUMNS = 1;

/** Lays out a screen of any size. */
export function layOut({ columns, rows }: ScreenSize): Layout {
  const bars = rows >= 24 ? 3 : rows >= 16 ? 2 : rows >= 12 ? 1 : 0;
  const heights = {
    header: rows >= 4 ? 1 : 0,
    histogram: bars,
    axis: bars > 1 ? 1 : 0,
    prompt: rows >= 3 ? 1 : 0,
    status: rows >= 2 ? 1 : 0,
  };
  const list = rows - heights.header - bars - heights.axis - heights.prompt - heights.status;
  const axisRow = heights.header + bars;
  const listRow = axisRow + heights.axis;
  const lists = listColumns(columns);
  return {
    columns,
    header: { row: 0, rows: heights.header },
    histogram: { row: heights.header, rows: bars },
    axis: { row: axisRow, rows: heights.axis },
    list: { row: listRow, rows: Math.max(1, list) },
    prompt: { row: listRow + list, rows: heights.prompt },
    status: { row: listRow + list + heights.prompt, rows: heights.status },
    ...lists,
  };
}

function listColumns(
  columns: number,
): Pick<
  Layout,
  "time" | "sourceColumns" | "tagColumns" | "contentColumn" | "contentColumns"
> {
  const time: TimeColumn = columns >= 100
    ? { columns: 18, hasDate: true, detail: "millisecond" }
    : columns >= 70
    ? { columns: 12, hasDate: false, detail: "millisecond" }
    : { columns: 8, hasDate: false, detail: "second" };
  const sourceColumns = columns >= 140 ? 24 : columns >= 100 ? 18 : columns >= 60 ? 12 : 0;
  const tagColumns = columns >= 140 ? 14 : columns >= 100 ? 10 : 0;
  const widths = [time.columns, sourceColumns, tagColumns].filter((width) => width > 0);
  const contentColumn = MARK_COLUMNS + widths.reduce((sum, width) => sum + width + 1, 0);
  return {
    time,
    sourceColumns,
    tagColumns,
    contentColumn,
    contentColumns: Math.max(2, columns - contentColumn),
  };
}
