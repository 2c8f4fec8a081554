import { crc32 } from "node:zlib";
import { type Database, isCorruption, type SqlRow } from "./database.ts";

/** Blocks of a segment at most: an entry has 8 bits for the place of its block. */
export const SEGMENT_BLOCKS = 256;

/** Ids that make a segment: its pages are then found by 40 look-ups in a store of 10 million events. */
export const SEGMENT_IDS = 1 << 18;

/** Ids of a page: 4 KiB, so that a look-up reads one page of the database. */
const PAGE_IDS = 1024;

/** Pages of a segment at most, as bits of a page's number. */
const MAX_PAGE_BITS = 10;

/** The ids of some blocks: which of them may hold an id. */
export interface IdSegment {
  readonly id: number;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  /** How many leading bits of a hash choose the page. */
  readonly pageBits: number;
  /** The ids of the blocks, by their place. */
  readonly blocks: Float64Array;
}

/** A block and the hashes of its ids, in rising order. */
export interface BlockHashes {
  readonly block: number;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  readonly hashes: Uint32Array;
}

/** The page of a segment in which a hash is. */
export function pageOf(segment: IdSegment, hash: number): number {
  return segment.pageBits === 0 ? 0 : hash >>> (32 - segment.pageBits);
}

/** The blocks that a page of a segment names for a hash: seldom one that does not hold the id. */
export function blocksInPage(segment: IdSegment, page: Uint32Array, hash: number): number[] {
  const first = (hash << 8) >>> 0;
  const blocks: number[] = [];
  for (let i = lowerBound(page, first); i < page.length; i++) {
    const entry = page[i] ?? 0;
    if ((entry & ~0xff) >>> 0 !== first) break;
    const block = segment.blocks[entry & 0xff];
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

/** The first place in a rising array whose value is not less. */
export function lowerBound(values: Uint32Array, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Writes a segment of these blocks; must run in a transaction.
 *
 * An entry is the last 24 bits of the hash and the place of the block, as one number of 32 bits; pages
 * are in rising order.
 */
export function insertSegment(
  database: Database,
  seed: number,
  members: readonly BlockHashes[],
): IdSegment {
  const ids = members.reduce((sum, { hashes }) => sum + hashes.length, 0);
  const pageBits = Math.min(MAX_PAGE_BITS, Math.max(0, Math.round(Math.log2(ids / PAGE_IDS))));
  const blocks = Float64Array.from(members, ({ block }) => block);
  const minTimestamp = Math.min(...members.map((member) => member.minTimestamp));
  const maxTimestamp = Math.max(...members.map((member) => member.maxTimestamp));
  const meta = [minTimestamp, maxTimestamp, pageBits, new Uint8Array(blocks.buffer)] as const;
  const id = database.run(
    `INSERT INTO id_segment (min_timestamp, max_timestamp, page_bits, blocks, checksum)
       VALUES (?, ?, ?, ?, ?)`,
    ...meta,
    segmentChecksum(seed, ...meta),
  );
  const segment = { id, minTimestamp, maxTimestamp, pageBits, blocks };
  const starts = members.map(() => 0);
  for (let page = 0; page < 1 << pageBits; page++) {
    const entries = takePage(segment, members, starts, page);
    const bytes = new Uint8Array(entries.buffer);
    database.run(
      "INSERT INTO id_page (number, checksum, entries) VALUES (?, ?, ?)",
      pageNumber(segment, page),
      crc32(bytes, seed),
      bytes,
    );
  }
  return segment;
}

/** The entries of a page; `starts` has how far each member was taken, and is moved on. */
function takePage(
  segment: IdSegment,
  members: readonly BlockHashes[],
  starts: number[],
  page: number,
): Uint32Array<ArrayBuffer> {
  const entries: number[] = [];
  for (const [slot, { hashes }] of members.entries()) {
    let at = starts[slot] ?? 0;
    for (; at < hashes.length; at++) {
      const hash = hashes[at] ?? 0;
      if (pageOf(segment, hash) !== page) break;
      entries.push(((hash << 8) | slot) >>> 0);
    }
    starts[slot] = at;
  }
  return Uint32Array.from(entries).sort();
}

/** A page as it is stored, undefined when it is missing or damaged. */
export function readPage(
  database: Database,
  seed: number,
  segment: IdSegment,
  page: number,
): Uint32Array | undefined {
  try {
    const row = database.first(
      "SELECT checksum, entries FROM id_page WHERE number = ?",
      pageNumber(segment, page),
    );
    return readHashes(seed, row, "entries");
  } catch (error) {
    if (isCorruption(error)) return undefined;
    throw error;
  }
}

/** A column of 32-bit numbers, undefined when its checksum does not match. */
export function readHashes(
  seed: number,
  row: SqlRow | undefined,
  column: string,
): Uint32Array | undefined {
  const bytes = row?.[column];
  if (!(bytes instanceof Uint8Array) || crc32(bytes, seed) !== Number(row?.["checksum"])) {
    return undefined;
  }
  return new Uint32Array(new Uint8Array(bytes).buffer);
}

/** All segments that are sound. */
export function readSegments(database: Database, seed: number, after = 0): IdSegment[] {
  const rows = database.all("SELECT * FROM id_segment WHERE id > ? ORDER BY id", after);
  return rows.flatMap((row) => readSegment(row, seed) ?? []);
}

function readSegment(row: SqlRow, seed: number): IdSegment | undefined {
  const minTimestamp = Number(row["min_timestamp"]);
  const maxTimestamp = Number(row["max_timestamp"]);
  const pageBits = Number(row["page_bits"]);
  const blocks = row["blocks"];
  if (!(blocks instanceof Uint8Array)) return undefined;
  const checksum = segmentChecksum(seed, minTimestamp, maxTimestamp, pageBits, blocks);
  if (checksum !== Number(row["checksum"])) return undefined;
  return {
    id: Number(row["id"]),
    minTimestamp,
    maxTimestamp,
    pageBits,
    blocks: new Float64Array(new Uint8Array(blocks).buffer),
  };
}

/** Removes a segment; must run in a transaction. */
export function deleteSegment(database: Database, id: number): void {
  database.run(
    "DELETE FROM id_page WHERE number BETWEEN ? AND ?",
    pageNumber({ id }, 0),
    pageNumber({ id }, (1 << MAX_PAGE_BITS) - 1),
  );
  database.run("DELETE FROM id_segment WHERE id = ?", id);
}

/** The number under which a page of a segment is stored. */
export function pageNumber({ id }: Pick<IdSegment, "id">, page: number): number {
  return id * (1 << MAX_PAGE_BITS) + page;
}

function segmentChecksum(
  seed: number,
  minTimestamp: number,
  maxTimestamp: number,
  pageBits: number,
  blocks: Uint8Array,
): number {
  const numbers = new Float64Array([minTimestamp, maxTimestamp, pageBits]);
  return crc32(blocks, crc32(new Uint8Array(numbers.buffer), seed));
}
