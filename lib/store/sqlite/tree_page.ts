import { PAGE_BYTES } from "./schema.ts";

/** The first byte of a page tells what it is in its B-tree. */
export const INDEX_INTERIOR = 2;
export const TABLE_INTERIOR = 5;
export const INDEX_LEAF = 10;
export const TABLE_LEAF = 13;

/** A cell of a page: a row, or the way to a page below. */
export interface Cell {
  /** Where it starts in its page. */
  readonly start: number;
  /** Bytes that it takes there. */
  readonly size: number;
  /** Of a table; NaN where it is beyond whole numbers. */
  readonly rowid: number;
  /** Bytes of its content, 0 when it has none. */
  readonly payload: number;
  /** Where in the page its content starts, and how many bytes of it stand there. */
  readonly localStart: number;
  readonly local: number;
  /** The page where its content goes on, 0 when all of it is here. */
  readonly overflow: number;
  /** The page below, 0 for a leaf. */
  readonly child: number;
}

/** A page of a B-tree. */
export interface TreePage {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly isTable: boolean;
  readonly isLeaf: boolean;
  /** Those that can be read. */
  readonly cells: readonly Cell[];
  /** The page below behind all cells, 0 for a leaf. */
  readonly rightChild: number;
  /** Whether cells and free space cover the page exactly. */
  readonly isExact: boolean;
}

/** What `readVarint` read: the value, NaN beyond whole numbers, and the place behind it. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/** A number of one to nine bytes; its end is behind the bytes where it is cut off. */
export function readVarint(bytes: Uint8Array, start: number): Varint {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return { value: NaN, end: bytes.length + 1 };
    if (i === 8) return { value: NaN, end: start + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      return { value: Number.isSafeInteger(value) ? value : NaN, end: start + i + 1 };
    }
  }
  return { value: NaN, end: start + 9 };
}

/** Content that is longer than this goes on in other pages; less may remain in the page. */
const MAX_TABLE_LOCAL = PAGE_BYTES - 35;
const MAX_INDEX_LOCAL = Math.floor((PAGE_BYTES - 12) * 64 / 255) - 23;
const MIN_LOCAL = Math.floor((PAGE_BYTES - 12) * 32 / 255) - 23;

/** Bytes of content in a page where it goes on. */
export const OVERFLOW_BYTES = PAGE_BYTES - 4;

/** A page is at least so much, even for a shorter cell. */
const MIN_CELL_BYTES = 4;

/** The file starts with a header, before its first page's own. */
const FILE_HEADER_BYTES = 100;

/**
 * Reads a page of a B-tree (https://sqlite.org/fileformat2.html#b_tree_pages), whatever is in it.
 *
 * @returns Undefined when it is none by its first byte.
 */
export function readTreePage(bytes: Uint8Array, number: number): TreePage | undefined {
  const header = number === 1 ? FILE_HEADER_BYTES : 0;
  const kind = bytes[header];
  const isTable = kind === TABLE_LEAF || kind === TABLE_INTERIOR;
  const isLeaf = kind === TABLE_LEAF || kind === INDEX_LEAF;
  if (!isTable && kind !== INDEX_LEAF && kind !== INDEX_INTERIOR) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const pointers = header + (isLeaf ? 8 : 12);
  const count = Math.min(view.getUint16(header + 3), (PAGE_BYTES - pointers) >> 1);
  const cells: Cell[] = [];
  for (let i = 0; i < count; i++) {
    const start = view.getUint16(pointers + 2 * i);
    const cell = start < pointers + 2 * count
      ? undefined
      : readCell(view, bytes, start, isTable, isLeaf);
    if (cell !== undefined) cells.push(cell);
  }
  return {
    number,
    bytes,
    isTable,
    isLeaf,
    cells,
    rightChild: isLeaf ? 0 : view.getUint32(header + 8),
    isExact: cells.length === view.getUint16(header + 3) &&
      isCovered(view, header, pointers + 2 * count, cells),
  };
}

/** A cell, undefined when it does not fit into the page. */
function readCell(
  view: DataView,
  bytes: Uint8Array,
  start: number,
  isTable: boolean,
  isLeaf: boolean,
): Cell | undefined {
  let at = start;
  if (!isLeaf) at += 4;
  if (at > PAGE_BYTES) return undefined;
  const child = isLeaf ? 0 : view.getUint32(start);
  let payload = 0;
  if (!isTable || isLeaf) ({ value: payload, end: at } = readVarint(bytes, at));
  let rowid = 0;
  if (isTable) ({ value: rowid, end: at } = readVarint(bytes, at));
  if (Number.isNaN(payload)) return undefined;
  const local = localBytes(payload, isTable ? MAX_TABLE_LOCAL : MAX_INDEX_LOCAL);
  const isCut = local < payload;
  const end = at + local + (isCut ? 4 : 0);
  if (end > PAGE_BYTES) return undefined;
  return {
    start,
    size: Math.max(end - start, MIN_CELL_BYTES),
    rowid,
    payload,
    localStart: at,
    local,
    overflow: isCut ? view.getUint32(at + local) : 0,
    child,
  };
}

function localBytes(payload: number, most: number): number {
  if (payload <= most) return payload;
  const local = MIN_LOCAL + (payload - MIN_LOCAL) % OVERFLOW_BYTES;
  return local <= most ? local : MIN_LOCAL;
}

/** Whether cells, free blocks and fragments fill the page from where its content starts. */
function isCovered(
  view: DataView,
  header: number,
  pointersEnd: number,
  cells: readonly Cell[],
): boolean {
  const contentStart = view.getUint16(header + 5);
  if (contentStart < pointersEnd || contentStart > PAGE_BYTES) return false;
  const regions = cells.map(({ start, size }) => ({ start, size }));
  let before = 0;
  for (let free = view.getUint16(header + 1); free !== 0;) {
    if (free <= before || free + 4 > PAGE_BYTES) return false;
    regions.push({ start: free, size: view.getUint16(free + 2) });
    before = free;
    free = view.getUint16(free);
  }
  regions.sort((a, b) => a.start - b.start);
  let end = contentStart;
  let fragments = 0;
  for (const { start, size } of regions) {
    if (start < end) return false;
    fragments += start - end;
    end = start + size;
  }
  return end <= PAGE_BYTES && fragments + PAGE_BYTES - end === view.getUint8(header + 7);
}
