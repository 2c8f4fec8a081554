import { SqliteStore } from "../../lib/store/sqlite/sqlite_store.ts";
import { FilesStore } from "../../lib/store/files/files_store.ts";
import { forSeeds } from "../random.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";
import { FakeClock } from "./fake_clock.ts";
import { type FullDiskFixture, FullDiskModel } from "./full_disk_model.ts";

const SEEDS = 2;
const STEPS = 40;
const DISK_BYTES = 48 << 20;

function sqliteOn(disk: SmallDisk): FullDiskFixture {
  const clock = new FakeClock(0);
  let store: SqliteStore;
  return {
    maxBatchBytes: 3 << 20,
    secondsApart: 1,
    open: async () =>
      store = await SqliteStore.open(disk.file("events.db"), {
        retention: { maxAgeSeconds: 1, clock },
      }),
    retain: async (before) => {
      clock.seconds = before + 1;
      await store.retain();
      clock.seconds = 0;
    },
  };
}

function filesOn(disk: SmallDisk): FullDiskFixture {
  return {
    maxBatchBytes: 1 << 20,
    // A deletion writes what is left of a file of a minute anew: it must be small.
    secondsApart: 25,
    open: () =>
      FilesStore.open(disk.file("data")).catch((error) => {
        // Its index takes some bytes: they may be gone when the reserve was given up before.
        if (!/No space left/.test(error.message)) throw error;
        disk.free();
        return FilesStore.open(disk.file("data"));
      }),
  };
}

function testRandom(name: string, fixtureOn: (disk: SmallDisk) => FullDiskFixture): void {
  Deno.test({
    name:
      `${name} loses nothing and refuses wholly on a disk that fills and empties${SMALL_DISK_NOTE}`,
    ignore: NO_SMALL_DISK !== undefined,
    fn: () =>
      forSeeds(SEEDS, async (random) => {
        await using disk = await SmallDisk.mount(DISK_BYTES);
        await FullDiskModel.run(random, disk, fixtureOn(disk), STEPS);
      }),
  });
}

testRandom("SqliteStore", sqliteOn);
testRandom("FilesStore", filesOn);
