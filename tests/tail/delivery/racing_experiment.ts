import assert from "node:assert/strict";
import type { Random } from "../../random.ts";
import { DeliveryBench } from "./delivery_bench.ts";
import { InterposedFiles } from "./interposed_files.ts";
import { RacingLog, type RacingWay } from "./racing_log.ts";

/** A failure shows so many steps before it. */
const SHOWN = 60;

/** Enough for some rotations and crashes. */
const ACTIONS = 25;

/** How likely something happens between two calls of the file system, and how much at most. */
const CHANCE = 0.003;
const MAX_BURST = 5;

/** Each rotation makes more to look at, and so more chances: it must end some day. */
const MAX_STEPS = 250;

/** Rotates a log while a watcher follows it that is killed at times, and checks what comes of it. */
export async function race(random: Random, way: RacingWay): Promise<void> {
  await using bench = new DeliveryBench((files) => ({
    files: [files.at("log")],
    from: "beginning",
    limits: { maxBatchLines: 2 },
  }));
  const log = new RacingLog(bench.files, random, way);
  // What is rotated away before a watcher ever saw its path is none of a watcher's business.
  await bench.start();
  await bench.pass();
  let left = MAX_STEPS;
  try {
    using files = new InterposedFiles(() => {
      if (left <= 0 || !random.chance(CHANCE)) return;
      for (const end = left - random.int(1, MAX_BURST); left > end; left--) log.step();
    });
    for (let actions = ACTIONS; actions > 0; actions--) {
      log.trace.push(await act(bench, random, log, files));
    }
    files.without(() => log.settle());
    log.trace.push("the end");
  } finally {
    log.close();
  }
  if (!bench.isRunning) await bench.start();
  await bench.pass();
  const trace = log.trace.slice(-SHOWN).join("\n  ");
  assert.deepEqual(bench.collector.lines, log.lines, `${way}, after\n  ${trace}\n`);
}

/** Returns what was done. */
async function act(
  bench: DeliveryBench,
  random: Random,
  log: RacingLog,
  files: InterposedFiles,
): Promise<string> {
  const choice = random.next();
  if (choice < 0.4) {
    const steps = random.int(1, 20);
    for (let left = steps; left > 0; left--) files.without(() => log.step());
    return `${steps} steps`;
  }
  files.without(() => log.noticeRotation());
  if (!bench.isRunning) {
    await bench.start();
    return "start";
  }
  if (choice < 0.8) {
    const ms = random.pick([500, 1000, 3000]);
    await bench.pass(ms);
    return `pass ${ms}`;
  }
  const turns = random.pick([0, 1, 2, 3, 5, 8, 13, 30]);
  bench.clock.advance(1000);
  await bench.killAfter(turns, random.below(4));
  return `kill after ${turns}`;
}
