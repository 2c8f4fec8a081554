import assert from "node:assert/strict";
import { Checkpoint, type CheckpointNotice } from "../../../lib/tail/checkpoint/checkpoint.ts";
import type { CheckpointState } from "../../../lib/tail/checkpoint/checkpoint.ts";
import { copyPaths } from "../../../lib/tail/checkpoint/checkpoint_names.ts";
import { openCopies } from "../../../lib/tail/checkpoint/open_copies.ts";
import { forSeeds, type Random } from "../../random.ts";
import { FakeScheduler } from "../fake_scheduler.ts";
import { batch, position, TemporaryDirectory } from "./fixtures.ts";
import { MemoryDisk } from "./memory_disk.ts";

const PATHS = copyPaths("/state");

/** A small checkpoint with everything in it, and what it says. */
interface Sample {
  readonly bytes: Uint8Array;
  readonly textLength: number;
  readonly state: CheckpointState;
}

async function makeSample(): Promise<Sample> {
  using directory = new TemporaryDirectory();
  const scheduler = new FakeScheduler();
  {
    await using checkpoint = await Checkpoint.open(directory.path, { scheduler });
    checkpoint.addSource("/var/log/*.log");
    checkpoint.place(position(1, 3));
    const first = await checkpoint.record(batch(1, 3, 10));
    await checkpoint.record(batch(2, 0, 10));
    checkpoint.settle(first);
    await checkpoint.record(batch(2, 10, 20));
  }
  // Written anew, so that there is a snapshot.
  Deno.removeSync(directory.at("checkpoint.2"));
  {
    await using checkpoint = await Checkpoint.open(directory.path, { scheduler });
    await checkpoint.record(batch(3, 0, 9));
    await checkpoint.record(batch(4, 0, 9));
  }
  const bytes = Deno.readFileSync(directory.at("checkpoint.1"));
  await using checkpoint = await Checkpoint.open(directory.path);
  const textLength = bytes.findLastIndex((byte) => byte === 10) + 1;
  assert.equal(checkpoint.state.unsettled.length, 4);
  return { bytes, textLength, state: checkpoint.state };
}

function diskOf(copies: readonly (Uint8Array | undefined)[]): MemoryDisk {
  const disk = new MemoryDisk();
  for (const [at, bytes] of copies.entries()) {
    const path = PATHS[at];
    if (bytes && path) disk.files.set(path, { durable: bytes.slice(), current: bytes.slice() });
  }
  return disk;
}

interface Reopened {
  readonly state: CheckpointState;
  readonly notices: readonly CheckpointNotice[];
}

async function reopen(disk: MemoryDisk): Promise<Reopened> {
  const notices: CheckpointNotice[] = [];
  const { state, writer } = await openCopies("/state", {
    disk,
    observer: (notice) => notices.push(notice),
  });
  await writer[Symbol.asyncDispose]();
  return { state, notices };
}

/** Both orders of a damaged copy and a good one: the state is complete and both are whole again. */
async function checkSingle(sample: Sample, damaged: Uint8Array, what: string): Promise<void> {
  for (const at of [0, 1]) {
    const disk = diskOf(at === 0 ? [damaged, sample.bytes] : [sample.bytes, damaged]);
    const { state, notices } = await reopen(disk);
    assert.deepEqual(state, sample.state, what);
    assert.ok(notices.every((notice) => notice.kind === "checkpoint-damaged"), what);
    const mended = diskOf(PATHS.map((path) => disk.files.get(path)?.durable));
    assert.deepEqual(await reopen(mended), { state: sample.state, notices: [] }, what);
  }
}

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ mask;
  return copy;
}

Deno.test("Checkpoint is complete when any byte of one copy is flipped", async () => {
  const sample = await makeSample();
  for (let at = 0; at < sample.textLength + 16; at++) {
    const mask = at * 37 % 255 + 1;
    await checkSingle(sample, flipped(sample.bytes, at, mask), `byte ${at} with ${mask}`);
  }
});

