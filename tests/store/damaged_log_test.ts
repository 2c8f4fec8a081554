import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { PagedFile } from "../../lib/store/sqlite/paged_file.ts";
import { PAGE_BYTES } from "../../lib/store/sqlite/schema.ts";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { type Step, stepsInLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { type DamageMap, mapPages } from "./damage_map.ts";
import { checkDamaged, removeStore } from "./damaged_store.ts";
import { flipIn } from "./damages.ts";
import { events, find, tempDirectory } from "./fixtures.ts";

const COPIES = Math.ceil(countFromEnv("THEIA_COPIES", 30) / 10);

const HEADER_BYTES = 32;
const FRAME_BYTES = 24 + PAGE_BYTES;

/** A store as a crash leaves it: most of it stands in the log. */
interface Crashed {
  readonly database: Uint8Array<ArrayBuffer>;
  readonly log: Uint8Array<ArrayBuffer>;
  readonly byArrival: ReadonlyMap<number, Event>;
  readonly map: DamageMap;
  /** How long the log was after each save, and the last arrival number then. */
  readonly commits: readonly { readonly bytes: number; readonly cursor: number }[];
}

async function makeCrashed(path: string): Promise<Crashed> {
  await using store = await SqliteStore.open(path);
  const commits: { bytes: number; cursor: number }[] = [];
  for (let i = 0; i < 12; i++) {
    await store.save(events(`b${i}-`, i % 4 === 3 ? 2200 : 30, 1000 * i));
    commits.push({ bytes: (await Deno.stat(`${path}-wal`)).size, cursor: store.cursor });
  }
  const { events: found, arrivals } = await find(store);
  const byArrival = new Map(found.map((item, i) => [arrivals[i] ?? 0, item]));
  return {
    database: await Deno.readFile(path),
    log: await Deno.readFile(`${path}-wal`),
    byArrival,
    map: mapPages(path),
    commits,
  };
}

/** The pages whose frames differ, and those of the last commit if its end does. */
function changedFramePages(before: Uint8Array, after: Uint8Array, last: number): Set<number> {
  const pages = new Set<number>();
  for (let start = HEADER_BYTES; start < before.length; start += FRAME_BYTES) {
    const frame = before.subarray(start, start + FRAME_BYTES);
    const other = after.subarray(start, start + FRAME_BYTES);
    const isChanged = frame.some((byte, i) => byte !== other[i]);
    const isLast = start + FRAME_BYTES >= before.length;
    if (!isChanged) continue;
    for (let from = isLast ? last : start; from <= start; from += FRAME_BYTES) {
      pages.add(new DataView(before.buffer).getUint32(from));
    }
  }
  return pages;
}

const DAMAGES: Readonly<
  Record<string, (log: Uint8Array<ArrayBuffer>, random: Random) => Uint8Array<ArrayBuffer>>
> = {
  "one bit": (log, random) => flipIn(log, random, 0, log.length, 1),
  "ten bits": (log, random) => flipIn(log, random, 0, log.length, 10),
  "its header": (log, random) => flipIn(log, random, 0, HEADER_BYTES, 1 + random.below(4)),
  "the head of a frame": (log, random) => {
    const frame = random.below((log.length - HEADER_BYTES) / FRAME_BYTES);
    const start = HEADER_BYTES + frame * FRAME_BYTES;
    return flipIn(log, random, start, start + 24, 1);
  },
  "a zeroed sector": (log, random) => {
    const at = random.below(log.length / 512) * 512;
    return log.fill(0, at, at + 512);
  },
};

Deno.test("SqliteStore loses no more than the pages that are damaged in its log", async (t) => {
  await using directory = await tempDirectory();
  const crashed = await makeCrashed(`${directory.path}/original.db`);
  const { database, log, map, commits } = crashed;
  const last = commits.at(-2)?.bytes ?? 0;
  const steps = Object.entries(DAMAGES).map(([what, damage]): Step => [what, async () => {
    for (let seed = firstSeed(); seed < firstSeed() + COPIES; seed++) {
      const path = `${directory.path}/${what} ${seed}.db`;
      const damaged = damage(log.slice(), new Random(seed));
      const changed = changedFramePages(log, damaged, last);
      await Deno.writeFile(path, database);
      await Deno.writeFile(`${path}-wal`, damaged);
      try {
        await checkDamaged(
          path,
          crashed,
          (arrival) => map.pagesOfArrival.get(arrival)?.some((page) => changed.has(page)) === true,
        );
      } catch (cause) {
        throw new Error(`THEIA_SEED=${seed} THEIA_COPIES=1 failed`, { cause });
      } finally {
        await removeStore(path);
      }
    }
  }]);
  await stepsInLanes(t, steps);
});

Deno.test("SqliteStore has all commits before the place where its log is cut off", async () => {
  await using directory = await tempDirectory();
  const crashed = await makeCrashed(`${directory.path}/original.db`);
  for (let seed = firstSeed(); seed < firstSeed() + COPIES; seed++) {
    const path = `${directory.path}/copy ${seed}.db`;
    const length = new Random(seed).below(crashed.log.length);
    const kept = crashed.commits.findLast(({ bytes }) => bytes <= length)?.cursor ?? 0;
    await Deno.writeFile(path, crashed.database);
    await Deno.writeFile(`${path}-wal`, crashed.log.slice(0, length));
    try {
      await checkDamaged(path, crashed, (arrival) => arrival > kept, false);
    } catch (cause) {
      throw new Error(`THEIA_SEED=${seed} THEIA_COPIES=1 failed`, { cause });
    } finally {
      await removeStore(path);
    }
  }
});

Deno.test("PagedFile reads what a log holds, and no frames of an older one", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const { log } = await makeCrashed(path);
  const older = log.slice();
  // Frames with other salts, as they stand behind the commits after the log was begun anew.
  for (let start = HEADER_BYTES; start < older.length; start += FRAME_BYTES) {
    new DataView(older.buffer).setUint32(start + 8, 7);
  }
  await Deno.writeFile(`${path}-wal`, new Uint8Array([...log, ...older.subarray(HEADER_BYTES)]));
  using file = new PagedFile(path);
  assert.equal(file.frames.isBroken, false);
  assert.equal(file.frames.isTorn, false);
  assert.ok([...file.frames.places.values()].every((place) => place < log.length));
});
