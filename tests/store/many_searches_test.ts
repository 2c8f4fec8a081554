import assert from "node:assert/strict";
import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { forSeeds } from "../random.ts";
import { event, find, tempDirectory } from "./fixtures.ts";

Deno.test("SqliteStore.search gives all to each of many readers that take turns", async () => {
  await forSeeds(1, async (random) => {
    await using directory = await tempDirectory();
    await using store = await SqliteStore.open(`${directory.path}/events.db`);
    const sent = Array.from(
      { length: 12_000 },
      (_, i) =>
        event(`e${i}`, { timestamp: random.below(2000), content: "x".repeat(random.below(600)) }),
    );
    for (let i = 0; i < sent.length; i += 3000) await store.save(sent.slice(i, i + 3000));
    const whole = await find(store, {});
    // More than a scan thread holds blocks for: those that wait longest begin anew.
    const readers = Array.from({ length: 40 }, () => {
      const search = store.search({});
      return { search, batches: search[Symbol.asyncIterator](), ids: [] as string[] };
    });
    const reading = [...readers];
    while (reading.length > 0) {
      const at = random.below(reading.length);
      const reader = reading[at];
      const result = await reader?.batches.next();
      if (reader === undefined || result === undefined || result.done === true) {
        reading.splice(at, 1);
        continue;
      }
      reader.ids.push(...result.value.events.map(({ id }) => id));
      if (random.chance(0.5)) result.value.free?.();
    }
    for (const { ids, search } of readers) {
      assert.deepEqual(ids, whole.ids);
      assert.deepEqual(search.summary, whole.search.summary);
    }
  });
});
