import { countFromEnv, forOneSeed, type Random } from "../../random.ts";
import { type NumberedLog, writeSteadily } from "./numbered_log.ts";
import { Scene } from "./scene.ts";

const KILLS = countFromEnv("THEIA_KILLS", 5);

const LOGS = ["a", "b", "c"];

/** All logs together. */
const LINES_PER_SECOND = 1000;

/** A watcher lives at most so long: its start takes about a third of it. */
const MAX_LIFE_MS = 2000;

/** Likewise between two rotations of a file, so that some happen while no watcher runs. */
const MAX_ROTATION_MS = 1500;

/** The watcher is away at most so long. */
const MAX_ABSENCE_MS = 500;

Deno.test(`Each line is delivered once, in order, by a watcher killed ${KILLS} times at random moments`, async () => {
  await forOneSeed(async (random) => {
    await using scene = await Scene.open();
    const logs = LOGS.map((name) => scene.log(name));
    const start = { args: ["-f", ...logs.map(({ path }) => path)] };
    const kill = async () => {
      scene.startWatcher(start);
      await pause(random.next() * MAX_LIFE_MS);
      await scene.killWatcher();
      if (random.chance(0.5)) await pause(random.next() * MAX_ABSENCE_MS);
    };

    // What is rotated away before a watcher ever saw its path is none of a watcher's business.
    for (const log of logs) log.write(1);
    scene.startWatcher(start);
    await scene.untilDelivered();
    await scene.killWatcher();

    let isKilling = true;
    const killing = repeat(KILLS, kill).finally(() => isKilling = false);
    await writeAndRotate(logs, random, () => isKilling);
    await killing;
    scene.startWatcher(start);
    await scene.assertAllThereOnce();
  });
});

/** Writes and rotates until it is told to stop. */
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
}

async function repeat(times: number, run: () => Promise<void>): Promise<void> {
  for (let time = 0; time < times; time++) await run();
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