Deno.test("Checkpoint is complete when one copy is truncated at any length", async () => {
  const sample = await makeSample();
  const lengths = Array.from({ length: sample.textLength + 16 }, (_, length) => length);
  for (const length of [...lengths, sample.bytes.length - 1]) {
    await checkSingle(sample, sample.bytes.slice(0, length), `length ${length}`);
  }
});

Deno.test("Checkpoint says which copy was damaged", async () => {
  const sample = await makeSample();
  const bad = flipped(sample.bytes, 200, 1);
  const { notices } = await reopen(diskOf([sample.bytes, bad]));
  assert.equal(notices.length, 1);
  assert.ok(notices[0]?.kind === "checkpoint-damaged" && notices[0].copy === PATHS[1]);
});

Deno.test("Checkpoint tells when the same byte of both copies was flipped", async () => {
  const sample = await makeSample();
  for (let at = 0; at < sample.textLength - 1; at++) {
    const bad = flipped(sample.bytes, at, 0x01);
    const { state, notices } = await reopen(diskOf([bad, bad]));
    assert.equal(state.kind, "lost", `byte ${at}`);
    assert.deepEqual(notices.map((notice) => notice.kind), ["checkpoint-lost"]);
    // Without the newline between them two lines are gone.
    const left = sample.bytes[at] === 10 ? 2 : 3;
    assert.ok(state.unsettled.length >= left, `byte ${at}: ${state.unsettled.length} are left`);
  }
});

Deno.test("Checkpoint tells when both copies were truncated at the same length", async () => {
  const sample = await makeSample();
  for (let length = 0; length <= sample.textLength; length++) {
    const bad = sample.bytes.slice(0, length);
    const { state } = await reopen(diskOf([bad, bad]));
    assert.equal(state.kind, "lost", `length ${length}`);
  }
});

Deno.test("Checkpoint takes of two damaged copies what is whole in either", async () => {
  const sample = await makeSample();
  const lines = new TextDecoder().decode(sample.bytes).split("\n");
  const second = (lines[0]?.length ?? 0) + 20;
  const last = sample.textLength - 20;
  const copies = [flipped(sample.bytes, second, 1), flipped(sample.bytes, last, 1)];
  for (const order of [copies, copies.toReversed()]) {
    const { state } = await reopen(diskOf(order));
    assert.deepEqual(state, sample.state);
  }
});

function damage(random: Random, { bytes, textLength }: Sample): Uint8Array | undefined {
  const copy = bytes.slice();
  const at = random.below(textLength + 8);
  // A range that takes the end of the last line with it may look like a write that a crash stopped.
  const end = Math.min(at + random.int(1, 600), textLength - 1);
  switch (random.below(6)) {
    case 0:
      return copy.slice(0, at);
    case 1:
      // Padding over a part of the last line would look like a crash as well.
      return copy.fill(random.pick([0, 255, 10, 97]), at, end);
    case 2:
      for (let left = random.int(1, 50); left > 0; left--) {
        copy[random.below(textLength)] = random.below(256);
      }
      return copy;
    case 3:
      return flipped(copy, at, 1 << random.below(8));
    case 4:
      copy.set(copy.slice(0, Math.max(0, end - at)), at);
      return copy;
    default:
      return random.chance(0.2) ? undefined : copy;
  }
}

Deno.test("Checkpoint opens whatever happened to both copies, and tells when something is missing", () =>
  forSeeds(10, async (random) => {
    const sample = await makeSample();
    for (let left = 100; left > 0; left--) {
      const disk = diskOf([damage(random, sample), damage(random, sample)]);
      if (disk.files.size === 0) continue;
      const { state } = await reopen(disk);
      const known = new Set(sample.state.unsettled.map((one) => JSON.stringify(one)));
      if (state.kind === "lost") {
        const strange = state.unsettled.filter((one) => !known.has(JSON.stringify(one)));
        assert.deepEqual(strange, []);
      } else {
        assert.deepEqual(state, sample.state);
      }
    }
  }));
