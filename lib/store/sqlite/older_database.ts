import { isUtf8 } from "node:buffer";
import type { Event } from "../../event/event.ts";
import { EventStoreError } from "../store.ts";
import { Database, type SqlRow, type SqlValue } from "./database.ts";
import { type RowGap, salvageRows } from "./salvaged_rows.ts";

/** A row of Theia 0.9.2's table: an event, or why it is none. */
export interface OlderRow {
  /** Its number, undefined for what is said of the database as a whole. */
  readonly row: number | undefined;
  readonly event: Event | string;
}

const TEXT_COLUMNS: readonly string[] = ["id", "tags", "source", "content", "custom_headers"];

/** As bytes: text is read up to its first NUL otherwise, and what is not UTF-8 is not seen. */
const ROWS = `SELECT rowid AS row, CAST(id AS BLOB) AS id, CAST(tags AS BLOB) AS tags,
    CASE typeof(timestamp) WHEN 'integer' THEN CAST(timestamp AS REAL) ELSE timestamp END
      AS timestamp,
    CAST(source AS BLOB) AS source, CAST(content AS BLOB) AS content,
    CAST(custom_headers AS BLOB) AS custom_headers
  FROM events WHERE rowid > ? ORDER BY rowid LIMIT ?`;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads the events of a database that Theia 0.9.2 wrote through SQLAlchemy: the table `events`, with
 * the tags joined by commas and the custom headers as lines. Rows in damaged pages are passed over.
 *
 * @throws {EventStoreError} When the file is no such database.
 */
export function* readOlderEvents(path: string): Generator<readonly OlderRow[]> {
  using database = Database.openForSalvage(path);
  assertTable(database, path);
  for (const part of salvageRows(database, ROWS)) {
    if (Array.isArray(part)) yield part.map(toOlderRow);
    else yield [{ row: part.first, event: describeGap(part) }];
  }
  const fault = findFault(database);
  if (fault !== undefined) yield [{ row: undefined, event: `rows may be missing: ${fault}` }];
}

function assertTable(database: Database, path: string): void {
  let found: ReadonlySet<unknown>;
  let encoding: unknown;
  try {
    encoding = database.first("PRAGMA encoding")?.["encoding"];
    const rows = database.all("SELECT name FROM pragma_table_info('events')");
    found = new Set(rows.map((row) => row["name"]));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError(`Cannot read database '${path}': ${reason}`, { cause });
  }
  if (encoding !== "UTF-8") {
    throw new EventStoreError(
      `Cannot read database '${path}': its texts must be UTF-8, they are ${encoding}`,
    );
  }
  if (found.size === 0) {
    throw new EventStoreError(
      `Cannot read database '${path}': it has no table 'events', so Theia 0.9.2 did not write it; ` +
        "for a store of this program use 'theia store copy'",
    );
  }
  const missing = ["timestamp", ...TEXT_COLUMNS].filter((column) => !found.has(column));
  if (missing.length === 0) return;
  throw new EventStoreError(
    `Cannot read database '${path}': its table 'events' must have the columns of Theia 0.9.2, ` +
      `it lacks ${missing.join(", ")}`,
  );
}

/** What SQLite's own check says first: rows in a page of which a part was lost are not missed otherwise. */
function findFault(database: Database): string | undefined {
  try {
    const verdict = String(database.first("PRAGMA quick_check(1)")?.["quick_check"]);
    return verdict === "ok" ? undefined : verdict.replaceAll(/\s+/g, " ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function describeGap({ first, last, reason }: RowGap): string {
  const rows = last === undefined ? "this row and all behind it" : `the rows up to ${last}`;
  return last === first ? reason : `${rows} cannot be read: ${reason}`;
}

function toOlderRow(row: SqlRow): OlderRow {
  const number = Number(row["row"]);
  const timestamp = toNumber(row["timestamp"]);
  if (timestamp === undefined) return { row: number, event: "its timestamp is not a number" };
  const texts = new Map<string, string>();
  for (const column of TEXT_COLUMNS) {
    const text = toText(row[column]);
    if (text === undefined) return { row: number, event: `its ${column} is not UTF-8` };
    texts.set(column, text);
  }
  const textOf = (column: string) => texts.get(column) ?? "";
  const tags = textOf("tags");
  const event = {
    id: textOf("id"),
    timestamp,
    source: textOf("source"),
    tags: tags === "" ? [] : tags.split(","),
    content: textOf("content"),
    headers: textOf("custom_headers").split("\n").filter((line) => line !== ""),
  };
  return { row: number, event };
}

/** Numbers that are stored as text are taken, too: SQLite takes any text into any column. */
function toNumber(value: SqlValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

/** Undefined for what is not UTF-8: no event can carry it unchanged. */
function toText(value: SqlValue | undefined): string | undefined {
  if (!(value instanceof Uint8Array)) return "";
  return isUtf8(value) ? decoder.decode(value) : undefined;
}
