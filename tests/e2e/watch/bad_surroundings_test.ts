import assert from "node:assert/strict";
import { Collector } from "../../../lib/server/collector.ts";
import { MemoryStore } from "../../../lib/store/mod.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { countStored } from "../raw_requests.ts";
import { until } from "../until.ts";
import { storedContents } from "./delivered.ts";
import { Scene } from "./scene.ts";

/** What takes from root the right to read everything. */
const AS_OTHERS = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"] as const;

/** Handles that a watcher may have: enough for the runtime, not for its files. */
const FEW_HANDLES = 96;
const MANY_FILES = 300;

/** Until connections that failed for want of handles are tried again, on a busy machine. */
const PATIENCE_MS = 300_000;

/** Room for checkpoints, until something else fills it. */
const STATE_DISK_BYTES = 2 << 20;

const IS_ROOT = Deno.build.os === "linux" && Deno.uid() === 0;
const NO_UNREADABLE = IS_ROOT ? await whyNot(...AS_OTHERS, "true") : undefined;
const NO_PRLIMIT = await whyNot("prlimit", "--version");

Deno.test({
  name: `A watcher delivers what it may read, and a file that it may not read once it may${
    note(NO_UNREADABLE)
  }`,
  ignore: NO_UNREADABLE !== undefined,
  async fn() {
    await using scene = await Scene.open();
    const [open, secret] = [scene.log("open"), scene.log("secret")];
    open.write(10);
    secret.write(10);
    await Deno.chmod(secret.path, 0);
    const watcher = scene.startWatcher({
      args: ["-f", open.path, secret.path],
      under: IS_ROOT ? AS_OTHERS : [],
    });
    await watcher.line("stderr", /^warning: Cannot read '.*secret\.log'/);
    open.write(10);
    await until(
      "the readable file",
      async () => (await storedContents(scene.port, open.path)).length === 20,
    );
    assert.deepEqual(await storedContents(scene.port, secret.path), []);
    assert.equal(warnings(watcher.stderr.lines, /secret\.log/).length, 1);
    await Deno.chmod(secret.path, 0o600);
    secret.write(10);
    await scene.assertAllThereOnce();
  },
});

