import { EventReader } from "../../event/event_reader.ts";
import { RawEvent } from "../../event/raw_event.ts";
import { EventReadError } from "../store.ts";
import { crc32 } from "node:zlib";
import { encodeBlock } from "./block_encoder.ts";
import { isSpanSound } from "./block_summary.ts";
import { readBlock, readSpans } from "./block_table.ts";
import type { Database, SqlRow } from "./database.ts";
import { openSound } from "./open_sound.ts";

/** A block or a row of the journal that was looked at. */
export interface VerifiedPart {
  readonly kind: "block" | "journal row";
  /** The id of the block, the first arrival number of the row. */
  readonly number: number;
  readonly events: number;
  /** What is wrong with it, undefined when it is sound. */
  readonly damage: string | undefined;
}

/** What there is to verify. */
export interface Verification {
  /** How many parts there are. */
  readonly parts: number;
  /** Reads and checks one part after another. */
  readonly run: () => Generator<VerifiedPart>;
}

/**
 * Checks every block and every row of the journal: checksum, compression, counts, spans. It only
 * reads, each part on its own, so a collector may have the store open; blocks that go away meanwhile
 * are passed over.
 */
export function verifyStore(database: Database): Verification {
  const { blocks, rows } = database.snapshot(() => ({
    blocks: readSpans(database).map(({ id }) => id).sort((a, b) => a - b),
    rows: database.all("SELECT first_arrival FROM journal ORDER BY first_arrival")
      .map((row) => Number(row["first_arrival"])),
  }));
  return {
    parts: blocks.length + rows.length,
    *run() {
      for (const id of blocks) yield* verifyBlock(database, id);
      for (const arrival of rows) yield* verifyRow(database, arrival);
    },
  };
}

/**
 * Opens a store to verify it.
 *
 * @throws {EventStoreError} When it is no store, or its structure is damaged.
 */
export function openForVerifying(path: string): Database {
  return openSound(path);
}

function* verifyBlock(database: Database, id: number): Generator<VerifiedPart> {
  const summary = database.first("SELECT * FROM block WHERE id = ?", id);
  if (summary === undefined) return;
  const events = Number(summary["events"]);
  let damage: string | undefined;
  try {
    damage = findFault(database, id, summary);
  } catch (error) {
    if (!(error instanceof EventReadError)) throw error;
    damage = error.message;
  }
  // It may have been dropped or changed between the two reads.
  if (damage !== undefined && isChanged(database, id, summary)) {
    yield* verifyBlock(database, id);
    return;
  }
  yield { kind: "block", number: id, events, damage };
}

function isChanged(database: Database, id: number, summary: SqlRow): boolean {
  const now = database.first("SELECT * FROM block WHERE id = ?", id);
  return now === undefined || now["events"] !== summary["events"] ||
    now["stored_bytes"] !== summary["stored_bytes"];
}

/** What its columns and its summary do not agree on. */
function findFault(database: Database, id: number, summary: SqlRow): string | undefined {
  if (!isSpanSound(summary)) return "the checksum of its summary does not match";
  const stored = database.snapshot(() => {
    using block = readBlock(database, id);
    return block?.allEvents();
  });
  if (stored === undefined) return "its data is missing";
  const count = Number(summary["events"]);
  if (stored.length !== count) return `it holds ${stored.length} events, its summary says ${count}`;
  for (const [row, { event }] of stored.entries()) {
    const before = stored[row - 1];
    if (before !== undefined && before.event.timestamp > event.timestamp) {
      return `its events are not in order from row ${row} on`;
    }
    if (event.idEnd <= event.idStart) return `row ${row} has no id`;
  }
  const { minTimestamp, maxTimestamp, minArrival, maxArrival, rawBytes, sources, tags } =
    encodeBlock(stored).summary;
  const expected: readonly (readonly [string, unknown])[] = [
    ["min_timestamp", minTimestamp],
    ["max_timestamp", maxTimestamp],
    ["min_arrival", minArrival],
    ["max_arrival", maxArrival],
    ["raw_bytes", rawBytes],
    ["sources", sources === undefined ? null : JSON.stringify(sources)],
    ["tags", tags === undefined ? null : JSON.stringify(tags)],
  ];
  for (const [column, value] of expected) {
    if (summary[column] !== value) {
      return `its ${column} is ${value}, its summary says ${summary[column]}`;
    }
  }
  return undefined;
}

function* verifyRow(database: Database, arrival: number): Generator<VerifiedPart> {
  const row = database.first(
    "SELECT events, checksum, frames FROM journal WHERE first_arrival = ?",
    arrival,
  );
  if (row === undefined) return;
  const events = Number(row["events"]);
  yield { kind: "journal row", number: arrival, events, damage: findRowFault(row, events) };
}

function findRowFault(row: SqlRow, events: number): string | undefined {
  const frames = row["frames"];
  if (!(frames instanceof Uint8Array) || crc32(frames) !== Number(row["checksum"])) {
    return "its checksum does not match its bytes";
  }
  let count = 0;
  for (const item of new EventReader(frames, { maxEventBytes: Infinity })) {
    if (!(item instanceof RawEvent)) return item.message;
    count++;
  }
  return count === events ? undefined : `it holds ${count} events, its summary says ${events}`;
}
