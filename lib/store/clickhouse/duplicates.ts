import type { RawEvent } from "../../event/raw_event.ts";
import { toKeyTime } from "./event_rows.ts";
import { sqlDouble } from "./literal.ts";
import { RowWriter } from "./row_binary.ts";
import type { Server } from "./server.ts";
import { NAMES } from "./tables.ts";
import { isInGap, sqlVisible, type Visible } from "./visible.ts";

/** Keys kept in memory, twice this at most: what a producer sends again it sent not long ago. */
const RECENT_KEYS = 1 << 15;

/** Spans of time that one look-up reads. */
const MAX_SPANS = 8;

/** What makes two events duplicates, as a string. */
function keyOf(timestamp: number, id: string): string {
  return `${timestamp}\n${id}`;
}

/** Tells events that are stored already from new ones. */
export class Duplicates {
  readonly #server: Server;
  #recent = new Set<string>();
  #older = new Set<string>();
  /** No stored event has a later timestamp. */
  #newest: number;

  constructor(server: Server, newest: number) {
    this.#server = server;
    this.#newest = newest;
  }

  /**
   * The indexes of the events that are neither stored nor duplicates of earlier ones in the list.
   *
   * @throws {ServerError} When that could not be found out.
   */
  async selectNew(events: readonly RawEvent[], visible: Visible): Promise<readonly number[]> {
    const first = new Map<string, number>();
    const unknown: string[] = [];
    for (const [i, { timestamp, id }] of events.entries()) {
      const key = keyOf(timestamp, id);
      if (first.has(key) || this.#recent.has(key) || this.#older.has(key)) continue;
      first.set(key, i);
      if (timestamp <= this.#newest) unknown.push(key);
    }
    if (unknown.length > 0) {
      const candidates = unknown.map((key) => events[first.get(key) ?? 0]);
      const stored = await this.#find(candidates.filter((event) => event !== undefined), visible);
      for (const key of stored) first.delete(key);
    }
    return [...first.values()];
  }

  /** Remembers what was stored. */
  add(events: readonly RawEvent[]): void {
    for (const { timestamp, id } of events) {
      if (this.#recent.size >= RECENT_KEYS) {
        this.#older = this.#recent;
        this.#recent = new Set();
      }
      this.#recent.add(keyOf(timestamp, id));
      this.#newest = Math.max(this.#newest, timestamp);
    }
  }

  /** Forgets, as stored events went away. */
  forget(): void {
    this.#recent.clear();
    this.#older.clear();
  }

  async #find(events: readonly RawEvent[], visible: Visible): Promise<readonly string[]> {
    const rows = new RowWriter(events.length * 64);
    for (const { timestamp, id } of events) rows.double(toKeyTime(timestamp)).text(id);
    const spans = spansOf(events.map(({ timestamp }) => timestamp)).map(([from, to]) =>
      `(time >= ${sqlDouble(from)} AND time <= ${sqlDouble(to)})`
    );
    // This statement stands in the address of the request, which must not be long: gaps are looked at
    // here.
    const found = await this.#server.select(
      `SELECT time, id, arrival FROM ${NAMES.events} WHERE (${spans.join(" OR ")}) ` +
        `AND (time, id) GLOBAL IN sought AND ${sqlVisible({ ...visible, gaps: [] })}`,
      (row) => ({ key: keyOf(row.double(), row.text()), arrival: row.uint64() }),
      { table: { name: "sought", structure: "time Float64, id String", rows: rows.bytes } },
    );
    return found.filter(({ arrival }) => !isInGap(visible, arrival)).map(({ key }) => key);
  }
}

/** A few spans that hold all timestamps, parted where these lie farthest from each other. */
export function spansOf(timestamps: readonly number[]): readonly (readonly [number, number])[] {
  const sorted = timestamps.toSorted((a, b) => a - b);
  const cuts = sorted
    .map((timestamp, i) => ({ i, distance: timestamp - (sorted[i - 1] ?? timestamp) }))
    .sort((a, b) => b.distance - a.distance)
    .slice(0, MAX_SPANS - 1)
    .filter(({ distance }) => distance > 0)
    .map(({ i }) => i)
    .sort((a, b) => a - b);
  return [0, ...cuts].map((from, i) =>
    [sorted[from] ?? 0, sorted[(cuts[i] ?? sorted.length) - 1] ?? 0] as const
  );
}
