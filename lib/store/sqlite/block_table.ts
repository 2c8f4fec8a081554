import { EventReadError } from "../store.ts";
import { Block, type ColumnReader, readLabelColumn } from "./block.ts";
import type { EncodedBlock } from "./block_encoder.ts";
import {
  type BlockColumns,
  type BlockSummary,
  type Column,
  COLUMNS,
  isSound,
  makeChecksums,
} from "./block_layout.ts";
import {
  areLabelsSound,
  type BlockSpan,
  isSpanSound,
  SPAN_COLUMNS,
  summaryValues,
  toSpan,
} from "./block_summary.ts";
import { type Database, isCorruption, type SqlValue } from "./database.ts";
import { deleteDigest, putDigest } from "./digest_table.ts";

/** Adds a block and returns its span; must run in a transaction. */
export function insertBlock(
  database: Database,
  { summary, columns, digest }: EncodedBlock,
): BlockSpan {
  const id = database.run(
    `INSERT INTO block (min_timestamp, max_timestamp, min_arrival, max_arrival, events, raw_bytes,
       stored_bytes, checksum, sources, tags, labels_checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...summaryValues(summary),
  );
  database.run(
    `INSERT INTO block_data (block_id, checksums, rows, labels, contents, headers)
       VALUES (?, ?, ?, ?, ?, ?)`,
    id,
    ...dataValues(columns),
  );
  putDigest(database, id, summary.events, digest);
  return { id, ...summary };
}

/** Puts other content in the place of a block; must run in a transaction. */
export function replaceBlock(
  database: Database,
  id: number,
  { summary, columns, digest }: EncodedBlock,
): BlockSpan {
  putDigest(database, id, summary.events, digest);
  database.run(
    `UPDATE block_data SET checksums = ?, rows = ?, labels = ?, contents = ?, headers = ?
       WHERE block_id = ?`,
    ...dataValues(columns),
    id,
  );
  return replaceSummary(database, id, summary);
}

/** Writes the summary of a block anew; must run in a transaction. */
export function replaceSummary(database: Database, id: number, summary: BlockSummary): BlockSpan {
  database.run(
    `UPDATE block SET min_timestamp = ?, max_timestamp = ?, min_arrival = ?, max_arrival = ?,
       events = ?, raw_bytes = ?, stored_bytes = ?, checksum = ?, sources = ?, tags = ?,
       labels_checksum = ? WHERE id = ?`,
    ...summaryValues(summary),
    id,
  );
  countChange(database);
  return { id, ...summary };
}

/** Removes a block; must run in a transaction. */
export function deleteBlock(database: Database, id: number): void {
  deleteDigest(database, id);
  database.run("DELETE FROM id_recent WHERE block_id = ?", id);
  database.run("DELETE FROM block_data WHERE block_id = ?", id);
  database.run("DELETE FROM block WHERE id = ?", id);
  countChange(database);
}

/**
 * Removes a block that was not read before; must run in a transaction.
 *
 * The data of a damaged one stay, with nothing that leads there: SQLite would free the pages to which
 * they seem to go on, which may be those of another block.
 */
export function dropBlock(database: Database, id: number): void {
  if (areDataSound(database, id)) return deleteBlock(database, id);
  deleteDigest(database, id);
  database.run("DELETE FROM id_recent WHERE block_id = ?", id);
  database.run("DELETE FROM block WHERE id = ?", id);
  countChange(database);
}

function areDataSound(database: Database, id: number): boolean {
  try {
    const row = database.first("SELECT * FROM block_data WHERE block_id = ?", id);
    const checksums = row?.["checksums"];
    return row === undefined || COLUMNS.every((column) => {
      const bytes = row[column];
      return bytes instanceof Uint8Array && checksums instanceof Uint8Array &&
        isSound(checksums, column, bytes);
    });
  } catch (error) {
    if (isCorruption(error)) return false;
    throw error;
  }
}

/** The spans of all blocks, or of those with greater ids only. */
export function readSpans(database: Database, after = 0): BlockSpan[] {
  return database.all(`SELECT ${SPAN_COLUMNS} FROM block WHERE id > ?`, after).map(toSpan);
}

/** How often blocks were changed or removed: while it is the same, others were added at the most. */
export function readBlockChanges(database: Database): number {
  const row = database.first("SELECT value FROM counter WHERE name = 'block_changes'");
  return Number(row?.["value"] ?? 0);
}

function countChange(database: Database): void {
  database.run(
    `INSERT INTO counter VALUES ('block_changes', 1)
       ON CONFLICT (name) DO UPDATE SET value = value + 1`,
  );
}

/** The ids of the blocks whose figures or labels do not have their checksums. */
export function readDamagedSummaries(database: Database): number[] {
  return database.all("SELECT * FROM block")
    .filter((row) => !isSpanSound(row) || !areLabelsSound(row))
    .map((row) => Number(row["id"]));
}

/**
 * What `use` makes of a block, undefined when the block is gone or damaged; searches are what reports
 * damage.
 */
export function readSoundBlock<T>(
  database: Database,
  id: number,
  use: (block: Block) => T,
): T | undefined {
  try {
    using block = readBlock(database, id);
    return block === undefined ? undefined : use(block);
  } catch (error) {
    if (error instanceof EventReadError) return undefined;
    throw error;
  }
}

/**
 * Reads a block, undefined when it is gone. Its columns are read when they are needed, so all of its use
 * must be within one snapshot or transaction.
 *
 * @throws {EventReadError} When it is damaged.
 */
export function readBlock(database: Database, id: number): Block | undefined {
  const read = openColumns(database, id);
  return read && new Block(read);
}

/**
 * The distinct labels of a block by their numbers as bytes, undefined when it is gone.
 *
 * @throws {EventReadError} When they are damaged.
 */
export function readBlockLabels(database: Database, id: number): readonly Uint8Array[] | undefined {
  const read = openColumns(database, id);
  return read && readLabelColumn(read);
}

function openColumns(database: Database, id: number): ColumnReader | undefined {
  const row = withinBlock(() =>
    database.first("SELECT checksums FROM block_data WHERE block_id = ?", id)
  );
  if (row === undefined) {
    if (database.first("SELECT 1 FROM block WHERE id = ?", id) === undefined) return undefined;
    throw new EventReadError("Cannot read block: its data is missing");
  }
  const checksums = toBytes(row["checksums"], "checksums");
  return (column) => readColumn(database, id, checksums, column);
}

function readColumn(
  database: Database,
  id: number,
  checksums: Uint8Array,
  column: Column,
): Uint8Array {
  const row = withinBlock(() => database.first(COLUMN_QUERIES[column], id));
  const bytes = toBytes(row?.[column], column);
  if (isSound(checksums, column, bytes)) return bytes;
  throw new EventReadError(
    `Cannot read block: the checksum of column '${column}' does not match its bytes`,
  );
}

const COLUMN_QUERIES: Readonly<Record<Column, string>> = {
  rows: "SELECT rows FROM block_data WHERE block_id = ?",
  labels: "SELECT labels FROM block_data WHERE block_id = ?",
  contents: "SELECT contents FROM block_data WHERE block_id = ?",
  headers: "SELECT headers FROM block_data WHERE block_id = ?",
};

/** What does not fit together in the pages of a block is of this block only. */
function withinBlock<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isCorruption(cause)) throw cause;
    throw new EventReadError("Cannot read block: its pages are damaged", { cause });
  }
}

function dataValues(columns: BlockColumns): SqlValue[] {
  const { rows, labels, contents, headers } = columns;
  return [makeChecksums(columns), rows, labels, contents, headers];
}

function toBytes(value: SqlValue | undefined, column: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new EventReadError(`Cannot read block: column '${column}' holds no bytes`);
}
