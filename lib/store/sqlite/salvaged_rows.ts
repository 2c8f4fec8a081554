import type { Database, SqlRow } from "./database.ts";

/** Rows read at a time. */
const PAGE_ROWS = 256;

/** SQLite's primary result code for a database that is damaged. */
const CORRUPT = 11;

/** How far behind a damaged row one that can be read is looked for. */
const MAX_GAP = 2 ** 40;

/** Rows that could not be read. */
export interface RowGap {
  readonly first: number;
  /** Undefined when no row behind it can be read. */
  readonly last: number | undefined;
  readonly reason: string;
}

/**
 * Reads the rows of a table in the order of their numbers, a page at a time, passing over those that
 * lie in damaged pages of the database.
 *
 * @param sql Selects rows with a column `row`, in its order: greater than the first parameter, as many
 * as the second one says.
 */
export function* salvageRows(database: Database, sql: string): Generator<SqlRow[] | RowGap> {
  let limit = PAGE_ROWS;
  for (let after = -Infinity;;) {
    const rows = readRows(database, sql, after, limit);
    if (typeof rows === "string") {
      if (limit > 1) {
        limit = limit >> 2 || 1;
        continue;
      }
      const first = Number.isFinite(after) ? after + 1 : 0;
      const next = findReadable(database, sql, first);
      yield { first, last: next === undefined ? undefined : next - 1, reason: rows };
      if (next === undefined) return;
      after = next - 1;
    } else {
      if (rows.length === 0) return;
      after = numberOf(rows.at(-1));
      yield rows;
    }
    limit = PAGE_ROWS;
  }
}

/** The rows, or why they cannot be read. */
function readRows(
  database: Database,
  sql: string,
  after: number,
  limit: number,
): SqlRow[] | string {
  try {
    const rows = database.all(sql, after, limit);
    // In a damaged page rows may stand in any order: without this, reading might never end.
    const isRising = rows.every((row, i) =>
      numberOf(row) > (i === 0 ? after : numberOf(rows[i - 1]))
    );
    return isRising ? rows : "the rows are not in order";
  } catch (error) {
    if (error instanceof Error && isCorrupt(error)) return error.message;
    throw error;
  }
}

/** The first row number from which on rows can be read again, when a page or more of them cannot. */
function findReadable(database: Database, sql: string, damaged: number): number | undefined {
  const isReadable = (row: number) => {
    const rows = readRows(database, sql, row - 1, 1);
    return typeof rows !== "string" && rows.length > 0;
  };
  let step = 1;
  while (!isReadable(damaged + step)) {
    step *= 2;
    if (step > MAX_GAP) return undefined;
  }
  let [low, high] = [damaged + Math.floor(step / 2), damaged + step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isReadable(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function numberOf(row: SqlRow | undefined): number {
  return Number(row?.["row"]);
}

function isCorrupt(error: Error): boolean {
  return "errcode" in error && (Number(error.errcode) & 0xff) === CORRUPT;
}
