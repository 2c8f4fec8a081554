import assert from "node:assert/strict";
import { sleep } from "../../lib/base/backoff.ts";
import { openStore } from "../../lib/store/open_store.ts";
import { type Step, stepsInLanes } from "../in_lanes.ts";
import { countFromEnv, firstSeed, Random } from "../random.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";
import { checkStore } from "./crash_check.ts";
import { type Acks, crashAfter } from "./crash_run.ts";

const KILLS = countFromEnv("THEIA_KILLS", 8);

/** Fills and empties a disk at random for a while. */
async function disturb(disk: SmallDisk, random: Random): Promise<void> {
  for (let left = 1 + random.below(6); left > 0; left--) {
    if (random.chance(0.6)) disk.fill(random.pick([0, 0, 4096, 50_000, 600_000]));
    else disk.free();
    await sleep(random.below(150));
  }
}

const SCHEMES = { SqliteStore: "sqlite:///", FilesStore: "files://" };

Deno.test({
  name: `Stores lose nothing in ${KILLS} kills on a disk that fills and empties${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn(t) {
    const steps = Object.entries(SCHEMES).map(([name, scheme]): Step => [name, async () => {
      await using disk = await SmallDisk.mount(32 << 20);
      await testKills(disk, `${scheme}${disk.file("events")}`);
    }]);
    await stepsInLanes(t, steps);
  },
});

async function testKills(disk: SmallDisk, url: string): Promise<void> {
  const seed = firstSeed();
  const random = new Random(seed);
  const acks: Acks = { saved: [], deleted: new Set() };
  let next = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    try {
      disk.free();
      await crashAfter(url, next, acks, () => disturb(disk, random));
      if (random.chance(0.5)) disk.fill();
      await using store = await openStore(url).catch((error) => {
        // Its index takes some bytes: they may be gone when the reserve was given up before.
        if (!url.startsWith("files:") || !/No space left/.test(error.message)) throw error;
        disk.free();
        return openStore(url);
      });
      next = await checkStore(store, acks) + 1;
    } catch (cause) {
      throw new Error(`THEIA_SEED=${seed} THEIA_KILLS=${KILLS} failed at kill ${kill}`, { cause });
    }
  }
  assert.ok(acks.saved.length > KILLS, `only ${acks.saved.length} batches were acknowledged`);
}
