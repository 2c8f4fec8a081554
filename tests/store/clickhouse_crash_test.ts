import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { ClickHouseStore } from "../../lib/store/clickhouse/clickhouse_store.ts";
import { EventStoreError, EventWriteError } from "../../lib/store/store.ts";
import { msOf } from "../in_time.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { IS_MISSING } from "./clickhouse_server.ts";
import { serverPair } from "./clickhouse_fixture.ts";
import { event, find } from "./fixtures.ts";

const SEEDS = countFromEnv("THEIA_SEEDS", 2);
const BATCHES = 25;

/** How long the store waits for a server at least: it must manage an insert in that time. */
const MIN_TIMEOUT_MS = 2500;

function makeBatches(random: Random): Event[][] {
  return Array.from(
    { length: BATCHES },
    (_, batch) =>
      Array.from({ length: 1 + random.below(1200) }, (_, i) =>
        event(`${batch}-${i}`, {
          timestamp: 1e9 + random.below(1e6) * (random.chance(0.1) ? 3 : 1),
          content: `content ${i}`,
        })),
  );
}

/** Saves batches beside each other, each again until it is stored, as a producer does. */
async function saveAll(store: ClickHouseStore, batches: readonly Event[][]): Promise<void> {
  const left = [...batches];
  async function work(): Promise<void> {
    for (let batch = left.shift(); batch !== undefined; batch = left.shift()) {
      while (!await isSaved(store, batch));
    }
  }
  await Promise.all([work(), work(), work()]);
}

async function isSaved(store: ClickHouseStore, batch: readonly Event[]): Promise<boolean> {
  try {
    await store.save(batch);
    return true;
  } catch (error) {
    assert.ok(error instanceof EventWriteError && error.retryable, `${error}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  }
}

/** The one before still writes, so it is taken over in a moment in which it stores nothing. */
async function openBesideSaves(url: string): Promise<ClickHouseStore> {
  for (;;) {
    try {
      return await ClickHouseStore.open(url, { heartbeatMs: 1 });
    } catch (error) {
      assert.match(`${error}`, /another collector has it open/);
    }
  }
}

async function assertStoredOnce(
  store: ClickHouseStore,
  batches: readonly Event[][],
): Promise<void> {
  const { ids, arrivals } = await find(store);
  const sent = batches.flat().map(({ id }) => id);
  assert.equal(ids.length, sent.length, "none is lost, none is twice");
  assert.deepEqual(ids.toSorted(), sent.toSorted());
  assert.equal(new Set(arrivals).size, ids.length);
}

Deno.test({
  name:
    "ClickHouseStore loses and doubles nothing when servers are killed or stopped in the midst of inserts",
  ignore: IS_MISSING,
  async fn() {
    // Of this test alone, as servers are started anew within it.
    await using servers = await serverPair();
    const first = firstSeed();
    for (let seed = first; seed < first + SEEDS; seed++) {
      const random = new Random(seed);
      const url = await servers.database();
      const batches = makeBatches(random);
      const openMs = await msOf(async () => {
        await using _patient = await ClickHouseStore.open(url);
      });
      // A busy server needs longer.
      const requestTimeoutMs = Math.ceil(Math.max(MIN_TIMEOUT_MS, 3 * openMs));
      const store = await ClickHouseStore.open(url, { requestTimeoutMs });
      const saving = saveAll(store, batches);
      const victim = random.pick(servers.servers);
      await new Promise((resolve) => setTimeout(resolve, random.below(700)));
      if (seed % 2 === 0) {
        // Silent for longer than the store waits: what was sent to it is done afterwards.
        victim.signal("SIGSTOP");
        await new Promise((resolve) => setTimeout(resolve, 1.5 * requestTimeoutMs));
        victim.signal("SIGCONT");
      } else {
        await victim.kill();
        await victim.run();
      }
      await saving;
      await assertStoredOnce(store, batches);
      // What was given up stays so for those who open it next.
      await store[Symbol.asyncDispose]();
      await using again = await ClickHouseStore.open(url);
      await assertStoredOnce(again, batches);
    }
  },
});

Deno.test({
  name: "ClickHouseStore loses and doubles nothing when its own program ends in the midst of saves",
  ignore: IS_MISSING,
  async fn() {
    await using servers = await serverPair();
    const first = firstSeed();
    for (let seed = first; seed < first + SEEDS; seed++) {
      const random = new Random(seed);
      const url = await servers.database();
      const batches = makeBatches(random);
      // As it never closes, the next one finds what a program leaves that was killed.
      const killed = await ClickHouseStore.open(url, { heartbeatMs: 1e9 });
      const acknowledged = new Set<number>();
      const saves = batches.map((batch, i) =>
        killed.save(batch).then(() => acknowledged.add(i), () => {})
      );
      while (acknowledged.size < 5) {
        await Promise.race(saves.filter((_, i) => !acknowledged.has(i)));
      }
      const store = await openBesideSaves(url);
      await Promise.all(saves);
      for (const [i, batch] of batches.entries()) {
        const { saved } = await store.save(batch);
        if (acknowledged.has(i)) assert.equal(saved, 0, `batch ${i} was acknowledged`);
      }
      await assertStoredOnce(store, batches);
      await assert.rejects(killed.save([event("late")]), EventStoreError);
      await killed[Symbol.asyncDispose]();
      await assertStoredOnce(store, batches);
      await store[Symbol.asyncDispose]();
    }
  },
});
