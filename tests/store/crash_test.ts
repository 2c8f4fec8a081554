import assert from "node:assert/strict";
import { openStore } from "../../lib/store/open_store.ts";
import type { EventStore } from "../../lib/store/store.ts";
import { crashBatch, crashBatchKeptBack } from "./crash_batches.ts";
import { type Acks, crash } from "./crash_run.ts";
import { bytesOf, find, tempDirectory } from "./fixtures.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";

const KILLS = countFromEnv("THEIA_KILLS", 20);

/** Checks the store against what was acknowledged; returns the greatest batch that is in it. */
async function check(store: EventStore, acks: Acks): Promise<number> {
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

for (const [name, scheme] of [["SqliteStore", "sqlite:///"], ["FilesStore", "files://"]]) {
  Deno.test(`${name} loses nothing acknowledged in ${KILLS} kills`, async () => {
    await using directory = await tempDirectory();
    await testKills(`${scheme}${directory.path}/events`);
  });
}

async function testKills(url: string): Promise<void> {
  const seed = firstSeed();
  const random = new Random(seed);
  const acks: Acks = { saved: [], deleted: new Set() };
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await crash(url, next, acks, random);
    await using store = await openStore(url, {
      observer: ({ kind }) => assert.notEqual(kind, "salvaged", "a crash is no damage"),
    });
    try {
      next = await check(store, acks) + 1;
    } catch (cause) {
      throw new Error(`THEIA_SEED=${seed} THEIA_KILLS=${KILLS} failed at kill ${kill}`, { cause });
    }
  }
  assert.ok(acks.saved.length > 5 * KILLS, `only ${acks.saved.length} batches were acknowledged`);

  await using store = await openStore(url);
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
}
