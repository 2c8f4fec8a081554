import { concatBytes } from "../../base/bytes.ts";
import type { PagedFile } from "./paged_file.ts";
import { type Cell, OVERFLOW_BYTES, readVarint, type TreePage } from "./tree_page.ts";

/** A value of a record; a number beyond whole numbers is NaN. */
export type RecordValue = null | number | string | Uint8Array;

/** More columns than any of our tables has. */
const MAX_COLUMNS = 64;

/** What the head of a record says. */
export interface RecordHead {
  /** The type of each column, see https://sqlite.org/fileformat2.html#record_format. */
  readonly types: readonly number[];
  /** Where the values start. */
  readonly start: number;
}

/** The head of a record, undefined when it does not fit its size. */
export function readHead(bytes: Uint8Array, size: number): RecordHead | undefined {
  const { value: start, end } = readVarint(bytes, 0);
  if (!(start >= end && start <= size && start <= bytes.length)) return undefined;
  const types: number[] = [];
  let body = 0;
  for (let at = end; at < start;) {
    const type = readVarint(bytes, at);
    if (Number.isNaN(type.value) || type.end > start || types.length === MAX_COLUMNS) {
      return undefined;
    }
    types.push(type.value);
    body += sizeOf(type.value);
    at = type.end;
  }
  return start + body === size ? { types, start } : undefined;
}

/** The head of the record in a cell, as far as it stands in the page. */
export function headOf({ bytes }: TreePage, cell: Cell): RecordHead | undefined {
  const local = bytes.subarray(cell.localStart, cell.localStart + cell.local);
  return readHead(local, cell.payload);
}

/** The first values of the record in a cell, as far as they stand in the page. */
export function readFirstValues(page: TreePage, cell: Cell, count: number): RecordValue[] {
  const { types, start } = headOf(page, cell) ?? { types: [], start: 0 };
  const local = page.bytes.subarray(cell.localStart, cell.localStart + cell.local);
  const values: RecordValue[] = [];
  let at = start;
  for (const type of types.slice(0, count)) {
    if (at + sizeOf(type) > local.length) break;
    values.push(readValue(local, at, type));
    at += sizeOf(type);
  }
  return values;
}

/** The values of a record, undefined when it is malformed. */
export function readRecord(bytes: Uint8Array): RecordValue[] | undefined {
  const head = readHead(bytes, bytes.length);
  if (head === undefined) return undefined;
  let at = head.start;
  return head.types.map((type) => {
    const value = readValue(bytes, at, type);
    at += sizeOf(type);
    return value;
  });
}

/**
 * The whole content of a cell, through the pages where it goes on; undefined when these do not fit.
 *
 * Takes no more memory than there are pages that are linked: a size that is made up costs nothing.
 */
export function readPayload(
  file: PagedFile,
  { bytes }: TreePage,
  cell: Cell,
): Uint8Array | undefined {
  const local = bytes.subarray(cell.localStart, cell.localStart + cell.local);
  if (cell.overflow === 0) return local;
  const parts = [local];
  const seen = new Set<number>();
  let left = cell.payload - cell.local;
  for (let next = cell.overflow; left > 0;) {
    const page = seen.has(next) ? undefined : file.read(next);
    if (page === undefined) return undefined;
    seen.add(next);
    next = new DataView(page.buffer).getUint32(0);
    parts.push(page.subarray(4, 4 + Math.min(left, OVERFLOW_BYTES)));
    left -= OVERFLOW_BYTES;
  }
  return concatBytes(parts);
}

/** Bytes of a value by its type. */
function sizeOf(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  return [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0][type] ?? 0;
}

function readValue(bytes: Uint8Array, at: number, type: number): RecordValue {
  if (type >= 12) {
    const value = bytes.subarray(at, at + sizeOf(type));
    return type % 2 === 0 ? value : new TextDecoder().decode(value);
  }
  if (type === 8 || type === 9) return type - 8;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, sizeOf(type));
  switch (type) {
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getInt16(0);
    case 3:
      return view.getInt16(0) * 0x100 + view.getUint8(2);
    case 4:
      return view.getInt32(0);
    case 5:
      return view.getInt16(0) * 2 ** 32 + view.getUint32(2);
    case 6: {
      const value = Number(view.getBigInt64(0));
      return Number.isSafeInteger(value) ? value : NaN;
    }
    case 7:
      return view.getFloat64(0);
    default:
      return null;
  }
}
