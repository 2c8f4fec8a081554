import assert from "node:assert/strict";
import { NO_SMALL_DISK, SMALL_DISK_NOTE, SmallDisk } from "../../small_disk.ts";
import { RunningCollector, RunningCommand, runToEnd } from "../running_command.ts";

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
