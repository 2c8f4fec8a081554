import { SqliteReader } from "../../lib/store/sqlite/sqlite_reader.ts";
import { inLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { FakeClock } from "./fake_clock.ts";
import { openFiles } from "./files_fixture.ts";
import { openSqlite } from "./sqlite_fixture.ts";
import { Model, type ModelFixture } from "./store_model.ts";

const SEEDS = countFromEnv("THEIA_SEEDS", 30);
const STEPS = countFromEnv("THEIA_STEPS", 8);

function testModel(name: string, open: () => Promise<ModelFixture>): void {
  Deno.test(`${name} answers as MemoryStore does to random operations`, async () => {
    await inLanes(Array.from({ length: SEEDS }, (_, i) => firstSeed() + i), async (seed) => {
      await using fixture = await open();
      const model = new Model(new Random(seed), fixture);
      try {
        await model.run(STEPS);
      } catch (cause) {
        const repeat = `THEIA_SEED=${seed} THEIA_SEEDS=1 THEIA_STEPS=${STEPS}`;
        throw new Error(`${repeat} failed after ${model.log.join(", ")}`, { cause });
      }
    });
  });
}

/** A SQLite store whose retention drops what is older than a time when it is told to. */
async function openRetainingSqlite(): Promise<ModelFixture> {
  const clock = new FakeClock(0);
  const fixture = await openSqlite({ retention: { maxAgeSeconds: 1, clock } });
  let store = fixture.store;
  return {
    store,
    reopen: async () => store = await fixture.reopen(),
    retain: async (before) => {
      clock.seconds = before + 1;
      await store.retain();
      clock.seconds = 0;
    },
    openReader: () => SqliteReader.open(fixture.path),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

testModel("SqliteStore", openRetainingSqlite);
testModel("FilesStore", () => openFiles());
