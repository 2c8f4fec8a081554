import type { RawEvent } from "../../event/raw_event.ts";
import { readSoundBlock } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { IdIndex } from "./id_index.ts";
import { readJournal } from "./journal.ts";

/** The event of this id with the greatest timestamp, the last to arrive among equals. */
export function findById(database: Database, index: IdIndex, id: string): RawEvent | undefined {
  const bytes = new TextEncoder().encode(id);
  const hash = index.hash(bytes, 0, bytes.length);
  return database.snapshot(() => {
    index.refresh();
    // Blocks before the journal, which holds what arrived last.
    const blocks = index.blocksOf(hash).sort((a, b) => a - b);
    const sealed = blocks.flatMap((block) =>
      readSoundBlock(database, block, (found) => {
        const rows = Array.from({ length: found.count }, (_, row) => row);
        return found.events(rows.filter((row) => found.hasId(row, bytes)));
      }) ?? []
    ).sort((a, b) => a.arrival - b.arrival);
    const waiting = readJournal(database).filter(({ event }) => event.id === id);
    return latest([...sealed, ...waiting].map(({ event }) => event));
  });
}

function latest(events: readonly RawEvent[]): RawEvent | undefined {
  return events.reduce<RawEvent | undefined>(
    (best, event) => best === undefined || event.timestamp >= best.timestamp ? event : best,
    undefined,
  );
}
