import { FakeClock } from "./fake_clock.ts";
import { countFromEnv, firstSeed, Random } from "./random.ts";
import { openSqlite } from "./sqlite_fixture.ts";
import { Model } from "./store_model.ts";

const SEEDS = countFromEnv("THEIA_SEEDS", 40);
const STEPS = countFromEnv("THEIA_STEPS", 7);

Deno.test("SqliteStore answers as MemoryStore does to random operations", async () => {
  const first = firstSeed();
  for (let seed = first; seed < first + SEEDS; seed++) {
    const clock = new FakeClock(0);
    await using fixture = await openSqlite({ retention: { maxAgeSeconds: 1, clock } });
    let store = fixture.store;
    const model = new Model(new Random(seed), {
      ...fixture,
      reopen: async () => store = await fixture.reopen(),
      retain: async (before) => {
        clock.seconds = before + 1;
        await store.retain();
        clock.seconds = 0;
      },
    });
    try {
      await model.run(STEPS);
    } catch (cause) {
      const repeat = `THEIA_SEED=${seed} THEIA_SEEDS=1`;
      throw new Error(`${repeat} failed after ${model.log.join(", ")}`, { cause });
    }
  }
});
