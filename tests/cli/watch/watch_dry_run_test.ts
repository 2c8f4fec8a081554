import assert from "node:assert/strict";
import { Checkpoint } from "../../../lib/tail/checkpoint/checkpoint.ts";
import { Watcher } from "../../../lib/tail/watcher.ts";
import { RunningCollector, RunningCommand, runToEnd } from "../running_command.ts";

const encoder = new TextEncoder();

/** Names, sizes, times and contents of all that is in a directory. */
async function snapshot(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const path = `${directory}/${name}`;
    const { size, mtime } = await Deno.stat(path);
    found.push(`${name} ${size} ${mtime?.getTime()} ${await Deno.readTextFile(path)}`);
  }
  return found.sort();
}

Deno.test("watch --dry-run shows files, positions and totals, and makes nothing", async () => {
  const directory = await Deno.makeTempDir();
  const [one, two, none] = ["one.log", "two.log", "none.log"].map((name) => `${directory}/${name}`);
  await Deno.writeTextFile(`${one}`, "first\nsecond\n");
  await Deno.writeTextFile(`${two}`, "");
  const state = `${directory}/state`;
  const args = ["watch", "--dry-run", "-f", `${one}`, `${two}`, `${none}`, "--state-dir", state];
  const { code, stdout, stderr } = await runToEnd([...args, "--from", "beginning"]);
  assert.equal(code, 0);
  assert.equal(
    stdout,
    `${one}: from byte 0, 2 events of 13 bytes\n` +
      `${two}: from byte 0, nothing new\n${none}: nothing there\n`,
  );
  assert.match(stderr, /There is no checkpoint in '.*': files are followed for the first time\./);
  assert.match(stderr, /3 files: 2 events of 13 bytes would be delivered\.\n$/);
  await assert.rejects(Deno.stat(state), Deno.errors.NotFound);
  const fromEnd = await runToEnd(args);
  assert.match(fromEnd.stdout, /one\.log: from byte 13, nothing new\n/);
});

Deno.test("watch --dry-run --verbose shows the first events as they would be", async () => {
  const log = `${await Deno.makeTempDir()}/app.log`;
  const lines = Array.from(
    { length: 9 },
    (_, at) => `2024-01-02 03:04:0${at} line ${at}\n  more\n`,
  );
  await Deno.writeTextFile(log, `${lines.join("")}2025-01-01 00:00:00 ${"x".repeat(1000)}\u001b\n`);
  const { stdout } = await runToEnd([
    ...["watch", "--dry-run", "--once", "--verbose", "-f", log],
    ...["--multiline-indent", "--time-pattern", "auto", "--time-utc"],
  ]);
  const [first, ...events] = stdout.trimEnd().split("\n");
  assert.match(first ?? "", /app\.log: from byte 0, 10 events of \d+/);
  assert.deepEqual(
    events,
    [0, 1, 2].flatMap((at) => [
      `  2024-01-02T03:04:0${at}Z  2024-01-02 03:04:0${at} line ${at}`,
      "      more",
    ]),
  );
});

Deno.test("watch --dry-run goes by the checkpoint, also while a watcher uses it, and leaves it alone", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const directory = await Deno.makeTempDir();
  const [log, state] = [`${directory}/app.log`, `${directory}/state`];
  await Deno.writeTextFile(log, "one\n");
  const args = ["-f", log, "--state-dir", state];
  const once = ["-P", collector.port, "watch", "--once", ...args];
  assert.equal((await runToEnd(once)).code, 0);
  await Deno.writeFile(log, encoder.encode("two\nthree\n"), { append: true });
  const before = await snapshot(state);
  const dry = await runToEnd(["watch", "--dry-run", ...args]);
  assert.equal(dry.stdout, `${log}: from byte 4, 2 events of 10 bytes\n`);
  assert.match(dry.stderr, /^Going on from the checkpoint in /);
  assert.deepEqual(await snapshot(state), before);
  const watch = new RunningCommand(["-P", "1", "watch", ...args]);
  await watch.stderr.match(/No connection/);
  const beside = await runToEnd(["watch", "--dry-run", ...args]);
  assert.equal(beside.code, 0, beside.stderr);
  assert.equal(beside.stdout, dry.stdout);
  assert.equal(await watch.stop(), 0);
});

Deno.test("watch --dry-run counts apart what an earlier run may not have delivered", async () => {
  const directory = await Deno.makeTempDir();
  const [log, state] = [`${directory}/app.log`, `${directory}/state`];
  await Deno.writeTextFile(log, "one\ntwo\n");
  {
    await using checkpoint = await Checkpoint.open(state);
    await using watcher = await Watcher.open({ files: [log], from: "beginning", watch: false });
    for await (const batch of watcher.drain()) await checkpoint.record(batch);
  }
  await Deno.writeTextFile(log, "three\n", { append: true });
  const args = ["-f", log, "--state-dir", state];
  const { code, stdout, stderr } = await runToEnd(["watch", "--dry-run", ...args]);
  assert.equal(code, 0);
  assert.equal(stdout, `${log}: from byte 8, 1 event of 6 bytes, 2 events again\n`);
  assert.match(
    stderr,
    /1 events of 6 bytes would be delivered, and 2 again that may not have been stored\.\n$/,
  );
});

Deno.test("watch --dry-run does not read standard input, and refuses a damaged state directory", async () => {
  const input = await runToEnd(["watch", "--dry-run", "-f", "-"]);
  assert.equal(input.code, 0);
  assert.match(input.stderr, /Standard input is not read by a dry run\.\n0 files: 0 events/);
  const state = await Deno.makeTempDir();
  await Deno.writeTextFile(`${state}/checkpoint.1`, "something else\n");
  const { code, stderr } = await runToEnd([
    "watch",
    "--dry-run",
    "-f",
    "/none",
    "--state-dir",
    state,
  ]);
  assert.equal(code, 1);
  assert.match(stderr, /it is no checkpoint of this program: move it away or choose another/);
});
