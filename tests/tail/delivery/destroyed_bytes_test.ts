import assert from "node:assert/strict";
import { DeliveryBench } from "./delivery_bench.ts";

/** More than the watcher reads while nobody takes it. */
const LINES = 60;

const LINE_BYTES = 5;

interface Destruction {
  readonly name: string;
  readonly destroy: (bench: DeliveryBench) => void;
}

const DESTRUCTIONS: readonly Destruction[] = [
  {
    name: "truncated",
    destroy({ files }) {
      Deno.truncateSync(files.at("log"), 0);
      files.append("log", "n000\n");
    },
  },
  {
    name: "rewritten beyond its old length",
    destroy: ({ files }) => files.rewrite("log", "n000\n".repeat(LINES + 1)),
  },
  {
    name: "copied and truncated, and the copy deleted",
    destroy({ files }) {
      files.copyTruncate("log", "log.1");
      files.append("log", "n000\n");
      files.remove("log.1");
    },
  },
];

function written(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `l${String(index).padStart(3, "0")}`);
}

async function openWithUnread(): Promise<DeliveryBench> {
  const bench = new DeliveryBench((files) => ({
    files: [files.at("log")],
    from: "beginning",
    limits: { maxBatchLines: 1 },
  }));
  bench.files.write("log", "");
  await bench.start();
  bench.collector.mode = "away";
  bench.files.append("log", written(LINES).map((line) => `${line}\n`).join(""));
  await bench.pass();
  return bench;
}

function oldLines(bench: DeliveryBench): string[] {
  return bench.collector.lines.filter((line) => line.startsWith("l"));
}

function gaps(bench: DeliveryBench): number[] {
  return bench.collector.events.flatMap(({ headers }) =>
    headers.filter((header) => header.startsWith("gap: ")).map((header) => Number(header.slice(5)))
  );
}

for (const { name, destroy } of DESTRUCTIONS) {
  Deno.test(`Delivery of a file ${name} tells how many bytes are gone that were seen and not read`, async () => {
    await using bench = await openWithUnread();
    destroy(bench);
    bench.collector.mode = "open";
    await bench.pass();
    const read = oldLines(bench);
    assert.ok(read.length > 0 && read.length < LINES);
    assert.deepEqual(read, written(read.length));
    assert.deepEqual(gaps(bench), [(LINES - read.length) * LINE_BYTES]);
    assert.equal(bench.collector.lines.at(-1), "n000");
  });

  Deno.test(`Delivery of a file ${name} while the watcher is down tells what was recorded and is gone, and cannot tell what was not`, async () => {
    await using bench = await openWithUnread();
    const recorded = bench.read;
    await bench.kill();
    destroy(bench);
    bench.collector.mode = "open";
    await bench.start();
    await bench.pass();
    assert.deepEqual(oldLines(bench), []);
    assert.equal(gaps(bench).reduce((sum, bytes) => sum + bytes, 0), recorded * LINE_BYTES);
    assert.equal(bench.collector.lines.at(-1), "n000");
  });
}
