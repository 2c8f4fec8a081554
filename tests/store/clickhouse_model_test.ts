import type { ClickHouseStoreOptions } from "../../lib/store/clickhouse/clickhouse_store.ts";
import { inLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { FakeClock } from "./fake_clock.ts";
import { type TestServers, testServers } from "./clickhouse_fixture.ts";
import { IS_MISSING } from "./clickhouse_server.ts";
import { Model, type ModelFixture } from "./store_model.ts";

/** Few, as every operation is some requests; `THEIA_SEEDS=n` tries more. */
const SEEDS = countFromEnv("THEIA_SEEDS", 2);
const STEPS = countFromEnv("THEIA_STEPS", 7);

const SERVERS = { "one server": testServers(1), "two shards": testServers(2) };

/** A store whose retention drops what is older than a time when it is told to. */
async function openRetaining(servers: TestServers): Promise<ModelFixture> {
  const clock = new FakeClock(0);
  const options: ClickHouseStoreOptions = { retention: { maxAgeSeconds: 1, clock } };
  const fixture = await servers.open(options);
  let { store } = fixture;
  return {
    store,
    reopen: async () => store = await fixture.reopen(),
    retain: async (before) => {
      clock.seconds = before + 1;
      await store.retain();
      clock.seconds = 0;
    },
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

for (const [name, servers] of Object.entries(SERVERS)) {
  Deno.test({
    name: `ClickHouseStore on ${name} answers as MemoryStore does to random operations`,
    ignore: IS_MISSING,
    async fn() {
      await inLanes(Array.from({ length: SEEDS }, (_, i) => firstSeed() + i), async (seed) => {
        await using fixture = await openRetaining(servers);
        const model = new Model(new Random(seed), fixture);
        try {
          await model.run(STEPS);
        } catch (cause) {
          const repeat = `THEIA_SEED=${seed} THEIA_SEEDS=1`;
          throw new Error(`${repeat} failed after ${model.log.join(", ")}`, { cause });
        }
      });
    },
  });
}
