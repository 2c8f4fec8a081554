import { freeBytes } from "../../base/bytes.ts";
import type { Cursor } from "../../event/criteria.ts";
import { ArrivalSet } from "./arrival_set.ts";
import { encodeBlock } from "./block_encoder.ts";
import { insertBlock } from "./block_table.ts";
import type { Database } from "./database.ts";
import type { ProvenRecord } from "./proven_record.ts";
import type { FoundRecord } from "./record_search.ts";

/** What was taken over. */
export interface TakenRecords {
  /** Events in all of them. */
  readonly events: number;
  /** Blocks. */
  readonly blocks: number;
  /** Rows of the journal. */
  readonly rows: number;
  /** Blocks and rows that are known to be lost; of others nothing may be left that tells. */
  readonly lost: number;
}

type Found<K extends ProvenRecord["kind"]> = Extract<ProvenRecord, { readonly kind: K }>;

/**
 * Takes records into a new database with their arrival numbers. Two records that share a number are
 * versions of each other, and the first is taken.
 */
export class RecordTaker {
  readonly #database: Database;
  readonly #arrivals = new ArrivalSet();
  readonly #counters = new Map<string, number>();
  readonly #summaries = new Map<number, Found<"summary">>();
  readonly #damagedBlocks = new Set<number>();
  #cursor: Cursor = 0;
  #events = 0;
  #blocks = 0;
  #rows = 0;
  #lostRows = 0;

  /** @param database An empty store. */
  constructor(database: Database) {
    this.#database = database;
  }

  take(record: FoundRecord): void {
    switch (record.kind) {
      case "block":
        return this.#takeBlock(record);
      case "row":
        return this.#takeRow(record);
      case "summary":
        this.#summaries.set(record.id, record);
        return this.#raiseCursor(record.maxArrival);
      case "counter": {
        const { name, value } = record;
        this.#counters.set(name, Math.max(value, this.#counters.get(name) ?? 0));
        return;
      }
      case "damaged":
        if (record.table === "block_data") this.#damagedBlocks.add(record.number);
        else this.#lostRows++;
    }
  }

  /** Writes the counters, and says what was taken. */
  finish(): TakenRecords {
    this.#raiseCursor(this.#arrivals.greatest);
    this.#raiseCursor(this.#counters.get("arrival") ?? 0);
    this.#counters.set("arrival", this.#cursor);
    this.#database.transaction(() => {
      for (const [name, value] of this.#counters) {
        this.#database.run("INSERT OR REPLACE INTO counter VALUES (?, ?)", name, value);
      }
    });
    const lost = this.#countLostBlocks() + this.#lostRows;
    return { events: this.#events, blocks: this.#blocks, rows: this.#rows, lost };
  }

  #takeBlock({ stored }: Found<"block">): void {
    if (!this.#arrivals.addAll(stored.map(({ arrival }) => arrival))) return;
    this.#database.transaction(() => insertBlock(this.#database, encodeBlock(stored)));
    this.#blocks++;
    this.#events += stored.length;
    freeBytes(stored[0]?.event.buffer);
  }

  #takeRow({ firstArrival, events, checksum, frames }: Found<"row">): void {
    const arrivals = Array.from({ length: events }, (_, i) => firstArrival + i);
    if (!this.#arrivals.addAll(arrivals)) return;
    this.#database.run(
      "INSERT INTO journal (first_arrival, events, checksum, frames) VALUES (?, ?, ?, ?)",
      firstArrival,
      events,
      checksum,
      frames,
    );
    this.#rows++;
    this.#events += events;
  }

  #raiseCursor(arrival: Cursor): void {
    this.#cursor = Math.max(this.#cursor, arrival);
  }

  /** A block whose events came, if under another id, is not lost. */
  #countLostBlocks(): number {
    const missing = [...this.#summaries.values()]
      .filter(({ maxArrival }) => !this.#arrivals.has(maxArrival));
    const untold = [...this.#damagedBlocks].filter((id) => !this.#summaries.has(id));
    return missing.length + untold.length;
  }
}
