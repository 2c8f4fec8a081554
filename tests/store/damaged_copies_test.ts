import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { deleteBlock } from "../../lib/store/sqlite/block_table.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { IdIndex } from "../../lib/store/sqlite/id_index.ts";
import { sealEvents } from "../../lib/store/sqlite/seal.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../lib/store/sqlite/sqlite_store.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { changedPages, type DamageMap, mapPages } from "./damage_map.ts";
import { DAMAGES, flipIn } from "./damages.ts";
import { bytesOf, event, events, find, tempDirectory } from "./fixtures.ts";

const COPIES = countFromEnv("THEIA_COPIES", 50);

/** A sound store: its events as they came, by arrival number. */
interface Original {
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly byArrival: ReadonlyMap<number, Event>;
  readonly map: DamageMap;
}

async function readOriginal(path: string): Promise<Original> {
  await using store = await SqliteStore.open(path);
  const { events, arrivals } = await find(store);
  const byArrival = new Map(events.map((item, i) => [arrivals[i] ?? 0, item]));
  await store[Symbol.asyncDispose]();
  const map = mapPages(path);
  assert.deepEqual([...byArrival.keys()].sort(), [...map.pagesOfArrival.keys()].sort());
  return { whole: await Deno.readFile(path), byArrival, map };
}

/** Three blocks of a usual size, and two commits in the journal. */
async function makeSmall(path: string): Promise<Original> {
  {
    await using store = await SqliteStore.open(path);
    for (const name of ["x", "y", "z"]) await store.save(events(name, 2500, name.charCodeAt(0)));
    await store.save(events("j", 20, 30_000));
    await store.save(events("k", 20, 40_000));
  }
  return await readOriginal(path);
}

/** More than 200 small blocks in a tree of several levels, and free pages with removed ones. */
async function makeLarge(path: string): Promise<Original> {
  const random = new Random(1);
  {
    using database = Database.openForWriting(path);
    const index = new IdIndex(database);
    for (let block = 0; block < 260; block++) {
      const stored = Array.from({ length: 8 }, (_, i) => {
        const arrival = block * 8 + i + 1;
        // Noise does not compress: now and then a block goes on in other pages.
        const content = random.text("abcdefghijklmnopqrstuvwxyz0123456789", 50, 300)
          .repeat(1) + (block % 20 === 0 ? random.text("0123456789abcdef", 9000, 9000) : "");
        const init = { timestamp: 1000 + arrival, content };
        return { event: toRawEvent(event(`e${arrival}`, init)), arrival };
      });
      database.transaction(() => sealEvents(database, index, stored));
    }
    database.transaction(() => {
      for (const id of [3, 41, ...Array.from({ length: 40 }, (_, i) => 100 + i)]) {
        deleteBlock(database, id);
      }
    });
  }
  {
    await using store = await SqliteStore.open(path);
    for (let i = 0; i < 12; i++) await store.save(events(`j${i}-`, 20, 30_000 + 100 * i));
  }
  return await readOriginal(path);
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
async function checkDamaged(
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

async function removeStore(path: string): Promise<void> {
  for await (const { name } of Deno.readDir(path.slice(0, path.lastIndexOf("/")))) {
    const other = `${path.slice(0, path.lastIndexOf("/"))}/${name}`;
    if (other.startsWith(path)) await Deno.remove(other);
  }
}

for (const [size, make] of [["small", makeSmall], ["large", makeLarge]] as const) {
  Deno.test(`SqliteStore opens ${COPIES} damaged copies of a ${size} store and loses no more than the damage`, async (t) => {
    await using directory = await tempDirectory();
    const original = await make(`${directory.path}/original.db`);
    if (size === "large") assert.ok(original.map.interior.length >= 2 && original.map.trunk > 0);
    const count = Math.max(1, Math.round(COPIES / Object.keys(DAMAGES).length));
    for (const [what, damage] of Object.entries(DAMAGES)) {
      await t.step(what, async () => {
        for (let seed = firstSeed(); seed < firstSeed() + count; seed++) {
          const path = `${directory.path}/copy ${seed}.db`;
          const damaged = damage(original.whole.slice(), new Random(seed), original.map);
          const changed = changedPages(original.whole, damaged);
          await Deno.writeFile(path, damaged);
          try {
            await checkDamaged(
              path,
              original,
              (arrival) =>
                original.map.pagesOfArrival.get(arrival)?.some((page) => changed.has(page)) ===
                  true,
            );
          } catch (cause) {
            throw new Error(`THEIA_SEED=${seed} THEIA_COPIES=1 failed`, { cause });
          } finally {
            await removeStore(path);
          }
        }
      });
    }
  });
}
