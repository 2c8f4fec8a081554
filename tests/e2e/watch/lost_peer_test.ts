import assert from "node:assert/strict";
import { CuttingProxy } from "../../client/cutting_proxy.ts";
import { countFromEnv, forSeeds, type Random } from "../../random.ts";
import { CollectorProgram } from "../collector_program.ts";
import { freePort } from "../free_port.ts";
import { residentBytes } from "../process_figures.ts";
import type { RunningProgram } from "../program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { assertDelivered, untilDelivered } from "./delivered.ts";
import { NumberedLog, writeSteadily } from "./numbered_log.ts";
import { startWatcher, stopWatcher } from "./watcher_program.ts";

/** How long the collector is away. */
const AWAY_SECONDS = countFromEnv("THEIA_AWAY_SECONDS", 10);

/** What is written meanwhile: as many lines in a short time as else in ten minutes of 1,000 lines/s. */
const AWAY_LINES = 600_000;

/** Written before, so that the watcher has the memory that it needs for working. */
const WARM_UP_LINES = 200_000;

/** More memory than before that a watcher without a collector may take. */
const MAX_GROWTH_BYTES = 32 << 20;

const LINES_PER_SECOND = 2000;

/** How often peers are killed or connections cut while lines are written. */
const LOSSES = 5;

/** Between two of them at most. */
const MAX_PEACE_MS = 1500;

/** Larger than a message, so that each comes through some day. */
const MAX_BYTES_UNTIL_CUT = 8 << 20;

/** A log, a watcher that follows it, and a collector that comes back to its port. */
class Setting implements AsyncDisposable {
  readonly log: NumberedLog;
  readonly collectorPort: number = freePort();
  readonly #directory: TempDirectory;
  #collector: CollectorProgram | undefined;
  #watcher: RunningProgram | undefined;

  constructor(directory: TempDirectory) {
    this.#directory = directory;
    this.log = new NumberedLog(directory.file("app.log"), "app");
  }

  get watcher(): RunningProgram {
    assert.ok(this.#watcher, "no watcher runs");
    return this.#watcher;
  }

  async startCollector(): Promise<void> {
    const store = `sqlite:///${this.#directory.file("events.db")}`;
    this.#collector = await CollectorProgram.start(["--store", store], {
      port: this.collectorPort,
    });
  }

  async killCollector(): Promise<void> {
    await this.#collector?.[Symbol.asyncDispose]();
    this.#collector = undefined;
  }

  /** @param port Of the collector, or of what stands before it. */
  startWatcher(port: number = this.collectorPort): void {
    this.#watcher = startWatcher({
      port,
      stateHome: this.#directory.file("state"),
      args: ["-f", this.log.path],
    });
  }

  async killWatcher(): Promise<void> {
    await this.#watcher?.[Symbol.asyncDispose]();
    this.#watcher = undefined;
  }

  /** Ends the watcher as people do, and looks at what is stored. */
  async assertAllThereOnce(): Promise<void> {
    await untilDelivered(this.collectorPort, [this.log], this.watcher);
    assert.equal(await stopWatcher(this.watcher), 0);
    await assertDelivered(this.collectorPort, this.log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.log.reopen();
    await this.killWatcher();
    await this.killCollector();
  }
}

Deno.test("A watcher whose collector is away keeps its memory, then delivers each line once, in order", async () => {
  await using directory = await TempDirectory.make();
  await using setting = new Setting(directory);
  const { log } = setting;
  await setting.startCollector();
  setting.startWatcher();
  log.write(WARM_UP_LINES);
  await untilDelivered(setting.collectorPort, [log], setting.watcher);
  const before = residentBytes(setting.watcher.pid);
  await setting.killCollector();

  let most = before;
  const endMs = performance.now() + AWAY_SECONDS * 1000;
  await writeSteadily([log], {
    linesPerSecond: AWAY_LINES / AWAY_SECONDS,
    goesOn: () => {
      most = Math.max(most, residentBytes(setting.watcher.pid));
      return performance.now() < endMs;
    },
  });
  assert.ok(most - before <= MAX_GROWTH_BYTES, `grew from ${before} to ${most} bytes`);

  await setting.startCollector();
  await setting.assertAllThereOnce();
});

/** Something that happens to the watcher's world while lines are written. */
type Loss = (setting: Setting, random: Random, proxy: CuttingProxy) => Promise<void>;

const LOSSES_BY_NAME: Readonly<Record<string, Loss>> = {
  "whose collector is killed again and again": async (setting, random) => {
    await setting.killCollector();
    await pause(random.next() * MAX_PEACE_MS);
    await setting.startCollector();
  },
  "killed again and again together with its collector": async (setting, random, proxy) => {
    await Promise.all([setting.killCollector(), setting.killWatcher()]);
    if (random.chance(0.5)) setting.startWatcher(proxy.port);
    await setting.startCollector();
    await setting.killWatcher();
    setting.startWatcher(proxy.port);
  },
  "whose connection is cut again and again": (_, __, proxy) => {
    proxy.cut();
    return Promise.resolve();
  },
};

for (const [name, lose] of Object.entries(LOSSES_BY_NAME)) {
  Deno.test(`Each line is delivered once, in order, by a watcher ${name}`, async () => {
    await forSeeds(1, async (random) => {
      await using directory = await TempDirectory.make();
      await using setting = new Setting(directory);
      // Breaks connections by itself as well, in the middle of messages and of their acks.
      await using proxy = new CuttingProxy(
        setting.collectorPort,
        () => random.int(1_000, MAX_BYTES_UNTIL_CUT),
      );
      await setting.startCollector();
      setting.startWatcher(proxy.port);
      let isLosing = true;
      const losing = loseAgainAndAgain(lose, setting, random, proxy).finally(() =>
        isLosing = false
      );
      await writeSteadily([setting.log], {
        linesPerSecond: LINES_PER_SECOND,
        goesOn: () => isLosing,
      });
      await losing;
      await setting.assertAllThereOnce();
    });
  });
}

async function loseAgainAndAgain(
  lose: Loss,
  setting: Setting,
  random: Random,
  proxy: CuttingProxy,
): Promise<void> {
  for (let i = 0; i < LOSSES; i++) {
    await pause(random.next() * MAX_PEACE_MS);
    await lose(setting, random, proxy);
  }
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
