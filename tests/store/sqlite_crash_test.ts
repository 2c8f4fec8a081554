import assert from "node:assert/strict";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { crashBatch, crashBatchKeptBack } from "./crash_batches.ts";
import { bytesOf, find, tempDirectory } from "./fixtures.ts";
import { countFromEnv, firstSeed, Random } from "./random.ts";

const KILLS = countFromEnv("THEIA_KILLS", 20);
const CHILD = new URL("./sqlite_crash_child.ts", import.meta.url).pathname;

/** What a child acknowledged before it was killed. */
interface Acks {
  readonly saved: number[];
  readonly deleted: Set<number>;
}

/** Runs a child until it has acknowledged some batches and a moment more, then kills it. */
async function crash(
  path: string,
  first: number,
  acks: Acks,
  random: Random,
  ...more: string[]
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, path, `${first}`, ...more],
    stdout: "piped",
  }).spawn();
  const killAfter = random.below(30);
  const lines = child.stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(lineSplitter());
  let seen = 0;
  for await (const line of lines) {
    const [what, number] = line.split(" ");
    if (what === "saved") acks.saved.push(Number(number));
    if (what === "deleted") acks.deleted.add(Number(number));
    if (++seen === killAfter + 1) setTimeout(() => child.kill("SIGKILL"), random.below(20));
  }
  const { signal } = await child.status;
  assert.equal(signal, "SIGKILL", "the child ended before it was killed");
}

/** Complete lines only: what a killed process was writing was not said. */
function lineSplitter(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
  });
}

/** Checks the store against what was acknowledged; returns the greatest batch that is in it. */
async function check(store: SqliteStore, acks: Acks): Promise<number> {
  const { events, arrivals } = await find(store);
  assert.equal(new Set(arrivals).size, arrivals.length, "an arrival number was given twice");
  assert.ok(arrivals.every((arrival) => arrival <= store.cursor));
  const batches = new Map<number, string[]>();
  for (const item of events) {
    const batch = Number(item.id.split("-")[1]);
    const list = batches.get(batch) ?? [];
    list.push(bytesOf(item));
    batches.set(batch, list);
  }
  for (const [batch, found] of batches) {
    const expected = crashBatch(batch).map(bytesOf);
    // Batches are all or nothing; the first event of some may have been deleted.
    const rest = expected.slice(1);
    const mayLackFirst = !crashBatchKeptBack(batch) && found.length === rest.length;
    assert.deepEqual(found.toSorted(), (mayLackFirst ? rest : expected).toSorted());
    if (acks.deleted.has(batch)) assert.ok(mayLackFirst, `batch ${batch}: a deletion was undone`);
  }
  for (const batch of acks.saved) {
    const isEmptied = crashBatch(batch).length === 1 && !crashBatchKeptBack(batch);
    assert.ok(batches.has(batch) || isEmptied, `batch ${batch} was acknowledged and is lost`);
  }
  assert.equal((await store.stats()).damaged, 0);
  return Math.max(-1, ...batches.keys(), ...acks.saved);
}

Deno.test(`SqliteStore loses nothing acknowledged in ${KILLS} kills`, async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const seed = firstSeed();
  const random = new Random(seed);
  const acks: Acks = { saved: [], deleted: new Set() };
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await crash(path, next, acks, random);
    await using store = await SqliteStore.open(path);
    try {
      next = await check(store, acks) + 1;
    } catch (cause) {
      throw new Error(`THEIA_SEED=${seed} THEIA_KILLS=${KILLS} failed at kill ${kill}`, { cause });
    }
  }
  assert.ok(acks.saved.length > 5 * KILLS, `only ${acks.saved.length} batches were acknowledged`);

  await using store = await SqliteStore.open(path);
  const before = (await find(store)).ids.length;
  let sent = 0;
  let saved = 0;
  for (let batch = 0; batch < next; batch++) {
    const result = await store.save(crashBatch(batch));
    sent += result.saved + result.duplicates;
    saved += result.saved;
  }
  const { ids } = await find(store);
  assert.equal(ids.length, before + saved);
  assert.equal(ids.length, sent, "resending stored an event twice or not at all");
  assert.equal(new Set(ids).size, sent);
});

/** Batches, a second apart, that retention must leave. */
const KEPT_BATCHES = 100;

/** More than the batches that a child saves at a time, which may be newer than the newest acknowledged. */
const UNACKNOWLEDGED = 10;

Deno.test(`SqliteStore loses nothing young in ${KILLS} kills while retention drops`, async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  const random = new Random(firstSeed());
  const acks: Acks = { saved: [], deleted: new Set() };
  let cursor = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const next = Math.max(-1, ...acks.saved) + UNACKNOWLEDGED;
    await crash(path, next, acks, random, `${KEPT_BATCHES}`);
    await using store = await SqliteStore.open(path);
    assert.ok(store.cursor >= cursor, "arrival numbers are given again");
    cursor = store.cursor;
    const { events, arrivals } = await find(store);
    assert.equal(new Set(arrivals).size, arrivals.length, "an arrival number was given twice");
    const found = new Map(events.map((item) => [item.id, bytesOf(item)]));
    assert.equal(found.size, events.length, "an event is there twice");
    const before = 1e9 + Math.max(...acks.saved) + UNACKNOWLEDGED - KEPT_BATCHES;
    for (const item of acks.saved.slice(-KEPT_BATCHES).flatMap(crashBatch)) {
      if (item.timestamp < before) continue;
      assert.equal(found.get(item.id), bytesOf(item), `kill ${kill}: ${item.id} is lost`);
    }
    assert.equal((await store.stats()).damaged, 0);
  }
  await using store = await SqliteStore.open(path);
  assert.ok((await store.stats()).dropped !== undefined, "retention dropped nothing");
});
