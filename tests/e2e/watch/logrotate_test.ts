import assert from "node:assert/strict";
import { countFromEnv, forOneSeed } from "../../random.ts";
import { LOGROTATE_NOTE, LogRotation, NO_LOGROTATE, type RotationMode } from "./logrotate.ts";
import { type NumberedLog, writeSteadily } from "./numbered_log.ts";
import { Scene } from "./scene.ts";

/** How long logs are written and rotated; the watcher need not have caught up then. */
const SECONDS = countFromEnv("THEIA_ROTATION_SECONDS", 4);

/** Into each log: some thousand lines between two rotations. */
const LINES_PER_SECOND = 4000;

/** From the end of a rotation to the next. */
const PAUSE_MS = 300;

/** For catching up on a busy machine. */
const PATIENCE_MS = 300_000 + SECONDS * 1000;

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

/** Longest life of a watcher that is killed, and longest time without one. */
const MAX_LIFE_MS = 3000;
const MAX_ABSENCE_MS = 1500;

function testLogrotate(
  name: string,
  follow: (scene: Scene, args: readonly string[], goesOn: () => boolean) => Promise<void>,
): void {
  Deno.test({
    name: `${name}${LOGROTATE_NOTE}`,
    ignore: NO_LOGROTATE !== undefined,
    async fn() {
      await using scene = await Scene.open();
      const work = scene.directory.file("rotation");
      await Deno.mkdir(work);
      const writings = Object.entries(MODES).map(([name, mode]) => {
        const log = scene.log(name);
        return { log, mode, rotation: new LogRotation(log, work, mode) };
      });
      const args = ["-f", ...writings.map(({ log }) => log.path)];
      // What is rotated away before a watcher ever saw its path is none of a watcher's business.
      for (const { log } of writings) log.write(1);
      scene.startWatcher({ args });
      await scene.untilDelivered();
      let isWriting = true;
      const following = follow(scene, args, () => isWriting);
      await Promise.all(writings.map(writeAndRotate)).finally(() => isWriting = false);
      await following;
      await scene.assertAllThereOnce(PATIENCE_MS);
      for (const { rotation } of writings) assert.ok(rotation.rotations > 0);
    },
  });
}

testLogrotate(
  "Each line of logs that logrotate rotates in all its modes is delivered once, in order",
  () => Promise.resolve(),
);

testLogrotate(
  "Each line of logs that logrotate rotates is delivered once, in order, by a watcher that is killed meanwhile",
  (scene, args, goesOn) =>
    forOneSeed(async (random) => {
      while (goesOn()) {
        await pause(random.next() * MAX_LIFE_MS);
        await scene.killWatcher();
        await pause(random.next() * MAX_ABSENCE_MS);
        scene.startWatcher({ args });
      }
    }),
);

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
        await pause(mode.minIntervalMs ?? PAUSE_MS);
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

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
