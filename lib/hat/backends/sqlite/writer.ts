import { BackendError } from "../backend_error.ts";
import { Database } from "./database.ts";
import { type KnownLatest, LatestTable } from "./latest_table.ts";
import {
  HAS_SOURCE_AT,
  ID_BYTES,
  KEY_BYTES,
  type PackedEvents,
  SOURCE_AT,
  TIME_AT,
  TYPE_AT,
  TYPE_BYTES,
} from "./packed_events.ts";
import { SEGMENT_BITS } from "./schema.ts";
import { TIMESTAMP_BYTES } from "../../timestamp.ts";

/** Where a payload is, in one number: its offset times this, plus its length. */
const SPAN = 2 ** 27;

/** Bytes of payload that one statement takes, unless a single event has more: offsets of 26 bits. */
export const MAX_PART_BYTES = 4 << 20;

/** Bytes of payload that one event may have. */
export const MAX_PAYLOAD_BYTES: number = SPAN - 1;

/**
 * Events after which the latest ones are saved: what came later is read when the database is opened. The
 * more, the more often a type is among them, which is then saved once.
 */
const SAVE_LATEST_AFTER = 1 << 16;

/** Events that one step of retention drops at most: a few hundredths of a second. */
const DROPPED_AT_ONCE = 4096;

/** Adds a part: SQLite takes it apart itself, which is more than twice as fast as a call per event. */
const INSERT = `INSERT INTO event SELECT
  ?1 + key,
  substr(?2, key * ${KEY_BYTES} + 1, ${ID_BYTES}),
  substr(?2, key * ${KEY_BYTES} + ${TYPE_AT + 1}, ${TYPE_BYTES}),
  substr(?2, key * ${KEY_BYTES} + ${TIME_AT + 1}, ${TIMESTAMP_BYTES}),
  CASE substr(?2, key * ${KEY_BYTES} + ${HAS_SOURCE_AT + 1}, 1)
    WHEN x'01' THEN substr(?2, key * ${KEY_BYTES} + ${SOURCE_AT + 1}, ${TIMESTAMP_BYTES}) END,
  substr(?3, value / ${SPAN} + 1, value % ${SPAN})
  FROM json_each(?4)`;

/** A timestamp that a segment had before stays when the new events have none. */
const UPDATE_SEGMENTS = `INSERT INTO segment
  SELECT arrival >> ${SEGMENT_BITS}, min(time), max(time), min(source), max(source)
  FROM event WHERE arrival >= ? GROUP BY 1
  ON CONFLICT (number) DO UPDATE SET
    min_time = min(min_time, excluded.min_time),
    max_time = max(max_time, excluded.max_time),
    min_source = coalesce(min(min_source, excluded.min_source), min_source, excluded.min_source),
    max_source = coalesce(max(max_source, excluded.max_source), max_source, excluded.max_source)`;

const DROP = `DELETE FROM event WHERE arrival IN (
  SELECT e.arrival FROM event e INDEXED BY event_time
  WHERE e.time < ? AND NOT EXISTS (
    SELECT 1 FROM latest l WHERE l.type = e.type AND l.arrival = e.arrival
  ) ORDER BY e.time, e.arrival LIMIT ?)`;

const DROP_SEGMENTS = `DELETE FROM segment WHERE NOT EXISTS (
  SELECT 1 FROM event WHERE arrival BETWEEN number << ${SEGMENT_BITS}
  AND (number << ${SEGMENT_BITS}) + ${2 ** SEGMENT_BITS - 1})`;

/** Comes after every timestamp. */
const AFTER_ALL: Uint8Array = new Uint8Array(TIMESTAMP_BYTES + 1).fill(0xff);

/** What is added by one transaction. */
export interface Group {
  readonly firstArrival: number;
  readonly parts: readonly PackedEvents[];
  /** Types that occur for the first time: number, and name as JSON. */
  readonly types: readonly (readonly [number, string])[];
  /** The greatest ids: server, session and instance. */
  readonly servers: readonly (readonly [number, number, number])[];
}

/** What is known when a database is opened. */
export interface Opened {
  /** The greatest arrival number. */
  readonly arrival: number;
  readonly types: readonly (readonly [number, string])[];
  readonly servers: readonly (readonly [number, number, number])[];
  readonly latest: KnownLatest;
}

/** From when on events are dropped. */
export interface DropLimits {
  readonly maxEvents: number | undefined;
  readonly maxBytes: number | undefined;
  /** The timestamp before which events are too old, in bytes. */
  readonly cutoff: Uint8Array<ArrayBuffer> | undefined;
}

/** What a step of retention did. */
export interface DropStep {
  readonly dropped: number;
  /** Whether there is more to be dropped. */
  readonly more: boolean;
}

