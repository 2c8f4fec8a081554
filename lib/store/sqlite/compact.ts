import { lockStore } from "../store_lock.ts";
import { deleteBlock, readSoundBlock, readSpans } from "./block_table.ts";
import { Database } from "./database.ts";
import { IdIndex } from "./id_index.ts";
import { openSound } from "./open_sound.ts";
import { BLOCK_BYTES, BLOCK_EVENTS, sealEvents } from "./seal.ts";
import type { StoredEvent } from "./stored_event.ts";

/** What compacting did. */
export interface Compaction {
  /** Blocks before and after. */
  readonly before: number;
  readonly after: number;
  /** Bytes of the database before and after. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** Free pages given back at a time. */
const VACUUM_PAGES = 256;

/** A block that is small enough to be put together with others. */
interface SmallBlock {
  readonly id: number;
  readonly events: number;
  readonly rawBytes: number;
}

/**
 * Puts blocks that follow each other in time together into full ones, and gives the free space back.
 * Needs the store for itself. Damaged blocks stay as they are. Each transaction makes one block, so a
 * crash leaves a sound store.
 *
 * @param onProgress Told what part is done, from 0 to 1; awaited.
 * @throws {EventStoreError} When somebody else has the store open, or it is not accessible.
 */
export async function compactStore(
  path: string,
  onProgress: (part: number) => Promise<void> | void = () => {},
): Promise<Compaction> {
  // Before anything is made beside it, such as a lock.
  openSound(path)[Symbol.dispose]();
  using _lock = await lockStore(path);
  using database = Database.openForWriting(path);
  const before = countBlocks(database);
  const bytesBefore = sizeOf(database);
  const groups = groupBlocks(database);
  const index = new IdIndex(database);
  for (const [i, group] of groups.entries()) {
    mergeBlocks(database, index, group);
    await onProgress(i / groups.length / 2);
  }
  const alive = new Set(readSpans(database).map(({ id }) => id));
  index.removeDead((block) => alive.has(block));
  const free = database.pages().free;
  for (let left = free; left > 0;) {
    database.vacuum(VACUUM_PAGES);
    const now = database.pages().free;
    if (now >= left) break;
    left = now;
    await onProgress(1 - left / free / 2);
  }
  database.truncateLog();
  await onProgress(1);
  return { before, after: countBlocks(database), bytesBefore, bytesAfter: sizeOf(database) };
}

/** Runs of blocks in the order of time that fit into one. */
function groupBlocks(database: Database): SmallBlock[][] {
  const rows = database.all("SELECT id, events, raw_bytes FROM block ORDER BY min_timestamp, id");
  const groups: SmallBlock[][] = [];
  let group: SmallBlock[] = [];
  let events = 0;
  let bytes = 0;
  for (const row of rows) {
    const block = {
      id: Number(row["id"]),
      events: Number(row["events"]),
      rawBytes: Number(row["raw_bytes"]),
    };
    if (events + block.events > BLOCK_EVENTS || bytes + block.rawBytes > BLOCK_BYTES) {
      groups.push(group);
      group = [];
      events = bytes = 0;
    }
    group.push(block);
    events += block.events;
    bytes += block.rawBytes;
  }
  groups.push(group);
  return groups.filter((blocks) => blocks.length > 1);
}

function mergeBlocks(database: Database, index: IdIndex, group: readonly SmallBlock[]): void {
  const { sealed, merged } = database.transaction(() => {
    const stored: StoredEvent[] = [];
    const merged: number[] = [];
    for (const { id } of group) {
      const events = readSoundBlock(database, id, (block) => block.allEvents());
      if (events === undefined) continue;
      merged.push(id);
      stored.push(...events);
    }
    if (merged.length < 2) return { sealed: [], merged: [] };
    const sealed = sealEvents(database, index, stored);
    for (const id of merged) deleteBlock(database, id);
    return { sealed, merged };
  });
  for (const id of merged) index.remove(id);
  for (const { span, hashes } of sealed) index.add({ ...span, block: span.id, hashes });
  index.merge();
}

function countBlocks(database: Database): number {
  return Number(database.first("SELECT count(*) AS n FROM block")?.["n"]);
}

function sizeOf(database: Database): number {
  const { count, bytes } = database.pages();
  return count * bytes;
}
