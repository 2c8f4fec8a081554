import type { Event } from "../../event/event.ts";
import { EventStoreError } from "../store.ts";
import { Database, type SqlRow } from "./database.ts";

/** A row of Theia 0.9.2's table: an event, or why it is none. */
export interface OlderRow {
  readonly row: number;
  readonly event: Event | string;
}

/** Rows read at a time. */
const PAGE_ROWS = 1000;

const COLUMNS: readonly string[] = [
  "id",
  "timestamp",
  "tags",
  "source",
  "content",
  "custom_headers",
];

/**
 * Reads the events of a database that Theia 0.9.2 wrote through SQLAlchemy: the table `events`, with
 * the tags joined by commas and the custom headers as lines.
 *
 * @throws {EventStoreError} When the file is no such database.
 */
export function* readOlderEvents(path: string): Generator<readonly OlderRow[]> {
  using database = Database.openForReading(path);
  assertTable(database, path);
  for (let last = -Infinity;;) {
    const rows = database.all(
      `SELECT rowid AS row, id, timestamp, tags, source, content, custom_headers FROM events
         WHERE rowid > ? ORDER BY rowid LIMIT ${PAGE_ROWS}`,
      last,
    );
    if (rows.length === 0) return;
    last = Number(rows.at(-1)?.["row"]);
    yield rows.map((row) => ({ row: Number(row["row"]), event: toEvent(row) }));
  }
}

function assertTable(database: Database, path: string): void {
  let found: ReadonlySet<unknown>;
  try {
    const rows = database.all("SELECT name FROM pragma_table_info('events')");
    found = new Set(rows.map((row) => row["name"]));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EventStoreError(`Cannot read database '${path}': ${reason}`, { cause });
  }
  const missing = COLUMNS.filter((column) => !found.has(column));
  if (missing.length === 0) return;
  throw new EventStoreError(
    `Cannot read database '${path}': its table 'events' must have the columns of Theia 0.9.2, ` +
      `it lacks ${missing.join(", ")}`,
  );
}

function toEvent(row: SqlRow): Event | string {
  const timestamp = row["timestamp"];
  if (typeof timestamp !== "number") return "its timestamp is not a number";
  const tags = textOf(row, "tags");
  return {
    id: textOf(row, "id"),
    timestamp,
    source: textOf(row, "source"),
    tags: tags === "" ? [] : tags.split(","),
    content: textOf(row, "content"),
    headers: textOf(row, "custom_headers").split("\n").filter((line) => line !== ""),
  };
}

function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  return value === null || value === undefined ? "" : String(value);
}
