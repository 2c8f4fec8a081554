import type { Database, SqlRow } from "./database.ts";
import {
  ID_BYTES,
  KEY_BYTES,
  type PackedEvents,
  TIME_AT,
  TYPE_AT,
  TYPE_BYTES,
} from "./packed_events.ts";
import { TIMESTAMP_BYTES } from "../../timestamp.ts";

/** What is known of a latest event, in bytes: its id, then its timestamp. */
export const LATEST_BYTES: number = ID_BYTES + TIMESTAMP_BYTES;

/** The part of an id that says which server. */
const SERVER_BYTES = 8;

/** The latest events of all types, for those who open a backend. */
export interface KnownLatest {
  /** Numbers of types. */
  readonly types: Uint32Array<ArrayBuffer>;
  /** The arrival number of the latest event of each. */
  readonly arrivals: Float64Array<ArrayBuffer>;
  /** What is known of it, {@linkcode LATEST_BYTES} each. */
  readonly keys: Uint8Array<ArrayBuffer>;
}

/**
 * Which event is the latest of each type: in memory, and in the database as far as it was saved.
 *
 * The latest is the greatest by natural order; of two without an order it is the one that came later.
 */
export class LatestTable {
  readonly #database: Database;
  /** Arrival numbers by the number of the type; 0 where there is no event. */
  #arrivals = new Float64Array(1024);
  #keys = new Uint8Array(1024 * LATEST_BYTES);
  readonly #unsaved = new Set<number>();

  /**
   * Reads what was saved and what came after it.
   *
   * @param savedUpTo The last arrival number that was taken into account when it was saved.
   */
  constructor(database: Database, savedUpTo: number) {
    this.#database = database;
    const saved = database.all(
      "SELECT l.type, l.arrival, e.id, e.time FROM latest l JOIN event e ON e.arrival = l.arrival",
    );
    for (const row of saved) this.#noteRow(row);
    this.#unsaved.clear();
    const later = database.all(
      "SELECT type, arrival, id, time FROM event WHERE arrival > ? ORDER BY arrival",
      savedUpTo,
    );
    for (const row of later) this.#noteRow(row);
  }

  /** Whether the database does not know all of it. */
  get hasUnsaved(): boolean {
    return this.#unsaved.size > 0;
  }

  /** Takes events that were added, the first one with this arrival number. */
  note(packed: PackedEvents, firstArrival: number): void {
    const { keys } = packed;
    const view = new DataView(keys.buffer, keys.byteOffset);
    for (let i = 0; i < packed.count; i++) {
      const key = i * KEY_BYTES;
      const type = view.getUint32(key + TYPE_AT);
      this.#note(type, firstArrival + i, keys, key, key + TIME_AT);
    }
  }

  /** Saves what was not saved yet; within a transaction. {@linkcode saved} must follow when it is committed. */
  save(): void {
    const types = new Uint8Array(this.#unsaved.size * TYPE_BYTES);
    const view = new DataView(types.buffer);
    // In the order of the table, which then is written page by page.
    const arrivals = [...this.#unsaved].sort((a, b) => a - b).map((type, i) => {
      view.setUint32(i * TYPE_BYTES, type);
      return this.#arrivals[type];
    });
    this.#database.run(
      `INSERT INTO latest SELECT substr(?1, key * ${TYPE_BYTES} + 1, ${TYPE_BYTES}), value
      FROM json_each(?2) WHERE true ON CONFLICT (type) DO UPDATE SET arrival = excluded.arrival`,
      types,
      JSON.stringify(arrivals),
    );
  }

  /** What was saved is committed. */
  saved(): void {
    this.#unsaved.clear();
  }

  /** All of it. */
  list(): KnownLatest {
    const types = new Uint32Array(this.#arrivals.length);
    let count = 0;
    this.#arrivals.forEach((arrival, type) => {
      if (arrival !== 0) types[count++] = type;
    });
    const arrivals = new Float64Array(count);
    const keys = new Uint8Array(count * LATEST_BYTES);
    for (let i = 0; i < count; i++) {
      const type = types[i] ?? 0;
      arrivals[i] = this.#arrivals[type] ?? 0;
      const from = type * LATEST_BYTES;
      keys.set(this.#keys.subarray(from, from + LATEST_BYTES), i * LATEST_BYTES);
    }
    return { types: types.slice(0, count), arrivals, keys };
  }

  #noteRow([type, arrival, id, time]: SqlRow): void {
    const bytes = new Uint8Array(LATEST_BYTES);
    bytes.set(id as Uint8Array);
    bytes.set(time as Uint8Array, ID_BYTES);
    const { buffer, byteOffset } = type as Uint8Array;
    const number = new DataView(buffer, byteOffset).getUint32(0);
    this.#note(number, Number(arrival), bytes, 0, ID_BYTES);
  }

  #note(type: number, arrival: number, bytes: Uint8Array, idAt: number, timeAt: number): void {
    if (type >= this.#arrivals.length) this.#grow(type);
    const at = type * LATEST_BYTES;
    if (this.#arrivals[type] !== 0 && this.#isGreater(at, bytes, idAt, timeAt)) return;
    this.#arrivals[type] = arrival;
    this.#unsaved.add(type);
    for (let i = 0; i < ID_BYTES; i++) this.#keys[at + i] = bytes[idAt + i] ?? 0;
    for (let i = 0; i < TIMESTAMP_BYTES; i++) {
      this.#keys[at + ID_BYTES + i] = bytes[timeAt + i] ?? 0;
    }
  }

  /** Whether the event at `at` is greater than the other by natural order. */
  #isGreater(at: number, bytes: Uint8Array, idAt: number, timeAt: number): boolean {
    const byId = this.#compare(at, bytes, idAt, ID_BYTES);
    if (byId.at >= SERVER_BYTES) return byId.order > 0;
    return this.#compare(at + ID_BYTES, bytes, timeAt, TIMESTAMP_BYTES).order > 0;
  }

  /** Compares bytes, and says where they differ first. */
  #compare(
    mine: number,
    bytes: Uint8Array,
    other: number,
    length: number,
  ): { readonly order: number; readonly at: number } {
    for (let i = 0; i < length; i++) {
      const order = (this.#keys[mine + i] ?? 0) - (bytes[other + i] ?? 0);
      if (order !== 0) return { order, at: i };
    }
    return { order: 0, at: length };
  }

  #grow(type: number): void {
    const size = Math.max(type + 1, 2 * this.#arrivals.length);
    const arrivals = new Float64Array(size);
    arrivals.set(this.#arrivals);
    const keys = new Uint8Array(size * LATEST_BYTES);
    keys.set(this.#keys);
    this.#arrivals = arrivals;
    this.#keys = keys;
  }
}
