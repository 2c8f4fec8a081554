import assert from "node:assert/strict";
import type { Workbench } from "../workbench.ts";
import { DeliveryBench, type DeliverySettings } from "./delivery_bench.ts";
import { compress } from "./rotation_ways.ts";

/** A watcher that catches up with some lines is through after fewer turns of the event loop. */
const TURNS = 40;

/** What is done, and when the watcher is killed. */
interface Story {
  readonly settings: (files: Workbench) => DeliverySettings;
  /** Before the watcher runs that is killed. */
  readonly before: (bench: DeliveryBench) => Promise<void>;
  /** While it is down. */
  readonly between: (files: Workbench) => void;
  readonly expected: readonly string[];
}

const LINES = { from: "beginning", limits: { maxBatchLines: 1 } } as const;

/** Kills the watcher after each number of turns, and lets another one go on. */
async function testInterrupted({ settings, before, between, expected }: Story): Promise<void> {
  for (let turns = 0; turns < TURNS; turns++) {
    await using bench = new DeliveryBench(settings);
    await before(bench);
    bench.clock.advance(2000);
    await bench.killAfter(turns);
    between(bench.files);
    bench.collector.mode = "open";
    await bench.start();
    await bench.pass();
    const { lines } = bench.collector;
    assert.deepEqual([...lines].sort(), [...expected].sort(), `killed after ${turns} turns`);
  }
}

Deno.test("Delivery after a crash brings the rest of a file from a copy that was passed over and is compressed by then", async () => {
  await testInterrupted({
    settings: (files) => ({ ...LINES, directories: [files.directory], excludes: ["*.tmp"] }),
    async before(bench) {
      const { files } = bench;
      files.write("log", "a\n");
      await bench.start();
      await bench.pass(2000);
      files.append("log", "b\nc\nd\n");
      files.copyTruncate("log", "log.1");
      files.append("log", "e\n");
    },
    between: (files) => compress(files, "log.1", ".gz"),
    expected: ["a", "b", "c", "d", "e"],
  });
});

Deno.test("Delivery after a crash brings the rest of a compressed rotation that was begun", async () => {
  await testInterrupted({
    settings: (files) => ({ ...LINES, files: [files.at("log")] }),
    before: rotateCompressed,
    between: () => {},
    expected: ["a", "b", "c", "  c2", "d", "e"],
  });
});

Deno.test("Delivery after a crash brings the groups of a compressed rotation that was begun", async () => {
  await testInterrupted({
    settings: (files) => ({
      from: "beginning",
      files: [files.at("log")],
      multiline: { kind: "indent" },
      limits: { maxBatchLines: 2 },
    }),
    before: rotateCompressed,
    between: () => {},
    expected: ["a", "b", "c\n  c2", "d", "e"],
  });
});

async function rotateCompressed(bench: DeliveryBench): Promise<void> {
  const { files } = bench;
  files.write("log", "a\n");
  await bench.start();
  await bench.pass(2000);
  files.append("log", "b\n");
  files.rename("log", "log.2");
  files.write("log", "c\n  c2\nd\n");
  files.rename("log", "log.1");
  compress(files, "log.1", ".gz");
  files.write("log", "e\n");
}

Deno.test("Delivery after a crash brings what is in a file of which a younger copy was read", async () => {
  await testInterrupted({
    settings: (files) => ({ ...LINES, files: [files.at("log")] }),
    async before(bench) {
      const { files } = bench;
      files.write("log", "a\n");
      await bench.start();
      await bench.pass(2000);
      await bench.kill();
      files.rename("log", "log.3");
      files.write("log", "b\nc\n");
      files.waitForTick();
      files.copyTruncate("log", "log.2");
      files.append("log", "d\n");
      await bench.start();
    },
    between(files) {
      files.rename("log", "log.1");
      files.write("log", "e\n");
    },
    expected: ["a", "b", "c", "d", "e"],
  });
});

Deno.test("Delivery after a crash brings a copy of a file that left its path before its turn came", async () => {
  await testInterrupted({
    settings: (files) => ({ ...LINES, files: [files.at("log")] }),
    async before(bench) {
      const { files } = bench;
      files.write("log", "a\n");
      await bench.start();
      await bench.pass(2000);
      await bench.kill();
      files.rename("log", "log.5");
      files.write("log", "b\nc\n");
      await bench.start();
      files.waitForTick();
      files.copyTruncate("log", "log.2");
      files.waitForTick();
      files.append("log", "d\n");
      files.rename("log", "log.1");
      files.write("log", "e\n");
    },
    between: () => {},
    expected: ["a", "b", "c", "d", "e"],
  });
});

Deno.test("Delivery after a crash brings a file that was copied before anything of it was read, and truncated after that", async () => {
  await testInterrupted({
    settings: (files) => ({ ...LINES, directories: [files.directory], excludes: ["*.tmp"] }),
    async before(bench) {
      const { files } = bench;
      files.write("log", "a\n");
      await bench.start();
      await bench.pass(2000);
      await bench.kill();
      files.rename("log", "log.5");
      files.append("log.5", "a2\na3\n");
      files.write("log", "b\nc\n");
      await bench.start();
      files.waitForTick();
      Deno.copyFileSync(files.at("log"), files.at("log.2"));
    },
    between: (files) => {
      Deno.truncateSync(files.at("log"), 0);
      files.append("log", "d\n");
    },
    expected: ["a", "a2", "a3", "b", "c", "d"],
  });
});
