import { countFromEnv, firstSeed, Random } from "../random.ts";
import { openFiles } from "./files_fixture.ts";
import { openSqlite } from "./sqlite_fixture.ts";
import type { OpenStore } from "./store_contract.ts";
import { Model } from "./store_model.ts";

const SEEDS = countFromEnv("THEIA_SEEDS", 40);
const STEPS = countFromEnv("THEIA_STEPS", 7);

function testModel(name: string, open: OpenStore): void {
  Deno.test(`${name} answers as MemoryStore does to random operations`, async () => {
    const first = firstSeed();
    for (let seed = first; seed < first + SEEDS; seed++) {
      await using fixture = await open();
      const model = new Model(new Random(seed), fixture);
      try {
        await model.run(STEPS);
      } catch (cause) {
        const repeat = `THEIA_SEED=${seed} THEIA_SEEDS=1`;
        throw new Error(`${repeat} failed after ${model.log.join(", ")}`, { cause });
      }
    }
  });
}

testModel("SqliteStore", () => openSqlite());
testModel("FilesStore", () => openFiles());
