import { crc32 } from "node:zlib";
import type { Database } from "./database.ts";
import { type IdHash, makeIdHash } from "./id_hash.ts";
import {
  type BlockHashes,
  blocksInPage,
  deleteSegment,
  type IdSegment,
  insertSegment,
  lowerBound,
  pageNumber,
  pageOf,
  readHashes,
  readPage,
  readSegments,
  SEGMENT_BLOCKS,
  SEGMENT_IDS,
} from "./id_segment.ts";

/** Pages kept: 4 KiB each. */
const MAX_PAGES = 1024;

/** Told that a block may hold an event, by its place in the list that was asked for. */
export type OnCandidate = (event: number, block: number) => void;

/** Events as they are looked for: by hash, in blocks and segments whose time covers theirs. */
export interface SoughtEvents {
  /** Places in the other two, of those to look for. */
  readonly places: readonly number[];
  readonly hashes: Uint32Array;
  readonly timestamps: Float64Array;
}

/**
 * Says which blocks may hold an id: for the newest blocks a list of hashes each, for all others segments
 * of many blocks, so that a look-up reads one small page of each segment. A hash may lie; whoever asks
 * makes sure in the block itself.
 */
export class IdIndex {
  readonly #database: Database;
  readonly #seed: number;
  /** Hashes the bytes of an id as this store does. */
  readonly hash: IdHash;
  readonly #segments = new Map<number, IdSegment>();
  readonly #recent = new Map<number, BlockHashes>();
  #recentIds = 0;
  readonly #pages = new Map<number, Uint32Array | undefined>();

