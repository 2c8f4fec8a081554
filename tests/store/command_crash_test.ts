import assert from "node:assert/strict";
import { concatBytes } from "../../lib/base/bytes.ts";
import type { Event } from "../../lib/event/event.ts";
import { serializeEvent } from "../../lib/event/text_format.ts";
import { openStore } from "../../lib/store/open_store.ts";
import { runProgram, SOURCE } from "../e2e/program.ts";
import { stepsInLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { bytesOf, event, find, tempDirectory } from "./fixtures.ts";
import { Killer } from "./killer.ts";

/** Each kill takes a second, and there are many kinds. */
const KILLS = countFromEnv("THEIA_KILLS", 3);

const EVENTS = 40_000;

interface StoreKind {
  readonly name: string;
  urlOf(path: string): string;
  /** Is there while the store is open. */
  lockOf(path: string): string;
}

const SQLITE: StoreKind = {
  name: "sqlite",
  urlOf: (path) => `sqlite:///${path}.db`,
  lockOf: (path) => `${path}.db.lock`,
};
const FILES: StoreKind = {
  name: "files",
  urlOf: (path) => `files://${path}`,
  lockOf: (path) => `${path}/.theia-lock`,
};

/** Events of many sizes and of some hundred minutes, a few of them late. */
function manyEvents(random: Random): Event[] {
  return Array.from({ length: EVENTS }, (_, i) =>
    event(`e-${i}`, {
      timestamp: 1e9 + i - (random.chance(0.02) ? random.below(EVENTS) : 0),
      source: `/var/log/${i % 5}`,
      tags: i % 3 === 0 ? ["größe"] : [],
      content: `event ${i} `.repeat(1 + random.below(10)),
    }));
}

async function removeAll(path: string): Promise<void> {
  for (const name of [path, `${path}.db`, `${path}.db-wal`, `${path}.db-shm`, `${path}.db.lock`]) {
    await Deno.remove(name, { recursive: true }).catch(() => {});
  }
}

/** Each event that is there must be one of those sent, unchanged, once; all of them if the work was done. */
async function assertPart(
  url: string,
  sent: ReadonlyMap<string, string>,
  isDone: boolean,
): Promise<void> {
  await using store = await openStore(url);
  const { events, arrivals } = await find(store);
  const ids = new Set(events.map(({ id }) => id));
  assert.equal(ids.size, events.length, "an event is there twice");
  assert.equal(new Set(arrivals).size, arrivals.length, "an arrival number was given twice");
  for (const item of events) assert.equal(bytesOf(item), sent.get(item.id));
  if (isDone) assert.equal(events.length, sent.size, "not all events are there");
  const stats = await store.stats();
  assert.deepEqual([stats.events, stats.damaged], [events.length, 0]);
}

/** Kills a command that fills a store until it was killed often enough, and lets it end in between. */
async function killFilling(
  command: readonly string[],
  target: string,
  kind: StoreKind,
  sent: ReadonlyMap<string, string>,
): Promise<void> {
  const seed = firstSeed();
  const killer = new Killer(new Random(seed));
  for (let kill = 0; kill < KILLS;) {
    await Deno.remove(kind.lockOf(target)).catch(() => {});
    const isKilled = await killer.run(command, kind.lockOf(target));
    try {
      await assertPart(kind.urlOf(target), sent, !isKilled);
    } catch (cause) {
      const repeat = `THEIA_SEED=${seed} THEIA_KILLS=${KILLS}`;
      throw new Error(`${repeat} failed at kill ${kill}`, { cause });
    }
    if (isKilled) kill++;
    else await removeAll(target);
  }
  const { code, stderr } = await runProgram(SOURCE, command);
  assert.equal(code, 0, stderr);
  await assertPart(kind.urlOf(target), sent, true);
}

function bytesById(events: readonly Event[]): Map<string, string> {
  return new Map(events.map((item) => [item.id, bytesOf(item)]));
}

async function testImport(kind: StoreKind): Promise<void> {
  await using directory = await tempDirectory();
  const events = manyEvents(new Random(1));
  const file = `${directory.path}/events.theia`;
  await Deno.writeFile(file, concatBytes(events.map((item) => serializeEvent(item))));
  const target = `${directory.path}/target`;
  const command = ["store", "import", file, "--store", kind.urlOf(target)];
  await killFilling(command, target, kind, bytesById(events));
}

async function testCopy(from: StoreKind, to: StoreKind): Promise<void> {
  await using directory = await tempDirectory();
  const events = manyEvents(new Random(2));
  const source = from.urlOf(`${directory.path}/source`);
  {
    await using store = await openStore(source);
    for (let i = 0; i < EVENTS; i += 4000) await store.save(events.slice(i, i + 4000));
  }
  const target = `${directory.path}/target`;
  await killFilling(["store", "copy", source, to.urlOf(target)], target, to, bytesById(events));
  await assertPart(source, bytesById(events), true);
}

async function testCompact(): Promise<void> {
  await using directory = await tempDirectory();
  const events = manyEvents(new Random(3));
  const fragmented = `${directory.path}/fragmented.db`;
  {
    await using store = await openStore(`sqlite:///${fragmented}`);
    // Each is just enough for a block, which is half a full one.
    for (let i = 0; i < EVENTS; i += 2050) await store.save(events.slice(i, i + 2050));
  }
  const sent = bytesById(events);
  const killer = new Killer(new Random(firstSeed()));
  const target = `${directory.path}/target`;
  const command = ["store", "compact", "--store", SQLITE.urlOf(target)];
  for (let kill = 0; kill < KILLS;) {
    await removeAll(target);
    await Deno.copyFile(fragmented, `${target}.db`);
    const isKilled = await killer.run(command, SQLITE.lockOf(target));
    await assertPart(SQLITE.urlOf(target), sent, true);
    if (isKilled) kill++;
  }
}

async function testBackup(): Promise<void> {
  await using directory = await tempDirectory();
  const events = manyEvents(new Random(4));
  const source = `sqlite:///${directory.path}/source.db`;
  const sent = bytesById(events);
  {
    await using store = await openStore(source);
    await store.save(events);
  }
  const killer = new Killer(new Random(firstSeed()));
  const target = `${directory.path}/copy`;
  const command = ["store", "backup", `${target}.db`, "--store", source];
  for (let kill = 0; kill < KILLS;) {
    const isKilled = await killer.run(command, `${target}.db.partial`);
    const isThere = await Deno.stat(`${target}.db`).then(() => true, () => false);
    if (isKilled) kill++;
    else assert.ok(isThere, "it ended and left no copy");
    if (isThere) await assertPart(`sqlite:///${target}.db`, sent, true);
    await removeAll(target);
    // What the killed one has left is in the way of nobody.
    if (isKilled && kill === 1) {
      const { code, stderr } = await runProgram(SOURCE, command);
      assert.equal(code, 0, stderr);
      await assertPart(`sqlite:///${target}.db`, sent, true);
      await removeAll(target);
    }
    await Deno.remove(`${target}.db.partial`).catch(() => {});
  }
  await assertPart(source, sent, true);
}

Deno.test(`theia store killed ${KILLS} times in each of its works loses and doubles nothing`, async (t) => {
  await stepsInLanes(t, [
    ["import into sqlite stores every event once", () => testImport(SQLITE)],
    ["import into files stores every event once", () => testImport(FILES)],
    ["copy from sqlite to files copies every event once", () => testCopy(SQLITE, FILES)],
    ["copy from files to sqlite copies every event once", () => testCopy(FILES, SQLITE)],
    ["compact keeps every event once", testCompact],
    ["backup leaves no half copy, and can be done again", testBackup],
  ]);
});
