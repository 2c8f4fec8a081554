import assert from "node:assert/strict";
import { freePort } from "../e2e/free_port.ts";
import { RunningCollector, RunningCommand, runToEnd } from "./running_command.ts";

async function append(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { append: true });
}

Deno.test("watch pushes what is appended, with the host's name and the tags, and delivers at the end", async () => {
  await using collector = await RunningCollector.start("--store", "memory:");
  const path = `${await Deno.makeTempDir()}/app.log`;
  await append(path, "before\n");
  const watch = new RunningCommand(
    ["watch", "-p", collector.port, "-f", path, "-t", "web", "prod", "--verbose"],
  );
  await watch.stderr.match(/Connected/);
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i}`);
  await append(path, `${lines.join("\n")}\n`);
  assert.equal(await watch.stop(), 0);
  assert.match(watch.stderr.text, /500 events read: 500 stored, 0 stored before, 0 refused, 0 not/);
  assert.equal(watch.stdout.text, "");
  const format = ["-F", "{source} {tags} {content}"];
  const { stdout } = await runToEnd(["query", "-P", collector.port, ...format]);
  assert.deepEqual(
    stdout.trimEnd().split("\n"),
    lines.map((line) => `${path} test-host,web,prod ${line}`),
  );
});

Deno.test("watch waits for its collector, the files keep what is to be sent", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/app.log`;
  await append(path, "");
  const port = String(freePort());
  const watch = new RunningCommand(["-P", port, "watch", "-f", path]);
  await watch.stderr.match(/^warning: No connection to the collector, trying again: .*\n/);
  await append(path, "while it was away\n");
  const collector = new RunningCommand(["-P", port, "collect", "-d", `${directory}/data`]);
  await collector.stdout.match(/listening/);
  await watch.stderr.match(/Connected to/);
  await append(path, "after that\n");
  assert.equal(await watch.stop(), 0);
  const { stdout } = await runToEnd(["query", "-P", port, "-F", "{content}"]);
  assert.equal(stdout, "while it was away\nafter that\n");
  assert.equal(await collector.stop(), 0);
});

Deno.test("watch that never found its collector stops at once", async () => {
  const watch = new RunningCommand(["watch", "-c", "localhost", "-p", "1", "-f", "/none"]);
  await watch.stderr.match(/No connection/);
  assert.equal(await watch.stop(), 0);
  assert.match(watch.stderr.text, /nothing was read/);
});