Deno.test("A watcher goes on with a directory that was removed and is back", async () => {
  await using scene = await Scene.open();
  const log = scene.log("app");
  log.write(10);
  const watcher = scene.startWatcher({ args: ["-d", scene.logDirectory] });
  for (let round = 0; round < 3; round++) {
    await scene.untilDelivered();
    log.reopen();
    await Deno.remove(scene.logDirectory, { recursive: true });
    await watcher.line("stderr", /^(warning: )?.*logs' *.*/);
    await Deno.mkdir(scene.logDirectory);
    log.write(10);
  }
  await scene.assertAllThereOnce();
});

Deno.test({
  name: `A watcher with too few handles for its files delivers them all in the end${
    note(NO_PRLIMIT)
  }`,
  ignore: NO_PRLIMIT !== undefined,
  async fn() {
    await using scene = await Scene.open();
    const logs = Array.from({ length: MANY_FILES }, (_, i) => scene.log(`app-${i}`));
    const write = () => {
      for (const log of logs) {
        log.write(10);
        log.reopen();
      }
    };
    write();
    const watcher = scene.startWatcher({
      args: ["-d", scene.logDirectory],
      under: ["prlimit", `--nofile=${FEW_HANDLES}:4096`, "--"],
    });
    await until("some lines", async () => {
      assert.ok(!watcher.hasEnded, watcher.stderr.tail);
      return await countStored(scene.url) > 0;
    }, PATIENCE_MS);
    write();
    const raise = ["--pid", `${watcher.pid}`, "--nofile=4096"];
    assert.ok((await new Deno.Command("prlimit", { args: raise }).output()).success);
    await scene.assertAllThereOnce();
  },
});

Deno.test({
  name:
    `A watcher whose checkpoint's disk is full waits for room, and needs none later${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(STATE_DISK_BYTES);
    await using scene = await Scene.open();
    const log = scene.log("app");
    const start = { args: ["-f", log.path], stateHome: disk.file("state") };
    log.write(1000);
    disk.fill();
    const watcher = scene.startWatcher(start);
    await watcher.line("stderr", /^warning: Cannot write the checkpoint .*No space left/);
    assert.deepEqual(await storedContents(scene.port, log.path), []);
    disk.free();
    await scene.untilDelivered();

    // What the checkpoint needs it has by now.
    disk.fill();
    for (let round = 0; round < 3; round++) {
      log.write(1000);
      await scene.untilDelivered();
      log.write(1000);
      await scene.killWatcher();
      scene.startWatcher(start);
    }
    await scene.assertAllThereOnce();
  },
});

Deno.test("A watcher makes text of wrong bytes, and reads other encodings", async () => {
  await using scene = await Scene.open();
  const wrong = scene.directory.file("wrong.log");
  const latin = scene.directory.file("latin.log");
  const lines = [[0x41, 0xff, 0xfe], [0xc3], [0x00, 0x01, 0x00], [0xe4, 0x62, 0xe2, 0x82], [0x7a]];
  const bytes = Uint8Array.from(lines.flatMap((line) => [...line, 0x0a]));
  Deno.writeFileSync(wrong, bytes);
  Deno.writeFileSync(latin, bytes);
  for (const [path, label] of [[wrong, "utf-8"], [latin, "latin1"]] as const) {
    scene.startWatcher({ args: ["-f", path, "--encoding", label] });
    const decoder = new TextDecoder(label, { ignoreBOM: true });
    const expected = lines.map((line) => decoder.decode(Uint8Array.from(line)));
    await until("the lines", async () => (await storedContents(scene.port, path)).length >= 5);
    assert.deepEqual(await storedContents(scene.port, path), expected);
    await scene.killWatcher();
  }
});

Deno.test("An event that the collector refuses is reported once and holds up nothing", async () => {
  await using scene = await Scene.open();
  await scene.killCollector();
  await using store = new MemoryStore();
  await using collector = await Collector.listen({ store, port: 0, maxEventBytes: 2000 });
  const path = scene.directory.file("app.log");
  Deno.writeTextFileSync(path, `one\n${"x".repeat(5000)}\nthree\n`);
  const start = { args: ["-f", path], port: collector.port };
  const watcher = scene.startWatcher(start);
  const isStored = (count: number) => async () =>
    (await storedContents(collector.port, path)).length === count;
  await until("the good lines", isStored(2));
  await watcher.line("stderr", /refused event/);
  await scene.killWatcher();

  // Whether its acknowledgement was noted before the kill or not, it is kept once.
  const again = scene.startWatcher(start);
  Deno.writeTextFileSync(path, "four\n", { append: true });
  await until("the next line", isStored(3));
  again.signal("SIGINT");
  await again.exit();
  const last = scene.startWatcher(start);
  Deno.writeTextFileSync(path, "five\n", { append: true });
  await until("the last line", isStored(4));
  last.signal("SIGINT");
  assert.equal((await last.exit()).code, 0, last.stderr.tail);
  assert.equal(warnings(watcher.stderr.lines, /refused/).length, 1);
  assert.equal(warnings(last.stderr.lines, /refused/).length, 0);
  assert.deepEqual(await storedContents(collector.port, path), ["one", "three", "four", "five"]);
  const kept = await Deno.readTextFile(scene.directory.file("state", "theia", "rejected.events"));
  assert.equal(kept.match(/x{5000}/g)?.length, 1);
});

function warnings(lines: readonly string[], pattern: RegExp): string[] {
  return lines.filter((line) => line.startsWith("warning:") && pattern.test(line));
}

/** Why a command cannot be used here; undefined when it can. */
async function whyNot(command: string, ...args: readonly string[]): Promise<string | undefined> {
  try {
    const { success } = await new Deno.Command(command, { args: [...args] }).output();
    return success ? undefined : `${command} may not do that here`;
  } catch {
    return `no ${command}`;
  }
}

function note(reason: string | undefined): string {
  return reason === undefined ? "" : ` (skipped: ${reason})`;
}
