import assert from "node:assert/strict";
import { assertInTime, msOf } from "../in_time.ts";
import { CollectorProgram } from "./collector_program.ts";
import { runProgram, SOURCE } from "./program.ts";
import { frame, idOf, RawClient } from "./raw_client.ts";
import { find, pushAll, V1 } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

/**
 * Patterns that run away on {@linkcode BAIT}, the last two beyond V8's linear engine. The first two it
 * takes over: they end in time, with nothing, where the machine is fast enough.
 */
const HOSTILE = ["(?i)^(a+)+$", "^(?=(?:a+)+$)", "(?i)^(?:a+)+$(?<!b)", "^(a)\\1(?:a+)+$"];

const BAIT = `${"a".repeat(50)}!`;

/** How many of these patterns V8's linear engine takes over. */
const LINEAR = 2;

/** Longest a client that does nothing wrong may wait for an answer meanwhile. */
const MAX_GOOD_MS = 5_000;

function event(id: string, content: string): Uint8Array<ArrayBuffer> {
  return frame({ id, timestamp: 1_600_000_000, source: "s", tags: ["t"], content });
}

async function withBait(run: (collector: CollectorProgram) => Promise<void>): Promise<void> {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ]);
  const baits = Array.from({ length: 3000 }, (_, i) => event(`bait-${i}`, `${BAIT}${i}`));
  await pushAll(collector.url, [...baits, event("good", "needle")]);
  await run(collector);
  assert.equal((await collector.stop()).code, 0);
}

/**
 * Pushes and finds in turn until told to end, then measures whether an answer was long in coming.
 */
async function pushAndFind(url: string, ending: AbortSignal): Promise<void> {
  let longestMs = 0;
  await using producer = await RawClient.connect(`${url}/event`, [V1]);
  let turn = 0;
  async function takeTurn(): Promise<void> {
    producer.send(event(`turn-${turn}`, `turn ${turn}`));
    assert.equal((await producer.waitFor(++turn)).length, turn);
    const found = await find(url, { content: "^needle$|^turn " });
    assert.equal(found.length, turn + 1);
  }
  do longestMs = Math.max(longestMs, await msOf(takeTurn)); while (!ending.aborted);
  await assertInTime("an answer", longestMs, MAX_GOOD_MS, { run: takeTurn, times: 50 });
}

/** Sends criteria and gives the error that they end with; undefined when they found nothing in time. */
async function findError(url: string, pattern: string): Promise<string | undefined> {
  await using client = await RawClient.connect(`${url}/find`);
  client.send(JSON.stringify({ content: pattern }));
  const error = () => client.received.find(({ data }) => data.startsWith('{"error"'));
  let isClosed = false;
  void client.closeCode().then(() => isClosed = true, () => {});
  await until(`the end of ${pattern}`, () => isClosed || error() !== undefined);
  if (error() === undefined) {
    assert.deepEqual(client.received.map(({ data }) => data), ["ok"]);
    return undefined;
  }
  // The connection is still good for better criteria.
  client.send('{"id": "good"}');
  assert.equal(await client.closeCode(), 1000);
  assert.equal(client.received.map(idOf).at(-1), "good");
  return JSON.parse(error()?.data ?? "").error;
}

Deno.test("Hostile patterns end a find with an error, and no other client notices", async () => {
  await withBait(async ({ url }) => {
    const ending = new AbortController();
    const working = pushAndFind(url, ending.signal);
    try {
      const errors = await Promise.all(HOSTILE.map((pattern) => findError(url, pattern)));
      for (const [i, error] of errors.entries()) {
        if (error === undefined) assert.ok(i < LINEAR);
        else assert.match(error, /pattern took longer than \d+ ms/);
      }
    } finally {
      ending.abort();
      await working;
    }
  });
});

Deno.test("theia query tells of a hostile pattern and exits with 1", async () => {
  await withBait(async ({ port }) => {
    for (const [i, pattern] of HOSTILE.entries()) {
      const args = ["query", "-P", `${port}`, "-c", pattern];
      const { code, stdout, stderr } = await runProgram(SOURCE, args);
      assert.equal(stdout, "");
      if (i < LINEAR && code === 0) continue;
      assert.equal(code, 1);
      assert.match(stderr, /^error: Cannot .*pattern took longer than \d+ ms[^\n]*\n$/);
    }
  });
});

/** A live client got what matches, or an error and the end; nothing else. */
async function assertAnsweredOrEnded(client: RawClient, mustEnd: boolean): Promise<void> {
  const [, ...received] = await client.waitFor(2);
  assert.equal(received.length, 1);
  const [{ kind, data } = { kind: "", data: "" }] = received;
  if (kind === "binary" && !mustEnd) {
    assert.equal(idOf({ kind, data }), "aaa");
    return;
  }
  assert.match(JSON.parse(data).error, /pattern took longer than \d+ ms/);
  assert.equal(await client.closeCode(), 1008);
}

Deno.test("Hostile patterns end their own live subscription, and others get every event", async () => {
  await withBait(async ({ url }) => {
    await using good = await RawClient.connect(`${url}/live`);
    good.send('{"content": "[!e]|^aaa$"}');
    await good.waitFor(1);
    const hostile: RawClient[] = [];
    try {
      for (const pattern of HOSTILE) {
        const client = await RawClient.connect(`${url}/live`);
        hostile.push(client);
        client.send(JSON.stringify({ content: pattern }));
        await client.waitFor(1);
      }
      const pushMore = async (name: string) => {
        const seen = good.received.length;
        const more = Array.from({ length: 1000 }, (_, i) => event(`${name}-${i}`, `${BAIT} ${i}`));
        await pushAll(url, more);
        await pushAll(url, [event("aaa", "aaa"), event("last", "the end")]);
        await good.waitFor(seen + 1002);
      };
      const tookMs = await msOf(() => pushMore("more"));
      const expected = [...Array(1000).keys().map((i) => `more-${i}`), "aaa", "last"];
      assert.deepEqual(good.received.slice(1).map(idOf), expected);
      for (const [i, client] of hostile.entries()) await assertAnsweredOrEnded(client, i >= LINEAR);
      const yardstick = { run: () => pushMore("again"), times: 40 };
      await assertInTime("following", tookMs, MAX_GOOD_MS, yardstick);
    } finally {
      for (const client of hostile) await client[Symbol.asyncDispose]();
    }
  });
});
