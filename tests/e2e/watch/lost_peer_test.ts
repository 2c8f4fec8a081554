import assert from "node:assert/strict";
import { CuttingProxy } from "../../client/cutting_proxy.ts";
import { countFromEnv, forOneSeed, type Random } from "../../random.ts";
import { residentBytes } from "../process_figures.ts";
import { writeSteadily } from "./numbered_log.ts";
import { Scene } from "./scene.ts";

/** How long the collector is away. */
const AWAY_SECONDS = countFromEnv("THEIA_AWAY_SECONDS", 4);

/** Written meanwhile: 1,000 lines/s, and in a short time so many that holding them all would show. */
const AWAY_LINES = Math.max(200_000, 1000 * AWAY_SECONDS);

/** Written before, so that the watcher has the memory that it needs for working. */
const WARM_UP_LINES = 100_000;

/** More memory than before that a watcher without a collector may take. */
const MAX_GROWTH_BYTES = 32 << 20;

const LINES_PER_SECOND = 2000;

/** How often peers are killed or connections cut while lines are written. */
const LOSSES = 3;

/** Between two of them at most. */
const MAX_PEACE_MS = 1500;

/** Larger than a message, so that each comes through some day. */
const MAX_BYTES_UNTIL_CUT = 8 << 20;

Deno.test("A watcher whose collector is away keeps its memory, then delivers each line once, in order", async () => {
  await using scene = await Scene.open();
  const log = scene.log("app");
  const { pid } = scene.startWatcher({ args: ["-f", log.path] });
  log.write(WARM_UP_LINES);
  await scene.untilDelivered();
  const before = residentBytes(pid);
  await scene.killCollector();

  let most = before;
  const endMs = performance.now() + AWAY_SECONDS * 1000;
  await writeSteadily([log], {
    linesPerSecond: AWAY_LINES / AWAY_SECONDS,
    goesOn: () => {
      most = Math.max(most, residentBytes(pid));
      return performance.now() < endMs;
    },
  });
  assert.ok(most - before <= MAX_GROWTH_BYTES, `grew from ${before} to ${most} bytes`);

  await scene.startCollector();
  await scene.assertAllThereOnce();
});

/** Something that happens to the watcher's world while lines are written. */
type Loss = (world: World) => Promise<void> | void;

interface World {
  readonly scene: Scene;
  readonly proxy: CuttingProxy;
  readonly random: Random;
  readonly startWatcher: () => void;
}

const LOSSES_BY_NAME: Readonly<Record<string, Loss>> = {
  "whose collector is killed again and again": async ({ scene, random }) => {
    await scene.killCollector();
    await pause(random.next() * MAX_PEACE_MS);
    await scene.startCollector();
  },
  "killed again and again together with its collector": async ({ scene, random, startWatcher }) => {
    await Promise.all([scene.killCollector(), scene.killWatcher()]);
    if (random.chance(0.5)) {
      startWatcher();
      await pause(random.next() * MAX_PEACE_MS);
      await scene.killWatcher();
    }
    await scene.startCollector();
    startWatcher();
  },
  "whose connection is cut again and again": ({ proxy }) => proxy.cut(),
};

for (const [name, lose] of Object.entries(LOSSES_BY_NAME)) {
  Deno.test(`Each line is delivered once, in order, by a watcher ${name}`, async () => {
    await forOneSeed(async (random) => {
      await using scene = await Scene.open();
      // Breaks connections by itself as well, in the middle of messages and of their acks.
      const nextCut = () => random.int(1_000, MAX_BYTES_UNTIL_CUT);
      await using proxy = new CuttingProxy(scene.port, nextCut);
      const log = scene.log("app");
      const startWatcher = () =>
        void scene.startWatcher({ args: ["-f", log.path], port: proxy.port });
      startWatcher();
      let isLosing = true;
      const losing = loseAgainAndAgain(lose, { scene, proxy, random, startWatcher })
        .finally(() => isLosing = false);
      await writeSteadily([log], { linesPerSecond: LINES_PER_SECOND, goesOn: () => isLosing });
      await losing;
      await scene.assertAllThereOnce();
    });
  });
}

async function loseAgainAndAgain(lose: Loss, world: World): Promise<void> {
  for (let i = 0; i < LOSSES; i++) {
    await pause(world.random.next() * MAX_PEACE_MS);
    await lose(world);
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
