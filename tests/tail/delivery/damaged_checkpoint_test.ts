import assert from "node:assert/strict";
import type { MemoryDisk } from "../checkpoint/memory_disk.ts";
import { countFromEnv } from "../../random.ts";
import { DeliveryBench } from "./delivery_bench.ts";

/** So many places of each copy, spread evenly; `THEIA_DAMAGES` is how many in the long run. */
const PLACES = countFromEnv("THEIA_DAMAGES", 60);

/** Behind the last line a copy is padding: of that a few places do. */
const PADDING_PLACES = 8;

const LINES = Array.from({ length: 24 }, (_, index) => `line ${index}`);

const NEWLINE = 0x0a;

/** A bench whose watcher was killed with batches that are not settled, some of which are stored. */
async function killedWithUnsettled(): Promise<DeliveryBench> {
  const bench = new DeliveryBench((files) => ({
    files: [files.at("log"), files.at("other")],
    from: "beginning",
    limits: { maxBatchLines: 2 },
  }));
  bench.files.write("log", "");
  bench.files.write("other", "");
  await bench.start();
  for (const [index, line] of LINES.entries()) {
    if (index === 8) await bench.pass(2000);
    if (index === 8) bench.collector.mode = "deaf";
    bench.files.append(index % 2 === 0 ? "log" : "other", `${line}\n`);
  }
  await bench.pass(2000);
  await bench.kill(2);
  bench.files.rename("log", "log.1");
  bench.files.write("log", "new\n");
  return bench;
}

/** The places of a copy at which something is done to it. */
function placesIn(bytes: Uint8Array): number[] {
  const end = bytes.findLastIndex((byte, at) => byte === NEWLINE && bytes[at - 1] === 0x7d) + 1;
  assert.ok(end > 0 && end < bytes.length);
  const step = Math.max(1, Math.floor(end / PLACES));
  const places = Array.from({ length: Math.ceil(end / step) }, (_, index) => index * step);
  const paddingStep = Math.floor((bytes.length - end) / PADDING_PLACES);
  for (let at = end; at < bytes.length; at += paddingStep) places.push(at);
  return places;
}

async function testDamage(damage: (bytes: Uint8Array, at: number) => Uint8Array): Promise<void> {
  await using bench = await killedWithUnsettled();
  const { collector, disk } = bench;
  for (const path of disk.files.keys()) {
    for (const place of placesIn(bytesOf(disk, path))) {
      bench.collector = collector.copy();
      bench.disk = disk.afterKill();
      const file = bench.disk.files.get(path);
      assert.ok(file);
      file.current = damage(file.current, place);
      await bench.start();
      await bench.pass(2000);
      const where = `at ${place} of '${path}'`;
      assert.deepEqual([...bench.collector.lines].sort(), [...LINES, "new"].sort(), where);
      assert.ok(bench.collector.duplicates > 0, `some batches must be sent again, ${where}`);
      await bench.kill();
    }
  }
}

function bytesOf(disk: MemoryDisk, path: string): Uint8Array {
  const file = disk.files.get(path);
  assert.ok(file);
  return file.current;
}

Deno.test("Delivery brings each line once when any byte of a copy of the checkpoint is flipped", async () => {
  await testDamage((bytes, at) => {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << at % 8);
    return damaged;
  });
});

Deno.test("Delivery brings each line once when a copy of the checkpoint is truncated at any length", async () => {
  await testDamage((bytes, at) => bytes.slice(0, at));
});
