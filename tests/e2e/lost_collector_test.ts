import assert from "node:assert/strict";
import { CollectorProgram } from "./collector_program.ts";
import { freePort } from "./free_port.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { frame } from "./raw_client.ts";
import { countStored, pushAll, untilStored } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

const EVENTS = 60_000;

function event(number: number): Uint8Array<ArrayBuffer> {
  const content = `content ${number}`.padEnd(130, ".");
  return frame({ id: `e${number}`, timestamp: 1e9 + number, source: "s", tags: ["t"], content });
}

async function failure(...args: readonly (string | number)[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(SOURCE, args.map(String));
  assert.deepEqual([code, stdout], [1, ""], stderr);
  assert.match(stderr, /^error: Cannot [^\n]*\n$/);
  return stderr;
}

Deno.test("A host that does not resolve is named, with what to check", async () => {
  const host = "no-such-host.invalid";
  const message = /no-such-host\.invalid.*does not resolve; check its spelling/;
  assert.match(await failure("query", "--host", host), message);
  assert.match(await failure("--host", host, "query", "-c", "x"), message);
  assert.match(await failure("simulate", "-H", host, "--count", 1), message);
});

Deno.test("A connection that is refused is an error of query and simulate", async () => {
  const port = freePort();
  const message = /nothing answers there; check host and port, and that the collector runs/;
  assert.match(await failure("query", "-P", port), message);
  assert.match(await failure("simulate", "-p", port, "--count", 1), message);
});

Deno.test("A server that is no collector is an error", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response("a web site"),
  );
  const { port } = server.addr;
  const message = /what listens there is not a collector/;
  assert.match(await failure("query", "-H", "127.0.0.1", "-P", port), message);
  assert.match(await failure("simulate", "-H", "127.0.0.1", "-p", port, "--count", 1), message);
});

Deno.test("theia watch waits for a collector that is not there yet, theia query does not", async () => {
  await using directory = await TempDirectory.make();
  const port = freePort();
  const path = directory.file("early.log");
  await using watcher = RunningProgram.start(SOURCE, ["watch", "-p", `${port}`, "-f", path]);
  const warning = /^warning: No connection to the collector, trying again: .*nothing answers/;
  await watcher.line("stderr", warning);
  assert.match(await failure("query", "--live", "-P", port), /nothing answers there/);
  Deno.writeTextFileSync(path, "early\n");
  await using collector = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ], { port });
  await watcher.line("stderr", /^Connected to/);
  Deno.writeTextFileSync(path, "late\n", { append: true });
  await untilStored(collector.url, 2);
  watcher.signal("SIGINT");
  assert.equal((await watcher.exit()).code, 0);
  assert.equal(watcher.stderr.lines.filter((line) => line.startsWith("warning:")).length, 1);
});

Deno.test("A collector that goes away in a find leaves an error beside what was found", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ]);
  await pushAll(collector.url, Array.from({ length: EVENTS }, (_, i) => event(i)));
  await using query = RunningProgram.start(
    SOURCE,
    ["query", "-P", `${collector.port}`, "-F", "{content}"],
    { pauseOutput: true },
  );
  // The query stands, as nobody reads what it prints; so the search does.
  await collector.running.kill();
  query.stdout.resume();
  const { code } = await query.exit();
  assert.equal(code, 1);
  assert.match(query.stderr.text, /^error: Cannot [^\n]*\n$/);
  const { lines } = query.stdout;
  assert.ok(lines.length < EVENTS);
  assert.deepEqual(lines, lines.map((_, i) => `content ${i}`.padEnd(130, ".")));
});

Deno.test("A live query goes on where it was when its collector is back", async () => {
  await using directory = await TempDirectory.make();
  const [data, port] = [directory.file("data"), freePort()];
  await using query = await (async () => {
    await using first = await CollectorProgram.start(["-d", data], { port });
    const query = RunningProgram.start(
      SOURCE,
      ["query", "--live", "-P", `${port}`, "-F", "{id}"],
    );
    let number = 0;
    await until("a live line", async () => {
      await pushAll(first.url, [event(number++)]);
      return query.stdout.text !== "";
    });
    await query.line("stdout", new RegExp(`^e${number - 1}$`));
    return query;
  })();
  await query.line("stderr", /^warning: No connection to the collector, trying again/);
  const seen = query.stdout.lines.length;
  await using second = await CollectorProgram.start(["-d", data], { port });
  // Some of these come before the query is back, some after.
  for (let number = 1000; number < 1100; number++) await pushAll(second.url, [event(number)]);
  await query.line("stdout", /^e1099$/);
  const expected = Array.from({ length: 100 }, (_, i) => `e${1000 + i}`);
  assert.deepEqual(query.stdout.lines.slice(seen), expected);
  await query.line("stderr", /^Connected to/);
  query.signal("SIGINT");
  assert.equal((await query.exit()).code, 0);
});

Deno.test("A watcher brings what was written while its collector was away, once", async () => {
  await using directory = await TempDirectory.make();
  const [data, path, port] = [directory.file("data"), directory.file("a.log"), freePort()];
  Deno.writeTextFileSync(path, "");
  const write = (first: number, count: number) => {
    const lines = Array.from({ length: count }, (_, i) => `line ${first + i}\n`).join("");
    Deno.writeTextFileSync(path, lines, { append: true });
  };
  await using first = await CollectorProgram.start(["-d", data], { port });
  await using watcher = RunningProgram.start(
    SOURCE,
    ["watch", "--verbose", "-p", `${port}`, "-f", path],
  );
  await watcher.line("stderr", /^Connected/);
  write(0, 20_000);
  await until("the first lines", async () => await countStored(first.url) > 0);
  await first.running.kill();
  write(20_000, 5000);
  await using second = await CollectorProgram.start(["-d", data], { port });
  await untilStored(second.url, 25_000);
  watcher.signal("SIGINT");
  assert.equal((await watcher.exit()).code, 0);
  const outcome = await runProgram(SOURCE, ["query", "-P", `${port}`, "-F", "{content}"]);
  const expected = Array.from({ length: 25_000 }, (_, i) => `line ${i}`);
  assert.deepEqual(outcome.stdout.split("\n").slice(0, -1), expected);
});
