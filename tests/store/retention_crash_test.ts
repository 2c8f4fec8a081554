import assert from "node:assert/strict";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { crashBatch } from "./crash_batches.ts";
import { type Acks, crash } from "./crash_run.ts";
import { bytesOf, find, tempDirectory } from "./fixtures.ts";

const KILLS = countFromEnv("THEIA_KILLS", 12);

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
    await crash(`sqlite:///${path}`, next, acks, random, KEPT_BATCHES);
    await using store = await SqliteStore.open(path, {
      observer: ({ kind }) => assert.notEqual(kind, "salvaged", "a crash is no damage"),
    });
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
