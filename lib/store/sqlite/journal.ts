import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import { EventReader } from "../../event/event_reader.ts";
import { RawEvent } from "../../event/raw_event.ts";
import type { StoredEvent } from "./stored_event.ts";
import type { Database } from "./database.ts";

/** The highest arrival number in the journal, damaged rows included; 0 when it is empty. */
export function readJournalCursor(database: Database): Cursor {
  const row = database.first("SELECT max(first_arrival + events) - 1 AS cursor FROM journal");
  return Number(row?.["cursor"] ?? 0);
}

/** A row of the journal that could not be read and was passed over. */
export interface DamagedRow {
  readonly firstArrival: Cursor;
  readonly reason: string;
}

/**
 * Reads the events that are not sealed yet, in order of arrival.
 *
 * @param onDamaged Told of each row that is damaged; its events are missing from the result.
 */
export function readJournal(
  database: Database,
  onDamaged: (row: DamagedRow) => void = () => {},
): StoredEvent[] {
  const stored: StoredEvent[] = [];
  const rows = database.all(
    "SELECT first_arrival, checksum, frames FROM journal ORDER BY first_arrival",
  );
  for (const row of rows) {
    const frames = row["frames"];
    let arrival = Number(row["first_arrival"]);
    if (!(frames instanceof Uint8Array) || crc32(frames) !== Number(row["checksum"])) {
      const reason = "Cannot read journal row: its checksum does not match its bytes";
      onDamaged({ firstArrival: arrival, reason });
      continue;
    }
    for (const event of new EventReader(frames, { maxEventBytes: Infinity })) {
      if (event instanceof RawEvent) stored.push({ event, arrival: arrival++ });
    }
  }
  return stored;
}
