import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import { EventReader } from "../../event/event_reader.ts";
import { RawEvent } from "../../event/raw_event.ts";
import { EventReadError } from "../store.ts";
import { Block } from "./block.ts";
import { COLUMNS, isSound } from "./block_layout.ts";
import { isSpanSound, SPAN_FIGURES } from "./block_summary.ts";
import type { SqlValue } from "./database.ts";
import { headOf, readPayload, readRecord, type RecordValue } from "./page_record.ts";
import type { PagedFile } from "./paged_file.ts";
import { type Cell, OVERFLOW_BYTES, type TreePage } from "./tree_page.ts";
import type { StoredEvent } from "./stored_event.ts";

/** A record that its checksums prove to be whole, or that is of use without. */
export type ProvenRecord =
  /** The data of a block. */
  | { readonly kind: "block"; readonly id: number; readonly stored: readonly StoredEvent[] }
  /** A row of the journal. */
  | {
    readonly kind: "row";
    readonly firstArrival: Cursor;
    readonly events: number;
    readonly checksum: number;
    readonly frames: Uint8Array;
  }
  /** What is known of a block without its data. */
  | {
    readonly kind: "summary";
    readonly id: number;
    readonly events: number;
    readonly maxArrival: Cursor;
  }
  /** A row of `counter`; it has no checksum. */
  | { readonly kind: "counter"; readonly name: string; readonly value: number };

/** The counters that are worth keeping. */
const COUNTERS: readonly RecordValue[] = ["arrival", "dropped_events", "dropped_bytes"];

/** Types of values: NULL in the place of a row id, and the 16 bytes of four checksums. */
const ROWID_TYPE = 0;
const CHECKSUMS_TYPE = 12 + 2 * 4 * COLUMNS.length;

/** A greater arrival number than any that was given. */
const MAX_ARRIVAL = 2 ** 52;

/**
 * The record in a cell, recognised by its columns, in whatever page it is; undefined when it is no record
 * of ours or does not prove itself.
 */
export function readProven(file: PagedFile, page: TreePage, cell: Cell): ProvenRecord | undefined {
  const types = headOf(page, cell)?.types;
  if (types === undefined || !page.isTable || !page.isLeaf || !(cell.rowid > 0)) return undefined;
  if (isBlock(types)) return readBlock(file, page, cell);
  if (isRow(types)) return readRow(file, page, cell);
  if (types.length === 12 && types[0] === ROWID_TYPE) return readSummary(file, page, cell);
  return types.length === 2 ? readCounter(file, page, cell) : undefined;
}

/** Whether a cell looks like a row of the journal. */
export function looksLikeRow(page: TreePage, cell: Cell): boolean {
  return isRow(headOf(page, cell)?.types ?? []);
}

/** All pages that a record stands in. */
export function pagesOf(file: PagedFile, page: TreePage, cell: Cell): number[] {
  const pages = [page.number];
  let next = cell.overflow;
  for (let left = cell.payload - cell.local; left > 0 && next !== 0; left -= OVERFLOW_BYTES) {
    const bytes = pages.includes(next) ? undefined : file.read(next);
    if (bytes === undefined) break;
    pages.push(next);
    next = new DataView(bytes.buffer).getUint32(0);
  }
  return pages;
}

function isBlock(types: readonly number[]): boolean {
  return types.length === 2 + COLUMNS.length && types[0] === ROWID_TYPE &&
    types[1] === CHECKSUMS_TYPE && types.slice(2).every(isBlob);
}

function isRow(types: readonly number[]): boolean {
  return types.length === 4 && types[0] === ROWID_TYPE && types.slice(1, 3).every(isInteger) &&
    isBlob(types[3] ?? 0);
}

function isInteger(type: number): boolean {
  return type >= 1 && type <= 9 && type !== 7;
}

function isBlob(type: number): boolean {
  return type >= 12 && type % 2 === 0;
}

function valuesOf(file: PagedFile, page: TreePage, cell: Cell): readonly RecordValue[] {
  const payload = readPayload(file, page, cell);
  return (payload && readRecord(payload)) ?? [];
}

function readBlock(file: PagedFile, page: TreePage, cell: Cell): ProvenRecord | undefined {
  const [, checksums, ...columns] = valuesOf(file, page, cell);
  if (!(checksums instanceof Uint8Array)) return undefined;
  for (const [i, column] of COLUMNS.entries()) {
    const bytes = columns[i];
    if (!(bytes instanceof Uint8Array) || !isSound(checksums, column, bytes)) return undefined;
  }
  try {
    // Copies, for the block frees what it is given; all columns share the memory of the record.
    using block = new Block((column) =>
      new Uint8Array(columns[COLUMNS.indexOf(column)] as Uint8Array)
    );
    if (!(block.count > 0) || block.count % 1 !== 0) return undefined;
    return { kind: "block", id: cell.rowid, stored: block.allEvents() };
  } catch (error) {
    // Four checksums of nothing match, too, and a length that is no multiple of rows has no arrays.
    if (error instanceof EventReadError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function readRow(file: PagedFile, page: TreePage, cell: Cell): ProvenRecord | undefined {
  const [, , checksum, frames] = valuesOf(file, page, cell);
  if (!(frames instanceof Uint8Array) || crc32(frames) !== checksum) return undefined;
  let events = 0;
  for (const item of new EventReader(frames, { maxEventBytes: Infinity })) {
    if (!(item instanceof RawEvent)) return undefined;
    events++;
  }
  if (events === 0 || cell.rowid + events > MAX_ARRIVAL) return undefined;
  return { kind: "row", firstArrival: cell.rowid, events, checksum, frames };
}

function readSummary(file: PagedFile, page: TreePage, cell: Cell): ProvenRecord | undefined {
  const [, ...values] = valuesOf(file, page, cell);
  const row: Record<string, SqlValue> = { checksum: values[SPAN_FIGURES.length] ?? null };
  for (const [i, name] of SPAN_FIGURES.entries()) row[name] = values[i] ?? null;
  if (!isSpanSound(row)) return undefined;
  return {
    kind: "summary",
    id: cell.rowid,
    events: Number(row["events"]),
    maxArrival: Number(row["max_arrival"]),
  };
}

function readCounter(file: PagedFile, page: TreePage, cell: Cell): ProvenRecord | undefined {
  const [name, value] = valuesOf(file, page, cell);
  if (typeof name !== "string" || !COUNTERS.includes(name)) return undefined;
  if (typeof value !== "number" || !(value >= 0 && value <= MAX_ARRIVAL)) return undefined;
  return { kind: "counter", name, value };
}
