import assert from "node:assert/strict";
import { countFromEnv } from "../../random.ts";
import { LOGROTATE_NOTE, LogRotation, NO_LOGROTATE, type RotationMode } from "./logrotate.ts";
import { type NumberedLog, writeSteadily } from "./numbered_log.ts";
import { Scene } from "./scene.ts";

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
    await using scene = await Scene.open();
    const work = scene.directory.file("rotation");
    await Deno.mkdir(work);
    const writings = Object.entries(MODES).map(([name, mode]) => {
      const log = scene.log(name);
      return { log, mode, rotation: new LogRotation(log, work, mode) };
    });
    const paths = writings.map(({ log }) => log.path);
    const watcher = scene.startWatcher({ args: ["-f", ...paths] });
    await watcher.line("stderr", /^Connected to/);
    await Promise.all(writings.map(writeAndRotate));
    await scene.assertAllThereOnce(PATIENCE_MS);
    for (const { rotation } of writings) assert.ok(rotation.rotations > 0);
  },
});

async function writeAndRotate(
  { log, rotation, mode }: {
    readonly log: NumberedLog;
    readonly rotation: LogRotation;
    readonly mode: RotationMode;
  },
): Promise<void> {
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
