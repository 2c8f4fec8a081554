import assert from "node:assert/strict";
import { assertInTime, msOf, type Yardstick } from "../in_time.ts";
import { CollectorProgram } from "./collector_program.ts";
import { freePort } from "./free_port.ts";
import { RunningProgram, runProgram, SOURCE } from "./program.ts";
import { frame, idOf, RawClient } from "./raw_client.ts";
import { countStored, find, findPacked, pushAll } from "./raw_requests.ts";
import { OPCODE, RawSocket } from "./raw_socket.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

const STOP_SIGNALS: readonly Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** What somebody who stops a collector is willing to wait, with clients that do not answer. */
const MAX_STOP_MS = 3000;

function event(number: number): Uint8Array<ArrayBuffer> {
  const content = `content ${number} `.padEnd(130, "x");
  return frame({ id: `e${number}`, timestamp: 1e9 + number, source: "s", tags: ["t"], content });
}

/** How long it takes to start a program and to end it: some 400 ms on a quiet machine. */
const PROGRAM: Yardstick = {
  run: () => runProgram(SOURCE, ["--version"]),
  times: 7,
};

async function stopsWithin(running: RunningProgram, signal: Deno.Signal, ms: number) {
  const tookMs = await msOf(async () => {
    running.signal(signal);
    assert.deepEqual(await running.exit(), { code: 0, signal: null });
  });
  await assertInTime(signal, tookMs, ms, PROGRAM);
}

for (const signal of STOP_SIGNALS) {
  Deno.test(`theia collect ends on ${signal}: what was accepted is stored, clients are told`, async () => {
    await using directory = await TempDirectory.make();
    const data = directory.file("data");
    const seen: string[] = [];
    {
      await using collector = await CollectorProgram.start(["-d", data]);
      await using follower = await RawClient.connect(`${collector.url}/live`);
      follower.send("{}");
      await follower.waitFor(1);
      await using idle = await RawClient.connect(`${collector.url}/find`);
      // A follower that reads nothing and answers no close.
      using deaf = await RawSocket.connect(collector.port, "/live");
      await deaf.send(OPCODE.TEXT, "{}");
      await using producer = await RawClient.connect(`${collector.url}/event`);
      for (let number = 0; number < 3000; number++) producer.send(event(number));
      await follower.waitFor(300);
      await stopsWithin(collector.running, signal, MAX_STOP_MS);
      for (const client of [follower, idle, producer]) {
        assert.equal(await client.closeCode(), 1001);
      }
      seen.push(...follower.received.slice(1).map(idOf));
      assert.ok(seen.length >= 299);
    }
    await using again = await CollectorProgram.start(["-d", data]);
    const stored = new Set((await find(again.url)).map(({ id }) => id));
    assert.deepEqual(seen.filter((id) => !stored.has(id)), []);
  });
}

Deno.test("theia collect acknowledges what it took before it ends", async () => {
  await using directory = await TempDirectory.make();
  const data = directory.file("data");
  let acked = 0;
  {
    await using collector = await CollectorProgram.start(["-d", data]);
    await using producer = await RawClient.connect(`${collector.url}/event`, ["theia.v1"]);
    for (let number = 0; number < 500; number++) producer.send(event(number));
    await producer.waitFor(20);
    await stopsWithin(collector.running, "SIGTERM", MAX_STOP_MS);
    assert.equal(await producer.closeCode(), 1001);
    acked = producer.received.length;
    assert.deepEqual(JSON.parse(producer.received[acked - 1]?.data ?? ""), {
      ack: acked,
      events: 1,
      duplicates: 0,
    });
  }
  await using again = await CollectorProgram.start(["-d", data]);
  assert.equal(await countStored(again.url), acked);
});

Deno.test("theia watch ends on each signal after it delivered what is in the files", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start(["-d", directory.file("data")]);
  const path = directory.file("growing.log");
  Deno.writeTextFileSync(path, "from before\n");
  let count = 0;
  for (const signal of STOP_SIGNALS) {
    await using watcher = RunningProgram.start(
      SOURCE,
      ["watch", "--verbose", "-p", `${collector.port}`, "-f", path],
    );
    await watcher.line("stderr", /^Connected/);
    const lines = Array.from({ length: 5000 }, (_, i) => `${signal} line ${i}\n`).join("");
    Deno.writeTextFileSync(path, `${lines}${signal} without end`, { append: true });
    await stopsWithin(watcher, signal, 10_000);
    await watcher.line(
      "stderr",
      /^5001 events read: 5001 stored, 0 stored before, 0 refused, 0 no/,
    );
    count += 5001;
    assert.equal(await countStored(collector.url), count);
    Deno.writeTextFileSync(path, "\n", { append: true });
  }
});

