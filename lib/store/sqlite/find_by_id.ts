import type { RawEvent } from "../../event/raw_event.ts";
import type { Block } from "./block_codec.ts";
import { readIdFilter, readSoundBlock, readSpans } from "./block_table.ts";
import type { Database } from "./database.ts";
import { hashId, mayHold } from "./id_filter.ts";
import { readJournal } from "./journal.ts";

/** The event of this id with the greatest timestamp, the last to arrive among equals. */
export function findById(database: Database, id: string): RawEvent | undefined {
  const bytes = new TextEncoder().encode(id);
  const hash = hashId(bytes, 0, bytes.length);
  return database.snapshot(() => {
    let found = latest(readJournal(database).map(({ event }) => event).filter((e) => e.id === id));
    for (const span of readSpans(database).sort((a, b) => b.maxTimestamp - a.maxTimestamp)) {
      if (found !== undefined && found.timestamp > span.maxTimestamp) return found;
      if (!mayHold(readIdFilter(database, span.id), hash)) continue;
      const block = readSoundBlock(database, span.id);
      if (block === undefined) continue;
      const rows = rowsOfId(block, bytes);
      const events = block.events(rows).map(({ event }) => event);
      found = latest(found === undefined ? events : [...events, found]);
    }
    return found;
  });
}

function latest(events: readonly RawEvent[]): RawEvent | undefined {
  return events.reduce<RawEvent | undefined>(
    (best, event) => best === undefined || event.timestamp >= best.timestamp ? event : best,
    undefined,
  );
}

function rowsOfId(block: Block, id: Uint8Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < block.count; row++) {
    const bytes = block.idBytes(row);
    if (bytes.length === id.length && bytes.every((byte, i) => byte === id[i])) rows.push(row);
  }
  return rows;
}
