import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { SqliteStore, type SqliteStoreNotice } from "../../lib/store/sqlite/sqlite_store.ts";
import { type EventStore, EventWriteError } from "../../lib/store/store.ts";
import { msOf } from "../in_time.ts";
import { Random } from "../random.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../small_disk.ts";
import { FakeClock } from "./fake_clock.ts";
import { event, find } from "./fixtures.ts";

const MIB = 1 << 20;

/** How often a producer tries again. */
const RETRY_MS = 50;

/** How often. */
const TRIES = 1000 / RETRY_MS;

function testFullDisk(name: string, run: (disk: SmallDisk) => Promise<void>): void {
  Deno.test({
    name: `${name}${SMALL_DISK_NOTE}`,
    ignore: NO_SMALL_DISK !== undefined,
    async fn() {
      await using disk = await SmallDisk.mount(48 * MIB);
      await run(disk);
    },
  });
}

/** About a mebibyte of events that hardly compress, a second after the last ones. */
function batch(number: number): Event[] {
  const random = new Random(number);
  return Array.from({ length: 1000 }, (_, i) => {
    const content = random.bytes(750).toBase64();
    return event(`${number}-${i}`, { timestamp: number + i / 1e4, content });
  });
}

/** Whether it was saved; a refusal must be for the disk. */
async function isSaved(store: EventStore, events: readonly Event[]): Promise<boolean> {
  try {
    await store.save(events);
    return true;
  } catch (error) {
    assert.ok(error instanceof EventWriteError && error.retryable && error.isDiskFull, `${error}`);
    return false;
  }
}

/** Saves until the disk is full; returns how many batches went in. */
async function saveUntilFull(store: EventStore, first = 0): Promise<number> {
  let number = first;
  while (await isSaved(store, batch(number))) number++;
  return number - first;
}

/** Tries for a second, longer on a busy machine. */
async function savedSoon(store: EventStore, events: readonly Event[]): Promise<boolean> {
  for (let left = TRIES; left > 0; left--) {
    if (await isSaved(store, events)) return true;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return false;
}

testFullDisk("SqliteStore saves into freed pages while the disk stays full", async (disk) => {
  const clock = new FakeClock(0);
  const path = disk.file("events.db");
  await using store = await SqliteStore.open(path, { retention: { maxAgeSeconds: 1, clock } });
  const batches = await saveUntilFull(store);
  disk.fill();
  // One block of two batches: so little is kept for new events.
  clock.seconds = 3;
  await store.retain();
  clock.seconds = 0;
  // Somebody else takes whatever it gives back.
  disk.fill();
  const kept = (await find(store)).ids.length;
  assert.equal(kept, batches * 1000 - 2000);
  const size = (await Deno.stat(path)).size;
  assert.ok(await savedSoon(store, [event("small", { timestamp: batches })]));
  assert.equal(disk.freeBytes, 0);
  assert.ok(await savedSoon(store, batch(batches + 1)));
  assert.equal((await Deno.stat(path)).size, size);
  assert.equal((await find(store)).ids.length, kept + 1001);
});

testFullDisk("SqliteStore deletes on a disk without any room, again and again", async (disk) => {
  await using store = await SqliteStore.open(disk.file("events.db"));
  const batches = await saveUntilFull(store);
  for (let number = 0; number < batches; number++) {
    disk.fill();
    await store.delete(`${number}-500`);
    await store.delete(`${number}-501`);
  }
  assert.equal((await find(store)).ids.length, batches * 998);
});

testFullDisk(
  "SqliteStore keeps its log short on a full disk and empties it after",
  async (disk) => {
    const path = disk.file("events.db");
    await using store = await SqliteStore.open(path);
    const batches = await saveUntilFull(store);
    const sizeOf = async (suffix = "") => (await Deno.stat(path + suffix)).size;
    const logSize = await sizeOf("-wal");
    assert.ok(logSize < 12 * MIB, `${logSize} bytes`);
    // Room comes back a little at a time, never enough for all that the log holds.
    disk.fill();
    for (let room = 1; room <= 20; room++) {
      disk.free((await Deno.stat(disk.file("foreign.bin"))).size - 256 * 1024);
      await isSaved(store, batch(batches + room));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      disk.fill();
    }
    assert.ok(await sizeOf("-wal") <= logSize + 2 * MIB, `${await sizeOf("-wal")} bytes`);
    disk.free();
    for (let i = 0; i < 4; i++) await store.delete(`${i}-0`);
    assert.ok(await savedSoon(store, [event("after", { timestamp: 1e6 })]));
  },
);

testFullDisk("SqliteStore refuses cheaply and tells once that the disk is full", async (disk) => {
  const notices: SqliteStoreNotice[] = [];
  await using store = await SqliteStore.open(disk.file("events.db"), {
    observer: (notice) => notices.push(notice),
  });
  let saves = 0;
  let savesMs = 0;
  for (let isRefused = false; !isRefused; saves++) {
    const events = batch(saves);
    savesMs += await msOf(async () => isRefused = !await isSaved(store, events));
  }
  const events = batch(1000).map(toRawEvent);
  const refusalsMs = await msOf(async () => {
    for (let i = 0; i < 1000; i++) assert.equal(await isSaved(store, events), false);
  });
  // It is some 300 times as cheap.
  const saveMs = savesMs / saves;
  assert.ok(
    refusalsMs < 100 * saveMs,
    `refused 1000 times in ${refusalsMs} ms, saved in ${saveMs}`,
  );
  assert.deepEqual(notices.map(({ kind }) => kind), ["disk-full"]);
  await Deno.writeTextFile(disk.file("events.db.reserve"), "");
  assert.ok(await savedSoon(store, [event("small", { timestamp: 1e6 })]));
  assert.deepEqual(notices.map(({ kind }) => kind), ["disk-full", "disk-ready"]);
});