Deno.test("theia watch ends when it waits for a collector", async () => {
  await using directory = await TempDirectory.make();
  const path = directory.file("a.log");
  await using watcher = RunningProgram.start(SOURCE, [
    "watch",
    ...["-p", `${freePort()}`],
    ...["-f", path],
  ]);
  await watcher.line("stderr", /^warning: No connection to the collector, trying again/);
  await stopsWithin(watcher, "SIGINT", MAX_STOP_MS);
});

Deno.test("theia query --live prints as events come and ends on each signal", async () => {
  await using collector = await CollectorProgram.start(["--live"]);
  const args = ["query", "--live", "--verbose", "-P", `${collector.port}`, "-F", "{content:.9}"];
  for (const signal of STOP_SIGNALS) {
    await using query = RunningProgram.start(SOURCE, args);
    await query.line("stderr", /^Connected/);
    await using producer = await RawClient.connect(`${collector.url}/event`);
    // Whether the query was taken shows only in what it prints.
    let number = 0;
    await until("a live line", () => {
      producer.send(event(number++));
      return query.stdout.text !== "";
    });
    const expected = `content ${number + 5}`.slice(0, 9);
    producer.send(event(number + 5));
    await query.line("stdout", new RegExp(`^${expected}`));
    await stopsWithin(query, signal, MAX_STOP_MS);
    assert.ok(query.stdout.lines.every((line) => /^content \d$/.test(line)));
  }
});

Deno.test("theia simulate ends on each signal after what was sent is stored", async () => {
  await using collector = await CollectorProgram.start(["--store", "memory:"]);
  let stored = 0;
  for (const signal of STOP_SIGNALS) {
    await using simulator = RunningProgram.start(
      SOURCE,
      ["simulate", "-p", `${collector.port}`, "--rate", "2000"],
    );
    await simulator.line("stdout", /^event: /);
    await stopsWithin(simulator, signal, MAX_STOP_MS);
    const summary = await simulator.line("stderr", /^\d+ events sent/);
    const [sent = 0, arrived] = [...summary.matchAll(/(\d+) (?:events|stored,)/g)].map((m) =>
      +m[1]!
    );
    assert.equal(sent, arrived, summary);
    stored += sent;
    assert.equal((await findPacked(collector.url)).done.matched, stored);
  }
});

Deno.test("A second signal ends theia at once", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start(["--store", "memory:"]);
  const path = directory.file("a.log");
  await using watcher = RunningProgram.start(
    SOURCE,
    ["watch", "--verbose", "-p", `${collector.port}`, "-f", path],
  );
  await watcher.line("stderr", /^Connected/);
  collector.running.signal("SIGSTOP");
  Deno.writeTextFileSync(path, "nobody answers for this\n");
  watcher.signal("SIGINT");
  await watcher.line("stderr", /^Stopping; /);
  const tookMs = await msOf(async () => {
    // What comes right after the first is taken for the same request: so again and again.
    await until("the end at once", () => {
      if (!watcher.hasEnded) watcher.signal("SIGINT");
      return watcher.stderr.text.includes("\nStopped at once.\n");
    });
    assert.equal((await watcher.exit()).code, 1);
  });
  await assertInTime("the end at once", tookMs, MAX_STOP_MS, PROGRAM);
});

Deno.test("theia query | head -n 1 ends at once and quietly, with 200,000 events stored", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ]);
  await pushAll(collector.url, Array.from({ length: 200_000 }, (_, i) => event(i)));
  // The shell tells the pid of the query before, and its exit code after it.
  const script =
    '{ sh -c \'echo "pid $$" >&2; exec "$@"\' sh "$@"; echo "exit $?" >&2; } | head -n 1';
  const shell = { command: ["sh", "-c", script, "sh", ...SOURCE.command] };
  await using pipeline = RunningProgram.start(shell, ["query", "-P", `${collector.port}`]);
  const startedMs = performance.now();
  const { code } = await pipeline.exit().finally(() => endStray(pipeline));
  const tookMs = performance.now() - startedMs;
  assert.equal(code, 0);
  assert.match(pipeline.stdout.text, /^[^\n]*content 0 x+\n$/);
  assert.match(pipeline.stderr.text, /^pid \d+\nexit 0\n$/);
  await assertInTime("the pipeline", tookMs, 5000, PROGRAM);
  await until("the collector to be rid of the search", async () => await isQuick(collector.url));
});

/** Ends the query of a pipeline that is still there. */
function endStray(pipeline: RunningProgram): void {
  const pid = Number(/^pid (\d+)$/m.exec(pipeline.stderr.text)?.[1]);
  if (/^exit /m.test(pipeline.stderr.text) || Number.isNaN(pid)) return;
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

async function isQuick(url: string): Promise<boolean> {
  const startedMs = performance.now();
  await find(url, { id: "e7$" });
  return performance.now() - startedMs < 1000;
}
