import assert from "node:assert/strict";
import { Checkpoint, type CheckpointNotice } from "../../../lib/tail/checkpoint/checkpoint.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { batch, position, stateOf } from "./fixtures.ts";

function testFullDisk(name: string, run: (disk: SmallDisk) => Promise<void>): void {
  Deno.test({
    name: `${name}${SMALL_DISK_NOTE}`,
    ignore: NO_SMALL_DISK !== undefined,
    async fn() {
      await using disk = await SmallDisk.mount(4 << 20);
      await run(disk);
    },
  });
}

/** Waits for a notice. */
async function noticed(
  notices: readonly CheckpointNotice[],
  kind: CheckpointNotice["kind"],
): Promise<void> {
  while (!notices.some((notice) => notice.kind === kind)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

testFullDisk("Checkpoint needs no room on the disk as long as it need not grow", async (disk) => {
  const notices: CheckpointNotice[] = [];
  const directory = disk.file("state");
  {
    await using checkpoint = await Checkpoint.open(directory, {
      observer: (notice) => notices.push(notice),
    });
    disk.fill();
    for (let i = 0; i < 1000; i++) checkpoint.settle(await checkpoint.record(batch(1, i, i + 1)));
    assert.equal(disk.freeBytes, 0);
  }
  const state = await stateOf(directory, { observer: (notice) => notices.push(notice) });
  assert.deepEqual(state.positions, [position(1, 1000)]);
  assert.deepEqual(notices, []);
});

testFullDisk("Checkpoint waits for room to grow, says so once, and goes on", async (disk) => {
  const notices: CheckpointNotice[] = [];
  const directory = disk.file("state");
  {
    await using checkpoint = await Checkpoint.open(directory, {
      observer: (notice) => notices.push(notice),
    });
    disk.fill();
    const work = Array.from({ length: 500 }, (_, file) => checkpoint.record(batch(file, 0, 1)));
    await noticed(notices, "checkpoint-full");
    const late = checkpoint.record(batch(500, 0, 1));
    disk.free();
    await Promise.all([...work, late]);
    assert.deepEqual(notices.map((notice) => notice.kind), [
      "checkpoint-full",
      "checkpoint-recovered",
    ]);
  }
  assert.equal((await stateOf(directory)).unsettled.length, 501);
});

testFullDisk("Checkpoint gives room back that does not suffice to grow", async (disk) => {
  const notices: CheckpointNotice[] = [];
  await using checkpoint = await Checkpoint.open(disk.file("state"), {
    observer: (notice) => notices.push(notice),
  });
  disk.fill(100 << 10);
  const before = disk.freeBytes;
  const work = Array.from({ length: 500 }, (_, file) => checkpoint.record(batch(file, 0, 1)));
  await noticed(notices, "checkpoint-full");
  assert.equal(disk.freeBytes, before);
  disk.free();
  await Promise.all(work);
});

testFullDisk(
  "Checkpoint closes on a full disk and refuses what it could not write",
  async (disk) => {
    const notices: CheckpointNotice[] = [];
    const directory = disk.file("state");
    const checkpoint = await Checkpoint.open(directory, {
      observer: (notice) => notices.push(notice),
    });
    await checkpoint.record(batch(1, 0, 1));
    disk.fill();
    const work = Array.from({ length: 500 }, (_, file) => checkpoint.record(batch(file, 1, 2)));
    const results = Promise.allSettled(work);
    await noticed(notices, "checkpoint-full");
    await checkpoint[Symbol.asyncDispose]();
    assert.ok((await results).every((result) => result.status === "rejected"));
    const state = await stateOf(directory);
    assert.deepEqual([state.kind, state.unsettled.length], ["resumed", 1]);
  },
);

testFullDisk(
  "Checkpoint waits for the room that it needs to be opened, until aborted",
  async (disk) => {
    disk.fill();
    const notices: CheckpointNotice[] = [];
    const controller = new AbortController();
    const options = {
      observer: (notice: CheckpointNotice) => notices.push(notice),
      signal: controller.signal,
    };
    const refused = Checkpoint.open(disk.file("state"), options);
    await noticed(notices, "checkpoint-full");
    controller.abort(new Error("enough"));
    await assert.rejects(refused, /enough/);
    notices.length = 0;
    const { signal: _, ...patient } = options;
    const opening = Checkpoint.open(disk.file("state"), patient);
    await noticed(notices, "checkpoint-full");
    disk.free();
    await using checkpoint = await opening;
    assert.equal(checkpoint.state.kind, "new");
    assert.deepEqual(notices.map((notice) => notice.kind), [
      "checkpoint-full",
      "checkpoint-recovered",
    ]);
  },
);