/** Writes the database of a backend: each call is one transaction. */
export class Writer implements Disposable {
  readonly #database: Database;
  readonly #latest: LatestTable;
  #arrival: number;
  #savedLatest: number;
  #events: number;

  /** @throws {BackendError} As {@linkcode Database.openForWriting}. */
  constructor(path: string) {
    this.#database = Database.openForWriting(path);
    try {
      this.#arrival = this.#counter("arrival");
      this.#events = this.#counter("events");
      this.#savedLatest = this.#counter("latest");
      this.#latest = new LatestTable(this.#database, this.#savedLatest);
    } catch (error) {
      this.#database[Symbol.dispose]();
      throw error;
    }
  }

  /** What is known from before. */
  opened(): Opened {
    return {
      arrival: this.#arrival,
      types: this.#database.all("SELECT number, name FROM type") as unknown as Opened["types"],
      servers: this.#database.all(
        "SELECT id, session, instance FROM server",
      ) as unknown as Opened["servers"],
      latest: this.#latest.list(),
    };
  }

  /** Adds events. */
  write(group: Group): void {
    const { firstArrival, parts } = group;
    const count = parts.reduce((sum, part) => sum + part.count, 0);
    const arrival = firstArrival + count - 1;
    const savesLatest = arrival - this.#savedLatest >= SAVE_LATEST_AFTER;
    this.#database.transaction(() => {
      let first = firstArrival;
      for (const part of parts) {
        this.#database.run(INSERT, first, part.keys, part.payloads, spansOf(part));
        first += part.count;
      }
      this.#database.run(UPDATE_SEGMENTS, firstArrival);
      this.#describe(group);
      this.#setCounter("arrival", arrival);
      this.#setCounter("events", this.#events + count);
      // As of the last commit, which any later reading takes up from.
      if (savesLatest) this.#saveLatest();
    });
    if (savesLatest) this.#latestSaved();
    let first = firstArrival;
    for (const part of parts) {
      this.#latest.note(part, first);
      first += part.count;
    }
    this.#arrival = arrival;
    this.#events += count;
  }

  /** Drops some of the events that are too many, too old or too large. */
  drop({ maxEvents, maxBytes, cutoff }: DropLimits): DropStep {
    const excess = Math.max(0, this.#events - (maxEvents ?? Infinity));
    const isLarge = maxBytes !== undefined && this.#database.usedBytes > maxBytes;
    const count = isLarge ? DROPPED_AT_ONCE : Math.min(excess, DROPPED_AT_ONCE);
    const isOld = cutoff !== undefined && this.#database.first(
          "SELECT 1 FROM (SELECT min(time) AS time FROM event) WHERE time < ?",
          cutoff,
        ) !== undefined;
    if (count === 0 && !isOld) return { dropped: 0, more: false };
    const dropped = this.#database.transaction(() => {
      if (this.#latest.hasUnsaved) this.#saveLatest();
      let dropped = isOld ? this.#database.run(DROP, cutoff, DROPPED_AT_ONCE) : 0;
      if (count > dropped) dropped += this.#database.run(DROP, AFTER_ALL, count - dropped);
      if (dropped > 0) {
        this.#database.run(DROP_SEGMENTS);
        this.#setCounter("events", this.#events - dropped);
      }
      return dropped;
    });
    this.#latestSaved();
    this.#events -= dropped;
    return { dropped, more: dropped >= DROPPED_AT_ONCE };
  }

  /** Closes the database; what is in the log is moved to it. */
  [Symbol.dispose](): void {
    this.#database[Symbol.dispose]();
  }

  #describe({ types, servers }: Group): void {
    if (types.length > 0) {
      this.#database.run(
        "INSERT INTO type SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        JSON.stringify(types),
      );
    }
    this.#database.run(
      `INSERT OR REPLACE INTO server
      SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`,
      JSON.stringify(servers),
    );
  }

  #saveLatest(): void {
    this.#latest.save();
    this.#setCounter("latest", this.#arrival);
  }

  #latestSaved(): void {
    this.#latest.saved();
    this.#savedLatest = this.#arrival;
  }

  #counter(name: string): number {
    const row = this.#database.first("SELECT value FROM counter WHERE name = ?", name);
    if (row === undefined) {
      throw new BackendError(`the file is damaged: it has no counter '${name}'`);
    }
    return Number(row[0]);
  }

  #setCounter(name: string, value: number): void {
    this.#database.run("UPDATE counter SET value = ? WHERE name = ?", value, name);
  }
}

/** Where the payloads of a part are, as JSON. */
function spansOf({ lengths }: PackedEvents): string {
  let offset = 0;
  const spans: number[] = [];
  for (const length of lengths) {
    spans.push(offset * SPAN + length);
    offset += length;
  }
  return JSON.stringify(spans);
}
