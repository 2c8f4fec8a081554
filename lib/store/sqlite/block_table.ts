import type { Cursor } from "../../event/criteria.ts";
import { EventReadError } from "../store.ts";
import { Block, type BlockData, type BlockSummary } from "./block_codec.ts";
import type { Database, SqlRow, SqlValue } from "./database.ts";

/** The span of a block, by which most blocks are passed over. */
export interface BlockSpan {
  readonly id: number;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  readonly maxArrival: Cursor;
  readonly events: number;
}

/** Adds a block and returns its id; must run in a transaction. */
export function insertBlock(database: Database, summary: BlockSummary, data: BlockData): number {
  const id = database.run(
    `INSERT INTO block (min_timestamp, max_timestamp, min_arrival, max_arrival, events, raw_bytes,
       stored_bytes, sources, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...summaryValues(summary),
  );
  database.run(
    `INSERT INTO block_data (block_id, checksum, id_filter, rows, headers, contents)
       VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    ...dataValues(data),
  );
  return id;
}

/** Puts other content in the place of a block; must run in a transaction. */
export function replaceBlock(
  database: Database,
  id: number,
  summary: BlockSummary,
  data: BlockData,
): void {
  database.run(
    `UPDATE block SET min_timestamp = ?, max_timestamp = ?, min_arrival = ?, max_arrival = ?,
       events = ?, raw_bytes = ?, stored_bytes = ?, sources = ?, tags = ? WHERE id = ?`,
    ...summaryValues(summary),
    id,
  );
  database.run(
    `UPDATE block_data SET checksum = ?, id_filter = ?, rows = ?, headers = ?, contents = ?
       WHERE block_id = ?`,
    ...dataValues(data),
    id,
  );
}

/** Removes a block; must run in a transaction. */
export function deleteBlock(database: Database, id: number): void {
  database.run("DELETE FROM block_data WHERE block_id = ?", id);
  database.run("DELETE FROM block WHERE id = ?", id);
}

/** The spans of all blocks that may hold events of these timestamps that arrived after `since`. */
export function readSpans(
  database: Database,
  start = -Infinity,
  end = Infinity,
  since: Cursor = 0,
): BlockSpan[] {
  const rows = database.all(
    `SELECT id, min_timestamp, max_timestamp, max_arrival, events FROM block
       WHERE max_timestamp >= ? AND min_timestamp <= ? AND max_arrival > ?`,
    start,
    end,
    since,
  );
  return rows.map((row) => ({
    id: Number(row["id"]),
    minTimestamp: Number(row["min_timestamp"]),
    maxTimestamp: Number(row["max_timestamp"]),
    maxArrival: Number(row["max_arrival"]),
    events: Number(row["events"]),
  }));
}

/** The distinct sources and tags of a block, where they are listed. */
export function readLabels(
  database: Database,
  id: number,
): {
  readonly sources: readonly string[] | undefined;
  readonly tags: readonly string[] | undefined;
} {
  const row = database.first("SELECT sources, tags FROM block WHERE id = ?", id);
  return { sources: parseList(row?.["sources"]), tags: parseList(row?.["tags"]) };
}

/** Excludes no id: the block itself has to be looked at. */
const ANY_ID = new Uint8Array([0xff]);

/** Excludes every id. */
const NO_ID = new Uint8Array(1);

/** The id filter of a block; of a damaged one a filter that excludes nothing. */
export function readIdFilter(database: Database, id: number): Uint8Array {
  try {
    const row = database.first("SELECT id_filter FROM block_data WHERE block_id = ?", id);
    return row === undefined ? NO_ID : toBytes(row, "id_filter");
  } catch {
    return ANY_ID;
  }
}

/** Reads a block, undefined when it is gone or damaged; searches are what reports damage. */
export function readSoundBlock(database: Database, id: number): Block | undefined {
  try {
    return readBlock(database, id);
  } catch (error) {
    if (error instanceof EventReadError) return undefined;
    throw error;
  }
}

/**
 * Reads a block, undefined when it is gone.
 *
 * @throws {EventReadError} When it is damaged.
 */
export function readBlock(database: Database, id: number): Block | undefined {
  const row = readData(database, id);
  if (row === undefined) {
    if (database.first("SELECT 1 FROM block WHERE id = ?", id) === undefined) return undefined;
    throw new EventReadError("Cannot read block: its data is missing");
  }
  return new Block({
    checksum: Number(row["checksum"]),
    idFilter: new Uint8Array(),
    rows: toBytes(row, "rows"),
    headers: toBytes(row, "headers"),
    contents: toBytes(row, "contents"),
  });
}

/** SQLite's primary result code for pages that do not fit together: they are of this block only. */
const SQLITE_CORRUPT = 11;

function readData(database: Database, id: number): SqlRow | undefined {
  try {
    return database.first(
      "SELECT checksum, rows, headers, contents FROM block_data WHERE block_id = ?",
      id,
    );
  } catch (cause) {
    const code = cause instanceof Error && "errcode" in cause ? Number(cause.errcode) : 0;
    if ((code & 0xff) !== SQLITE_CORRUPT) throw cause;
    throw new EventReadError("Cannot read block: its pages are damaged", { cause });
  }
}

function summaryValues(summary: BlockSummary): SqlValue[] {
  return [
    summary.minTimestamp,
    summary.maxTimestamp,
    summary.minArrival,
    summary.maxArrival,
    summary.events,
    summary.rawBytes,
    summary.storedBytes,
    summary.sources === undefined ? null : JSON.stringify(summary.sources),
    summary.tags === undefined ? null : JSON.stringify(summary.tags),
  ];
}

function dataValues(data: BlockData): SqlValue[] {
  return [data.checksum, data.idFilter, data.rows, data.headers, data.contents];
}

function toBytes(row: SqlRow, column: string): Uint8Array {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw new EventReadError(`Cannot read block: column '${column}' holds no bytes`);
}

function parseList(value: SqlValue | undefined): readonly string[] | undefined {
  return typeof value === "string" ? JSON.parse(value) as string[] : undefined;
}
