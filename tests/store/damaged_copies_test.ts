import assert from "node:assert/strict";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { deleteBlock } from "../../lib/store/sqlite/block_table.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { IdIndex } from "../../lib/store/sqlite/id_index.ts";
import { sealEvents } from "../../lib/store/sqlite/seal.ts";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { type Step, stepsInLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { changedPages } from "./damage_map.ts";
import { checkDamaged, type Original, readOriginal, removeStore } from "./damaged_store.ts";
import { type Damage, DAMAGES } from "./damages.ts";
import { event, events, tempDirectory } from "./fixtures.ts";

const COPIES = countFromEnv("THEIA_COPIES", 30);

/** Of each of two stores. */
const COUNT = Math.max(1, Math.round(COPIES / 2 / Object.keys(DAMAGES).length));

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

for (const [size, make] of [["small", makeSmall], ["large", makeLarge]] as const) {
  Deno.test(`SqliteStore opens damaged copies of a ${size} store and loses no more than the damage`, async (t) => {
    await using directory = await tempDirectory();
    const original = await make(`${directory.path}/original.db`);
    if (size === "large") assert.ok(original.map.interior.length >= 2 && original.map.trunk > 0);
    const steps = Object.entries(DAMAGES).map(([what, damage], i): Step => [what, async () => {
      for (let seed = firstSeed(); seed < firstSeed() + COUNT; seed++) {
        await testCopy(`${directory.path}/copy ${i} ${seed}.db`, original, damage, seed);
      }
    }]);
    await stepsInLanes(t, steps);
  });
}

async function testCopy(
  path: string,
  original: Original,
  damage: Damage,
  seed: number,
): Promise<void> {
  const { whole, map } = original;
  const damaged = damage(whole.slice(), new Random(seed), map);
  const changed = changedPages(whole, damaged);
  const mayLose = (arrival: number) =>
    map.pagesOfArrival.get(arrival)?.some((page) => changed.has(page)) === true;
  await Deno.writeFile(path, damaged);
  try {
    await checkDamaged(path, original, mayLose);
  } catch (cause) {
    throw new Error(`THEIA_SEED=${seed} THEIA_COPIES=1 failed`, { cause });
  } finally {
    await removeStore(path);
  }
}
