import assert from "node:assert/strict";
import { freePort } from "../../e2e/free_port.ts";
import { RunningCollector, RunningCommand, runToEnd } from "../running_command.ts";

async function temporaryLog(text: string): Promise<string> {
  const path = `${await Deno.makeTempDir()}/app.log`;
  await Deno.writeTextFile(path, text);
  return path;
}

async function contents(port: string): Promise<string> {
  return (await runToEnd(["query", "-P", port, "-F", "{content}"])).stdout;
}

Deno.test("watch --once delivers what is there and goes on there the next time", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const log = await temporaryLog("one\ntwo");
  const directory = await Deno.makeTempDir();
  const args = ["-P", collector.port, "watch", "--once", "-f", log, "--state-dir", directory];
  const first = await runToEnd(args);
  assert.equal(first.code, 0);
  assert.equal(
    first.stderr,
    "2 events read: 2 stored, 0 stored before, 0 refused, 0 not acknowledged.\n",
  );
  await Deno.writeTextFile(log, "\nthree\n", { append: true });
  assert.match((await runToEnd(args)).stderr, /^1 events read: 1 stored/);
  assert.equal(await contents(collector.port), "one\ntwo\nthree\n");
});

Deno.test("watch --once shows on a terminal how far it is, and takes that away", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const log = await temporaryLog("a line of a log\n".repeat(300_000));
  const watch = new RunningCommand(
    ["-P", collector.port, "watch", "--once", "-f", log],
    { terminal: true },
  );
  assert.equal(await watch.ended, 0);
  const { text } = watch.stderr;
  assert.match(text, /\rdeliver \[#* *\] +\d+ % {2}[\d.]+ .*B of 4\.6 MiB/);
  assert.match(text, /\r +\r300000 events read/);
});

Deno.test("watch --once waits for the collector", async () => {
  const port = String(freePort());
  const log = await temporaryLog("one\n");
  const watch = new RunningCommand(["-P", port, "watch", "--once", "-f", log]);
  await watch.stderr.match(/No connection to the collector/);
  const collector = new RunningCommand(["-P", port, "collect", "--store", "memory:"]);
  assert.equal(await watch.ended, 0);
  assert.equal(await contents(port), "one\n");
  assert.equal(await collector.stop(), 0);
});

Deno.test("watch --once that is stopped before the end fails", async () => {
  const log = await temporaryLog("one\n");
  const watch = new RunningCommand(["-P", "1", "watch", "--once", "-f", log]);
  await watch.stderr.match(/No connection to the collector/);
  assert.equal(await watch.stop(), 1);
  assert.match(watch.stderr.text, /Stopped before a collector was found: nothing was read\.\n$/);
});

Deno.test("watch --once fails when a file cannot be read, and not when none is there", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const log = await temporaryLog("one\n");
  const args = ["-P", collector.port, "watch", "--once", "-f", log];
  const missing = await runToEnd([...args, `${log}.none`]);
  assert.equal(missing.code, 0);
  assert.match(missing.stderr, /^'.*\.none' is not there\n/);
  const unreadable = await runToEnd([...args, "/"]);
  assert.equal(unreadable.code, 1);
  assert.match(unreadable.stderr, /^warning: Cannot read '\/': .*must be a regular file/);
  assert.match(
    unreadable.stderr,
    /1 events read: 1 stored|1 events read: 0 stored, 1 stored before/,
  );
});
