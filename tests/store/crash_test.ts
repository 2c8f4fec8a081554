import assert from "node:assert/strict";
import { openStore } from "../../lib/store/open_store.ts";
import { crashBatch } from "./crash_batches.ts";
import { checkStore } from "./crash_check.ts";
import { type Acks, crash } from "./crash_run.ts";
import { find, tempDirectory } from "./fixtures.ts";
import { type Step, stepsInLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";

const KILLS = countFromEnv("THEIA_KILLS", 12);

const SCHEMES = { SqliteStore: "sqlite:///", FilesStore: "files://" };

Deno.test(`Stores lose nothing acknowledged in ${KILLS} kills`, async (t) => {
  const steps = Object.entries(SCHEMES).map(([name, scheme]): Step => [name, async () => {
    await using directory = await tempDirectory();
    await testKills(`${scheme}${directory.path}/events`);
  }]);
  await stepsInLanes(t, steps);
});

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
      next = await checkStore(store, acks) + 1;
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
