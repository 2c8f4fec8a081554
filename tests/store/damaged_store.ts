import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../lib/store/sqlite/sqlite_store.ts";
import { type DamageMap, mapPages } from "./damage_map.ts";
import { bytesOf, event, events, find } from "./fixtures.ts";

/** A sound store: its events as they came, by arrival number. */
export interface Original {
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly byArrival: ReadonlyMap<number, Event>;
  readonly map: DamageMap;
}

/** Reads a sound store that is closed. */
export async function readOriginal(path: string): Promise<Original> {
  await using store = await SqliteStore.open(path);
  const { events, arrivals } = await find(store);
  const byArrival = new Map(events.map((item, i) => [arrivals[i] ?? 0, item]));
  await store[Symbol.asyncDispose]();
  emptyLog(path);
  const map = mapPages(path);
  assert.deepEqual([...byArrival.keys()].sort(), [...map.pagesOfArrival.keys()].sort());
  return { whole: await Deno.readFile(path), byArrival, map };
}

/** Moves all of a closed store into its database: those who searched it may have kept its log. */
export function emptyLog(path: string): void {
  using database = Database.openForWriting(path);
  database.truncateLog();
}

/** The notices of an opening that tell of a loss. */
const LOSSES: readonly SqliteStoreNotice["kind"][] = [
  "salvaged",
  "torn-log",
  "damaged-block",
  "damaged-journal",
];

/**
 * Opens a damaged store and checks all that must hold.
 *
 * @param mayLose Whether the event of an arrival number may be lost.
 * @param isTold Whether each loss must be told.
 * @returns How many events were lost.
 */
export async function checkDamaged(
  path: string,
  { byArrival }: Pick<Original, "byArrival">,
  mayLose: (arrival: number) => boolean,
  isTold = true,
): Promise<number> {
  const notices: SqliteStoreNotice[] = [];
  const observer = (notice: SqliteStoreNotice) => void notices.push(notice);
  let lost: Event[];
  let saved: number;
  {
    await using store = await SqliteStore.open(path, { observer });
    const found = await find(store);
    assert.equal(new Set(found.arrivals).size, found.arrivals.length, "an arrival came back twice");
    for (const [i, item] of found.events.entries()) {
      const original = byArrival.get(found.arrivals[i] ?? 0);
      assert.ok(original !== undefined, `arrival ${found.arrivals[i]} was never given`);
      assert.equal(bytesOf(item), bytesOf(original), "an event came back changed");
    }
    const arrivals = new Set(found.arrivals);
    const missing = [...byArrival.keys()].filter((arrival) => !arrivals.has(arrival));
    const excess = missing.filter((arrival) => !mayLose(arrival));
    assert.deepEqual(excess.slice(0, 3), [], `${excess.length} events more than had to be lost`);
    lost = missing.flatMap((arrival) => byArrival.get(arrival) ?? []);
    if (lost.length > 0 && isTold) {
      assert.ok(notices.some(({ kind }) => LOSSES.includes(kind)), `${lost.length} lost silently`);
    }
    assert.ok(store.cursor >= Math.max(0, ...arrivals), "the cursor went back");
    await store.save([event("new", { timestamp: 1e6 })]);
    assert.equal((await store.get("new")).id, "new");
    const again = await store.save([...byArrival.values()]);
    saved = again.saved;
    // Of a block whose contents alone are damaged the ids are still known.
    assert.ok(saved <= lost.length, `${saved} saved again, ${lost.length} lost`);
    assert.equal(saved + again.duplicates, byArrival.size);
    await store.delete("new");
    await store.save(events("more", 2100, 2e6));
    await store.delete("more7");
  }
  notices.length = 0;
  await using store = await SqliteStore.open(path, { observer });
  assert.equal((await find(store)).events.length, byArrival.size - lost.length + saved + 2099);
  assert.deepEqual(notices.filter(({ kind }) => kind === "salvaged"), [], "repaired twice");
  return lost.length;
}

/** Removes a database and all files beside it. */
export async function removeStore(path: string): Promise<void> {
  for await (const { name } of Deno.readDir(path.slice(0, path.lastIndexOf("/")))) {
    const other = `${path.slice(0, path.lastIndexOf("/"))}/${name}`;
    if (other.startsWith(path)) await Deno.remove(other);
  }
}
