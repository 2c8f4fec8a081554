import assert from "node:assert/strict";
import { countFromEnv } from "../../random.ts";
import { CollectorProgram } from "../collector_program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { assertDelivered, untilDelivered } from "./delivered.ts";
import { LOGROTATE_NOTE, LogRotation, NO_LOGROTATE, type RotationMode } from "./logrotate.ts";
import { NumberedLog, writeSteadily } from "./numbered_log.ts";
import { startWatcher, stopWatcher } from "./watcher_program.ts";

/** How long logs are written and rotated; the watcher need not have caught up then. */
const SECONDS = countFromEnv("THEIA_ROTATION_SECONDS", 6);

/** Into each log: some thousand lines between two rotations. */
const LINES_PER_SECOND = 5000;

/** From the end of a rotation to the next. */
const PAUSE_MS = 300;

/** For catching up on a busy machine. */
const PATIENCE_MS = 60_000 + SECONDS * 1000;

const MODES: Readonly<Record<string, RotationMode>> = {
  "create": { directives: ["create"] },
  "nocreate": { directives: ["nocreate"] },
  "compress": { directives: ["create", "compress"] },
  "delaycompress": { directives: ["create", "compress", "delaycompress"] },
  "copytruncate": { directives: ["copytruncate"] },
  "copytruncate-compress": { directives: ["copytruncate", "compress"] },
  // The names that dates give must differ.
  "dateext": { directives: ["create", "dateext", "dateformat -%Y%m%d-%s"], minIntervalMs: 1100 },
};

Deno.test({
  name:
    `Each line of logs that logrotate rotates in all its modes is delivered once, in order${LOGROTATE_NOTE}`,
  ignore: NO_LOGROTATE !== undefined,
  async fn() {
    await using directory = await TempDirectory.make();
    await using collector = await CollectorProgram.start(["-d", directory.file("data")]);
    const work = directory.file("work");
    for (const path of [work, directory.file("logs")]) await Deno.mkdir(path);
    const writings = Object.entries(MODES).map(([name, mode]) => {
      const log = new NumberedLog(directory.file("logs", `${name}.log`), name);
      return { log, mode, rotation: new LogRotation(log, work, mode) };
    });
    const logs = writings.map(({ log }) => log);
    await using watcher = startWatcher({
      port: collector.port,
      stateHome: directory.file("state"),
      args: ["-f", ...logs.map(({ path }) => path)],
    });
    await watcher.line("stderr", /^Connected to/);
    await Promise.all(writings.map(writeAndRotate));
    await untilDelivered(collector.port, logs, watcher, PATIENCE_MS);
    assert.equal(await stopWatcher(watcher), 0);
    for (const { log, rotation } of writings) {
      assert.ok(rotation.rotations > 0);
      await assertDelivered(collector.port, log);
    }
  },
});

async function writeAndRotate(
  { log, rotation, mode }: {
    readonly log: NumberedLog;
    readonly rotation: LogRotation;
    readonly mode: RotationMode;
  },
): Promise<void> {
  using _log = log;
  let isRotating = true;
  const endMs = performance.now() + SECONDS * 1000;
  const rotating = (async () => {
    try {
      while (performance.now() < endMs) {
        await new Promise((resolve) => setTimeout(resolve, mode.minIntervalMs ?? PAUSE_MS));
        await rotation.rotate();
      }
    } finally {
      isRotating = false;
    }
  })();
  await writeSteadily([log], {
    linesPerSecond: LINES_PER_SECOND,
    goesOn: () => isRotating,
    mayWrite: () => !rotation.answer(),
  });
  await rotating;
}
