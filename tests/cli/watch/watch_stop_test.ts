import assert from "node:assert/strict";
import { freePort } from "../../e2e/free_port.ts";
import { until } from "../../e2e/until.ts";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { RunningCollector, RunningCommand, runToEnd } from "../running_command.ts";
import { readStatus } from "./fixtures.ts";

const FILES = 500;

async function temporaryLog(text: string): Promise<string> {
  const path = `${await Deno.makeTempDir()}/app.log`;
  await Deno.writeTextFile(path, text);
  return path;
}

Deno.test("watch refuses a state directory that another watcher uses, and leaves that one alone", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const [log, state] = [await temporaryLog(""), await Deno.makeTempDir()];
  const args = ["-P", collector.port, "watch", "-f", log, "--state-dir", state, "--verbose"];
  const first = new RunningCommand(args);
  await first.stderr.match(/Connected/);
  const second = await runToEnd(args);
  assert.equal(second.code, 1);
  assert.match(
    second.stderr,
    /error: Cannot keep a checkpoint in '.*' as another watcher uses this directory: stop that one or choose another one with --state-dir/,
  );
  await Deno.writeTextFile(log, "one\n");
  assert.equal(await first.stop(), 0);
  assert.match(first.stderr.text, /1 events read: 1 stored/);
});

Deno.test("watch says which state directory it cannot use, and what to do", async () => {
  const file = await Deno.makeTempFile();
  const { code, stderr } = await runToEnd(["watch", "-f", "/none", "--state-dir", `${file}/state`]);
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^error: Cannot keep a checkpoint in '.*\/state' as the directory must be writable/,
  );
  assert.match(stderr, /or choose another one with --state-dir/);
});

Deno.test({
  name: `watch can be stopped while the disk of its checkpoint is full${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using collector = await RunningCollector.start("--store", "memory:");
    await using disk = await SmallDisk.mount(1 << 20);
    disk.fill();
    const log = await temporaryLog("one\n");
    const args = ["-P", collector.port, "watch", "--state-dir", disk.file("state"), "-f", log];
    const watch = new RunningCommand([...args, "--from", "beginning"]);
    await watch.stderr.match(/warning: Cannot write the checkpoint in '.*', delivery waits for it/);
    assert.equal(await watch.stop(), 0);
    assert.match(watch.stderr.text, /nothing was read\.\n$/);
    const again = new RunningCommand([...args, "--once"]);
    await again.stderr.match(/warning: Cannot write the checkpoint/);
    disk.free();
    assert.equal(await again.ended, 0);
    assert.match(again.stderr.text, /is written again\.\n1 events read: 1 stored/);
  },
});

Deno.test({
  name:
    `watch can be stopped while the disk of its checkpoint is full in the middle of delivery, and delivers the rest later${SMALL_DISK_NOTE}`,
  ignore: NO_SMALL_DISK !== undefined,
  async fn() {
    await using disk = await SmallDisk.mount(8 << 20);
    const logs = `${await Deno.makeTempDir()}/${"x".repeat(200)}`;
    await Deno.mkdir(logs);
    const status = `${await Deno.makeTempDir()}/status.json`;
    const write = async (first: number) => {
      const names = Array.from({ length: FILES }, (_, at) => `${first + at}`);
      for (const name of names) await Deno.writeTextFile(`${logs}/${name}`, `${name}\n`);
      return names;
    };
    const names = await write(0);
    const port = String(freePort());
    const args = ["-P", port, "watch", "--state-dir", disk.file("state"), "-d", logs];
    const watch = new RunningCommand([...args, "--from", "beginning", "--status", status]);
    await watch.stderr.match(/No connection to the collector/);
    disk.fill();
    // More files need more room than a checkpoint has that was made for the first ones.
    names.push(...await write(FILES));
    const collector = new RunningCommand(["-P", port, "collect", "--store", "memory:"]);
    await watch.stderr.match(/warning: Cannot write the checkpoint in '.*', delivery waits for it/);
    await until("the status", async () => !(await readStatus(status)).checkpoint.writable);
    assert.equal(await watch.stop(), 1);
    const { lag } = await readStatus(status);
    assert(lag.bytes > 0, "all was delivered: the disk was not full in time");
    disk.free();
    assert.equal((await runToEnd([...args, "--once"])).code, 0);
    const { stdout } = await runToEnd(["query", "-P", port, "-F", "{content}"]);
    assert.deepEqual(stdout.trimEnd().split("\n").sort(), names.sort());
    assert.equal(await collector.stop(), 0);
  },
});
