import { encodeBlock } from "./block_encoder.ts";
import { readDamagedSummaries, readSoundBlock, readSpans, replaceSummary } from "./block_table.ts";
import { type Database, isDiskFull } from "./database.ts";
import type { IdIndex } from "./id_index.ts";
import { distinct } from "./seal.ts";

/**
 * Makes the summaries of blocks anew that do not have their checksum, from the blocks themselves. Those
 * whose block is damaged, too, stay: such a block is looked at by every search, which reports it.
 *
 * @returns How many were made anew.
 */
export function repairSummaries(database: Database): number {
  let repaired = 0;
  for (const id of readDamagedSummaries(database)) {
    const stored = readSoundBlock(database, id, (block) => block.allEvents());
    if (stored === undefined || stored.length === 0) continue;
    const { summary } = encodeBlock(stored);
    if (changeIfRoom(database, () => replaceSummary(database, id, summary))) repaired++;
  }
  return repaired;
}

/** Adds blocks to the index that are not in it, because a part of it was damaged. */
export function completeIndex(database: Database, index: IdIndex): void {
  const indexed = index.blocks();
  const missing = readSpans(database).filter(({ id }) => !indexed.has(id));
  for (const span of missing) {
    const hashes = readSoundBlock(
      database,
      span.id,
      (block) => distinct(block.idHashes(index.hash)),
    );
    if (hashes === undefined) continue;
    changeIfRoom(database, () => index.insert(span.id, hashes));
    index.add({ ...span, block: span.id, hashes });
  }
}

/** A full disk must not keep a store from being opened: then it is done when it is opened again. */
function changeIfRoom(database: Database, change: () => void): boolean {
  try {
    database.transaction(change);
    return true;
  } catch (error) {
    if (isDiskFull(error)) return false;
    throw error;
  }
}
