import type { StoreStats } from "../store.ts";
import type { Database } from "./database.ts";
import { readJournal } from "./journal.ts";
import { readDropped } from "./retention_step.ts";

/** What the store holds, from the summaries of its blocks and the journal itself. */
export function readStats(database: Database): StoreStats {
  return database.snapshot(() => {
    const blocks = database.first(
      `SELECT count(*) AS blocks, coalesce(sum(events), 0) AS events,
         coalesce(sum(raw_bytes), 0) AS raw_bytes, min(min_timestamp) AS oldest,
         max(max_timestamp) AS newest FROM block`,
    ) ?? {};
    const pages = database.first(
      "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
    );
    const journal = readJournal(database);
    let oldest = Number(blocks["oldest"] ?? Infinity);
    let newest = Number(blocks["newest"] ?? -Infinity);
    let rawBytes = Number(blocks["raw_bytes"]);
    for (const { event } of journal) {
      oldest = Math.min(oldest, event.timestamp);
      newest = Math.max(newest, event.timestamp);
      rawBytes += event.contentEnd - event.headerStart;
    }
    const dropped = readDropped(database);
    const isEmpty = oldest > newest;
    return {
      events: Number(blocks["events"]) + journal.length,
      rawBytes,
      storedBytes: Number(pages?.["bytes"] ?? 0),
      oldest: isEmpty ? undefined : oldest,
      newest: isEmpty ? undefined : newest,
      damaged: 0,
      ...(dropped === undefined ? {} : { dropped }),
    };
  });
}
