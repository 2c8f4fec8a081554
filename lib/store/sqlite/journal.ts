import { crc32 } from "node:zlib";
import { EventReader } from "../../event/event_reader.ts";
import { RawEvent } from "../../event/raw_event.ts";
import type { StoredEvent } from "./block_codec.ts";
import type { Database } from "./database.ts";

/** Reads the events that are not sealed yet, in order of arrival. A damaged row is passed over. */
export function readJournal(database: Database): StoredEvent[] {
  const stored: StoredEvent[] = [];
  const rows = database.all(
    "SELECT first_arrival, checksum, frames FROM journal ORDER BY first_arrival",
  );
  for (const row of rows) {
    const frames = row["frames"];
    if (!(frames instanceof Uint8Array) || crc32(frames) !== Number(row["checksum"])) continue;
    let arrival = Number(row["first_arrival"]);
    for (const event of new EventReader(frames, { maxEventBytes: Infinity })) {
      if (event instanceof RawEvent) stored.push({ event, arrival: arrival++ });
    }
  }
  return stored;
}
