import { encodeBlock } from "./block_encoder.ts";
import type { BlockSpan } from "./block_summary.ts";
import { insertBlock } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { IdIndex } from "./id_index.ts";
import { compareStored, type StoredEvent } from "./stored_event.ts";

/** Events of a block: enough to compress well, few enough to read one for a single event. */
export const BLOCK_EVENTS = 4096;

/** Bytes of a block before compression, unless a single event has more. */
export const BLOCK_BYTES = 2 << 20;

/** A new block and the hashes of its ids. */
export interface SealedBlock {
  readonly span: BlockSpan;
  readonly hashes: Uint32Array<ArrayBuffer>;
}

/** Puts events into blocks; must run in a transaction. */
export function sealEvents(
  database: Database,
  index: IdIndex,
  stored: StoredEvent[],
): SealedBlock[] {
  return splitForBlocks(stored.sort(compareStored)).map((part) => {
    const span = insertBlock(database, encodeBlock(part));
    const hashes = hashesOf(part, index);
    index.insert(span.id, hashes);
    return { span, hashes };
  });
}

/** Bytes of headers and contents. */
export function bytesOf(stored: readonly StoredEvent[]): number {
  let bytes = 0;
  for (const { event } of stored) bytes += event.contentEnd - event.headerStart;
  return bytes;
}

/** The distinct hashes of ids in rising order. */
function hashesOf(stored: readonly StoredEvent[], { hash }: IdIndex): Uint32Array<ArrayBuffer> {
  return distinct(Uint32Array.from(
    stored,
    ({ event }) => hash(event.buffer, event.idStart, event.idEnd),
  ));
}

/** Sorts hashes and removes those that come twice. */
export function distinct(hashes: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  hashes.sort();
  return hashes.filter((value, i) => i === 0 || value !== hashes[i - 1]);
}

/** Cuts sorted events into blocks of about equal size. */
function splitForBlocks(stored: readonly StoredEvent[]): StoredEvent[][] {
  const blocks = Math.max(
    Math.ceil(stored.length / (BLOCK_EVENTS * 1.5)),
    Math.floor(bytesOf(stored) / BLOCK_BYTES),
    1,
  );
  const size = Math.ceil(stored.length / blocks);
  const parts: StoredEvent[][] = [];
  for (let i = 0; i < stored.length; i += size) parts.push(stored.slice(i, i + size));
  return parts;
}