  constructor(database: Database) {
    this.#database = database;
    const row = database.first("SELECT value FROM counter WHERE name = 'id_seed'");
    this.#seed = Number(row?.["value"] ?? 0);
    this.hash = makeIdHash(this.#seed);
    this.refresh();
  }

  /** Takes in what another connection wrote. */
  refresh(): void {
    const segments = new Set(
      this.#database.all("SELECT id FROM id_segment").map((row) => Number(row["id"])),
    );
    for (const id of this.#segments.keys()) if (!segments.has(id)) this.#segments.delete(id);
    const newest = Math.max(0, ...this.#segments.keys());
    for (const segment of readSegments(this.#database, this.#seed, newest)) {
      this.#segments.set(segment.id, segment);
    }
    const recent = new Set(
      this.#database.all("SELECT block_id FROM id_recent").map((row) => Number(row["block_id"])),
    );
    for (const block of this.#recent.keys()) if (!recent.has(block)) this.#forget(block);
    for (const block of recent) if (!this.#recent.has(block)) this.#readRecent(block);
  }

  /** The blocks that are in the index. */
  blocks(): Set<number> {
    const blocks = new Set(this.#recent.keys());
    for (const segment of this.#segments.values()) {
      for (const block of segment.blocks) blocks.add(block);
    }
    return blocks;
  }

  /** Writes the hashes of a new block, in rising order; must run in a transaction. */
  insert(block: number, hashes: Uint32Array<ArrayBuffer>): void {
    const bytes = new Uint8Array(hashes.buffer);
    this.#database.run(
      "INSERT OR REPLACE INTO id_recent (block_id, checksum, hashes) VALUES (?, ?, ?)",
      block,
      crc32(bytes, this.#seed),
      bytes,
    );
  }

  /** Takes in a block whose transaction is done. */
  add(ids: BlockHashes): void {
    this.#recent.set(ids.block, ids);
    this.#recentIds += ids.hashes.length;
  }

  /** Forgets a block that is gone. Of a segment its entries stay: they lead to no block any more. */
  remove(block: number): void {
    this.#forget(block);
  }

  /** Makes a segment when there are enough recent blocks for one, in a transaction of its own. */
  merge(): void {
    while (this.#recentIds >= SEGMENT_IDS || this.#recent.size >= SEGMENT_BLOCKS) {
      const members = [...this.#recent.values()].slice(0, SEGMENT_BLOCKS);
      const segment = this.#database.transaction(() => {
        for (const { block } of members) {
          this.#database.run("DELETE FROM id_recent WHERE block_id = ?", block);
        }
        return insertSegment(this.#database, this.#seed, members);
      });
      this.#segments.set(segment.id, segment);
      for (const { block } of members) this.#forget(block);
    }
  }

  /** Removes the segments all of whose blocks are gone, in a transaction of its own. */
  removeDead(isAlive: (block: number) => boolean): void {
    const dead = [...this.#segments.values()].filter(({ blocks }) => !blocks.some(isAlive));
    if (dead.length === 0) return;
    this.#database.transaction(() => {
      for (const { id } of dead) deleteSegment(this.#database, id);
    });
    for (const { id } of dead) this.#segments.delete(id);
  }

  /** The blocks that may hold an id of this hash. */
  blocksOf(hash: number): number[] {
    const blocks: number[] = [];
    for (const { block, hashes } of this.#recent.values()) {
      if (has(hashes, hash)) blocks.push(block);
    }
    for (const segment of this.#segments.values()) {
      blocks.push(...this.#blocksIn(segment, pageOf(segment, hash), hash));
    }
    return blocks;
  }

  /** Names all blocks that may hold one of these events, each page being read once. */
  findAll(sought: SoughtEvents, onCandidate: OnCandidate): void {
    let least = Infinity;
    let greatest = -Infinity;
    for (const place of sought.places) {
      least = Math.min(least, sought.timestamps[place] ?? 0);
      greatest = Math.max(greatest, sought.timestamps[place] ?? 0);
    }
    const isNear = (ids: Span) => ids.minTimestamp <= greatest && ids.maxTimestamp >= least;
    for (const ids of this.#recent.values()) {
      if (!isNear(ids)) continue;
      for (const place of within(sought, ids)) {
        if (has(ids.hashes, sought.hashes[place] ?? 0)) onCandidate(place, ids.block);
      }
    }
    for (const segment of this.#segments.values()) {
      if (!isNear(segment)) continue;
      const places = within(sought, segment);
      if (places.length === 0) continue;
      for (
        const [page, inPage] of Map.groupBy(
          places,
          (place) => pageOf(segment, sought.hashes[place] ?? 0),
        )
      ) {
        for (const place of inPage) {
          const blocks = this.#blocksIn(segment, page, sought.hashes[place] ?? 0);
          for (const block of blocks) onCandidate(place, block);
        }
      }
    }
  }

  /** A damaged page names all blocks of its segment. */
  #blocksIn(segment: IdSegment, number: number, hash: number): Iterable<number> {
    const page = this.#page(segment, number);
    return page === undefined ? segment.blocks : blocksInPage(segment, page, hash);
  }

  #page(segment: IdSegment, number: number): Uint32Array | undefined {
    const key = pageNumber(segment, number);
    const page = this.#pages.has(key)
      ? this.#pages.get(key)
      : readPage(this.#database, this.#seed, segment, number);
    this.#pages.delete(key);
    this.#pages.set(key, page);
    if (this.#pages.size > MAX_PAGES) {
      const { value: oldest } = this.#pages.keys().next();
      if (oldest !== undefined) this.#pages.delete(oldest);
    }
    return page;
  }

  #readRecent(block: number): void {
    const row = this.#database.first(
      `SELECT id_recent.checksum, hashes, min_timestamp, max_timestamp FROM id_recent
         JOIN block ON block.id = block_id WHERE block_id = ?`,
      block,
    );
    const hashes = readHashes(this.#seed, row, "hashes");
    if (hashes === undefined) return;
    const minTimestamp = Number(row?.["min_timestamp"]);
    const maxTimestamp = Number(row?.["max_timestamp"]);
    this.add({ block, minTimestamp, maxTimestamp, hashes });
  }

  #forget(block: number): void {
    this.#recentIds -= this.#recent.get(block)?.hashes.length ?? 0;
    this.#recent.delete(block);
  }
}

function has(hashes: Uint32Array, hash: number): boolean {
  return hashes[lowerBound(hashes, hash)] === hash;
}

type Span = Pick<BlockHashes, "minTimestamp" | "maxTimestamp">;

function within(
  { places, timestamps }: SoughtEvents,
  { minTimestamp, maxTimestamp }: Span,
): readonly number[] {
  return places.filter((place) => {
    const timestamp = timestamps[place] ?? 0;
    return timestamp >= minTimestamp && timestamp <= maxTimestamp;
  });
}
