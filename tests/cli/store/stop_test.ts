import assert from "node:assert/strict";
import { run } from "../../../lib/cli/run.ts";
import { FakeEnvironment } from "../fake_environment.ts";
import { RunningCommand, runToEnd } from "../running_command.ts";
import { events, StoreFiles } from "./store_files.ts";

Deno.test("store export that is stopped fails and leaves no file", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3000)]);
  const command = new RunningCommand([
    "store",
    "export",
    files.path("out"),
    "--store",
    files.url(),
  ]);
  assert.equal(await command.stop(), 1);
  assert.match(command.stderr.text, /^error: Stopped: no file was made\n$/);
  const names = Array.from(Deno.readDirSync(files.directory), ({ name }) => name);
  assert.ok(!names.some((name) => name.startsWith("out")), names.join());
});

Deno.test("store copy that is stopped fails, and goes on when it is run again", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3000)]);
  const args = ["store", "copy", files.url(), files.url("second.db")];
  const command = new RunningCommand(args);
  assert.equal(await command.stop(), 1);
  assert.match(command.stderr.text, /^error: Stopped: \d+ events copied; run it again to go on\n$/);
  assert.equal((await runToEnd(args)).code, 0);
  assert.equal((await files.ids("second.db")).length, 3000);
});

Deno.test("store import that is stopped while it waits for input fails and closes the store", async () => {
  await using files = await StoreFiles.make();
  const environment = new FakeEnvironment({ terminal: true });
  const waiting = Promise.withResolvers<void>();
  environment.stdin = async function* () {
    yield new TextEncoder().encode('{"id":"a","timestamp":1}\n');
    waiting.resolve();
    await new Promise(() => {});
  };
  const ended = run(["store", "import", "-", "--store", files.url()], environment);
  await waiting.promise;
  environment.stop();
  assert.equal(await ended, 1);
  assert.match(environment.stderr.text, /(^|\r)error: Stopped: 0 events imported; run it again/);
  assert.equal(environment.listeners, 0);
  const again = await runToEnd(["store", "verify", "--store", files.url()]);
  assert.equal(again.code, 0, again.stderr);
});

Deno.test("store verify and import fail for damage also when their output is closed", async () => {
  await using files = await StoreFiles.make();
  await files.fill([events("a", 3000)]);
  files.change("UPDATE block_data SET contents = x'00'");
  await Deno.writeTextFile(files.path("bad.jsonl"), "{bad\n");
  for (
    const args of [
      ["verify", "--store", files.url()],
      ["import", files.path("bad.jsonl"), "--store", files.url("second.db")],
    ]
  ) {
    const environment = new FakeEnvironment();
    environment.stdout.isClosed = true;
    assert.equal(await run(["store", ...args], environment), 1, args.join(" "));
  }
});

Deno.test("store import takes its progress bar away before it warns", async () => {
  await using files = await StoreFiles.make();
  const lines = Array.from(
    { length: 6000 },
    (_, i) => i % 2500 === 2499 ? "{bad" : `{"id":"event-number-${i}","timestamp":${i}}`,
  );
  await Deno.writeTextFile(files.path("in.jsonl"), lines.join("\n"));
  const args = ["store", "import", files.path("in.jsonl"), "--store", files.url()];
  const { stderr } = await runToEnd(args, { terminal: true });
  assert.equal(stderr.match(/warning:/g)?.length, 2, stderr);
  assert.equal(stderr.match(/(?<![^\r\n])warning:/g)?.length, 2, JSON.stringify(stderr));
  assert.match(stderr, /import \[/);
});
