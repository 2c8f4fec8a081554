import assert from "node:assert/strict";
import { Client, createEvent, type Event } from "../../../mod.ts";
import { CollectorProgram } from "../collector_program.ts";
import { freePort } from "../free_port.ts";
import { RunningProgram, SOURCE } from "../program.ts";
import { TempDirectory } from "../temp_directory.ts";
import { until } from "../until.ts";

const STORED = 2000;
const BATCH = 20;

/** How the collector goes away, again and again. */
const ENDS: readonly Deno.Signal[] = ["SIGTERM", "SIGKILL", "SIGKILL"];

/** Lines that a follower must see between two restarts. */
const SEEN_BETWEEN = 100;

function event(number: number): Event {
  // Some come late: their time lies before that of events which are shown already.
  const late = number % 7 === 0 ? 500 : 0;
  return createEvent({
    id: `e${number}`,
    timestamp: 1_700_000_000 + number - late,
    source: `/s${number % 3}`,
    content: `content ${number} `.padEnd(130, "x"),
  });
}

function follow(port: number, ...args: readonly string[]): RunningProgram {
  return RunningProgram.start(SOURCE, [
    "query",
    "--follow",
    "-P",
    `${port}`,
    "-F",
    "{id}",
    ...args,
  ]);
}

/** Sends batches until it is told to stop, through all restarts. */
class Producer {
  #isStopped = false;
  #sent = STORED;
  readonly #ended: Promise<void>;

  constructor(client: Client) {
    this.#ended = this.#run(client);
  }

  /** @returns How many events there are. */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await this.#ended;
    return this.#sent;
  }

  async #run(client: Client): Promise<void> {
    while (!this.#isStopped) {
      const events = Array.from({ length: BATCH }, () => event(this.#sent++));
      await client.send(events);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function assertOnce(lines: readonly string[], expected: readonly string[]): void {
  const missing = new Set(expected);
  const twice = lines.filter((line) => !missing.delete(line));
  assert.deepEqual([[...missing].slice(0, 5), twice.slice(0, 5)], [[], []]);
}

Deno.test("query --follow shows every event once, while its collector stops and is killed", async () => {
  await using directory = await TempDirectory.make();
  const port = freePort();
  const store = ["--store", `sqlite:///${directory.file("events.db")}`];
  let collector = await CollectorProgram.start(store, { port });
  try {
    await using client = await Client.connect({ port });
    await client.send(Array.from({ length: STORED }, (_, number) => event(number)));
    await using all = follow(port);
    await using tail = follow(port, "--tail", "5");
    await all.stdout.until("what is stored", () => all.stdout.lines.length === STORED);
    await tail.stdout.until("the tail", () => tail.stdout.lines.length === 5);
    const producer = new Producer(client);
    for (const signal of ENDS) {
      for (const { stdout } of [all, tail]) {
        const enough = stdout.lines.length + SEEN_BETWEEN;
        await stdout.until("events that arrive", () => stdout.lines.length >= enough);
      }
      if (signal === "SIGKILL") await collector.running.kill();
      else assert.equal((await collector.stop(signal)).code, 0);
      await using _ended = collector;
      collector = await CollectorProgram.start(store, { port });
    }
    const count = await producer.stop();
    const ids = Array.from({ length: count }, (_, number) => `e${number}`);
    // The five greatest timestamps: those of events that came late are lower.
    const last = [STORED - 1, STORED - 2, STORED - 3, STORED - 4, STORED - 5, STORED - 6]
      .filter((number) => number % 7 !== 0).slice(0, 5).map((number) => `e${number}`);
    const rows = [[all, ids], [tail, [...last, ...ids.slice(STORED)]]] as const;
    for (const [{ stdout }, expected] of rows) {
      await stdout.until("all events", () => stdout.lines.length >= expected.length);
    }
    for (const [program, expected] of rows) {
      program.signal("SIGINT");
      assert.equal((await program.exit()).code, 0);
      assertOnce(program.stdout.lines, expected);
      assert.match(program.stderr.text, /warning: No connection to the collector/);
    }
  } finally {
    await collector[Symbol.asyncDispose]();
  }
});

Deno.test("query --follow shows every event once when the collector is killed while it replays", async () => {
  await using directory = await TempDirectory.make();
  const port = freePort();
  const store = ["--store", `sqlite:///${directory.file("events.db")}`];
  const count = 60_000;
  let collector = await CollectorProgram.start(store, { port });
  try {
    {
      await using client = await Client.connect({ port });
      await client.send(Array.from({ length: count }, (_, number) => event(number)));
    }
    // Its output is left unread and is more than a pipe holds, so the replay cannot come to its end.
    await using query = RunningProgram.start(
      SOURCE,
      ["query", "-f", "-P", `${port}`, "-F", "{id}"],
      { pauseOutput: true },
    );
    await until("a subscription", () => isFollowed(port));
    await collector.running.kill();
    await collector[Symbol.asyncDispose]();
    collector = await CollectorProgram.start(store, { port });
    query.stdout.resume();
    await query.stdout.until("all events", () => query.stdout.lines.length >= count);
    await using client = await Client.connect({ port });
    await client.send([event(count)]);
    await query.line("stdout", new RegExp(`^e${count}$`));
    query.signal("SIGTERM");
    assert.equal((await query.exit()).code, 0);
    const ids = Array.from({ length: count + 1 }, (_, number) => `e${number}`);
    assertOnce(query.stdout.lines, ids);
  } finally {
    await collector[Symbol.asyncDispose]();
  }
});

/** Whether somebody follows events. */
async function isFollowed(port: number): Promise<boolean> {
  const response = await fetch(`http://localhost:${port}/metrics`);
  return /^theia_live_subscriptions [1-9]/m.test(await response.text());
}
