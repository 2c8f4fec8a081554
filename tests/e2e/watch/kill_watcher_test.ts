import assert from "node:assert/strict";
import { countFromEnv, forSeeds, type Random } from "../../random.ts";
import { CollectorProgram } from "../collector_program.ts";
import type { RunningProgram } from "../program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { assertDelivered, untilDelivered } from "./delivered.ts";
import { NumberedLog, writeSteadily } from "./numbered_log.ts";
import { startWatcher, stopWatcher } from "./watcher_program.ts";

const KILLS = countFromEnv("THEIA_KILLS", 8);

const FILES = 3;

/** All files together. */
const LINES_PER_SECOND = 1000;

/** A watcher lives at most so long: its start takes about a third of it. */
const MAX_LIFE_MS = 2000;

/** Likewise between two rotations of a file, so that some happen while no watcher runs. */
const MAX_ROTATION_MS = 1500;

/** The watcher is away at most so long. */
const MAX_ABSENCE_MS = 500;

Deno.test(`Each line is delivered once, in order, by a watcher killed ${KILLS} times at random moments`, async () => {
  await forSeeds(1, async (random) => {
    await using directory = await TempDirectory.make();
    await using collector = await CollectorProgram.start([
      "--store",
      `sqlite:///${directory.file("events.db")}`,
    ]);
    await Deno.mkdir(directory.file("logs"));
    const logs = Array.from(
      { length: FILES },
      (_, i) => new NumberedLog(directory.file("logs", `app-${"abc"[i]}.log`), `${"abc"[i]}`),
    );
    const start = () =>
      startWatcher({
        port: collector.port,
        stateHome: directory.file("state"),
        args: ["-f", ...logs.map(({ path }) => path)],
      });
    await deliverFirst(start, collector.port, logs);
    let isKilling = true;
    const killing = killAgainAndAgain(start, random).finally(() => isKilling = false);
    await writeAndRotate(logs, random, () => isKilling);
    await killing;
    await using watcher = start();
    await untilDelivered(collector.port, logs, watcher);
    assert.equal(await stopWatcher(watcher), 0);
    for (const log of logs) await assertDelivered(collector.port, log);
  });
});

/** What was rotated before a watcher ever saw its path is none of a watcher's business. */
async function deliverFirst(
  start: () => RunningProgram,
  port: number,
  logs: readonly NumberedLog[],
): Promise<void> {
  await using watcher = start();
  for (const log of logs) log.write(1);
  await untilDelivered(port, logs, watcher);
}

/** Kills watchers in the middle of starting, reading, sending. */
async function killAgainAndAgain(
  start: () => RunningProgram,
  random: Random,
): Promise<void> {
  for (let kill = 0; kill < KILLS; kill++) {
    await using watcher = start();
    await pause(random.next() * MAX_LIFE_MS);
    assert.ok(!watcher.hasEnded, `The watcher ended by itself: ${watcher.stderr.tail}`);
    await watcher.kill();
    if (random.chance(0.5)) await pause(random.next() * MAX_ABSENCE_MS);
  }
}

/** Writes until it is told to stop, renaming files as logrotate does: `.1` is the youngest of the old ones. */
async function writeAndRotate(
  logs: readonly NumberedLog[],
  random: Random,
  goesOn: () => boolean,
): Promise<void> {
  const rotations = logs.map((log) => ({ log, dueMs: random.next() * MAX_ROTATION_MS }));
  const started = performance.now();
  await writeSteadily(logs, {
    linesPerSecond: LINES_PER_SECOND / logs.length,
    goesOn,
    mayWrite: () => {
      for (const rotation of rotations) {
        if (performance.now() - started < rotation.dueMs) continue;
        rotation.log.rotate();
        rotation.dueMs += random.next() * MAX_ROTATION_MS;
      }
      return true;
    },
  });
  for (const log of logs) log.reopen();
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
