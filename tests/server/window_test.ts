import assert from "node:assert/strict";
import { createEvent } from "../../lib/event/event.ts";
import { MAX_PACKED_BYTES } from "../../lib/wire/dialect.ts";
import { Bench, FakeStore, frames, numbered } from "./fixtures.ts";
import { readEvents, StalledClient, type TestClient } from "./test_client.ts";

/** No machine is so busy that a client that says something all the time is not heard for so long. */
const SILENCE_MS = 2000;

const CONTENT = "x".repeat(10_000);

async function filled(count: number): Promise<FakeStore> {
  const store = new FakeStore();
  await store.save(numbered("e", count, CONTENT).map(createEvent));
  return store;
}

/** Reads binary messages: as many bytes as a window lets through, then until nothing more comes. */
async function readAhead(client: TestClient, window = 1): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  for (;;) {
    const next = client.next();
    if (sizeOf(messages) < window) {
      const message = await next;
      assert.ok(message instanceof Uint8Array);
      messages.push(message);
      continue;
    }
    const late = new Promise<"late">((resolve) => setTimeout(() => resolve("late"), 60));
    const message = await Promise.race([next, late]);
    if (!(message instanceof Uint8Array)) {
      client.unread(next);
      return messages;
    }
    messages.push(message);
  }
}

function sizeOf(messages: readonly Uint8Array[]): number {
  return messages.reduce((sum, { length }) => sum + length, 0);
}

/** Takes everything up to `done`, saying so after each message; counts events. */
async function takeAll(
  client: TestClient,
  taken: number,
): Promise<{ ids: string[]; taken: number }> {
  const ids: string[] = [];
  for (;;) {
    const message = await client.next();
    assert.ok(message !== undefined, "closed");
    if (typeof message === "string") {
      assert.equal(JSON.parse(message).done, true);
      return { ids, taken };
    }
    ids.push(...readEvents(message).map(({ id }) => id));
    taken += message.length;
    client.send(JSON.stringify({ taken }));
  }
}

Deno.test("FindSession sends no more than a window and a message ahead, and goes on as told", async () => {
  await using bench = await Bench.start({ store: await filled(300), stallMs: 20 });
  await using client = await bench.connect("/find", "theia.v1");
  client.send('{"window": 600000}');
  client.send({});
  assert.equal(await client.next(), "ok");
  const ahead = await readAhead(client, 600_000);
  const taken = sizeOf(ahead);
  assert.ok(taken >= 600_000 && taken < 600_000 + MAX_PACKED_BYTES, `${taken}`);
  client.send(JSON.stringify({ taken }));
  const { ids } = await takeAll(client, taken);
  assert.equal(ids.length + ahead.flatMap(readEvents).length, 300);
  assert.equal((await client.closed).code, 1000);
});

Deno.test("FindSession with a window of 1 byte sends one message at a time", async () => {
  await using bench = await Bench.start({ store: await filled(100) });
  await using client = await bench.connect("/find", "theia.v1");
  client.send('{"window": 1}');
  client.send({});
  assert.equal(await client.next(), "ok");
  const ahead = await readAhead(client);
  assert.equal(ahead.length, 1);
  client.send(JSON.stringify({ taken: sizeOf(ahead) }));
  const { ids } = await takeAll(client, sizeOf(ahead));
  assert.equal(ids.at(-1), "e100");
});

Deno.test("FindSession answers several criteria through one window", async () => {
  await using bench = await Bench.start({ store: await filled(100) });
  await using client = await bench.connect("/find", "theia.v1");
  client.send('{ "window" : 300000 }');
  client.send({ order: "asc" });
  client.send({ order: "desc", limit: 50 });
  assert.equal(await client.next(), "ok");
  const first = await takeAll(client, 0);
  assert.equal(await client.next(), "ok");
  const second = await takeAll(client, first.taken);
  assert.deepEqual([first.ids.length, second.ids.length], [100, 50]);
  assert.equal((await client.closed).code, 1000);
});

Deno.test("FindSession stays open until a client with a window has taken everything", async () => {
  await using bench = await Bench.start({ store: await filled(1) });
  await using client = await bench.connect("/find", "theia.v1");
  client.send('{"window": 300000}');
  client.send({});
  const taken = await readResult(client);
  client.send({});
  const again = await readResult(client);
  assert.equal(taken, again);
  client.send(JSON.stringify({ taken: taken + again }));
  assert.equal((await client.closed).code, 1000);
});

async function readResult(client: TestClient): Promise<number> {
  assert.equal(await client.next(), "ok");
  const message = await client.next();
  assert.equal((await client.nextJson()).done, true);
  return message?.length ?? 0;
}

for (const path of ["/find", "/live"]) {
  for (
    const [what, messages, expected] of [
      ["a window of 0", ['{"window": 0}'], /'window' must be an integer from 1 on/],
      ["a window that is no number", ['{"window": "9"}'], /'window' must be/],
      ["a window and criteria in one", ['{"window": 9, "id": "a"}'], /the only key/],
      ["half a message", ['{"window": 9'], /'window' must be/],
      ["taken without a window", ['{"taken": 0}'], /said after a 'window'/],
      ["a negative taken", ['{"window": 9}', '{"taken": -1}'], /'taken' must be an integer from 0/],
      ["more taken than was sent", ['{"window": 9}', '{"taken": 1}'], /to 0, sent so far/],
    ] as const
  ) {
    Deno.test(`${path} refuses ${what} and closes with 1008`, async () => {
      await using bench = await Bench.start();
      await using client = await bench.connect(path, "theia.v1");
      for (const message of messages) client.send(message);
      assert.match((await client.nextJson()).error, expected);
      assert.equal((await client.closed).code, 1008);
      await bench.notice("criteria-refused");
    });
  }
}

Deno.test("FindSession knows no windows in the default dialect", async () => {
  await using bench = await Bench.start();
  await using client = await bench.connect("/find");
  client.send('{"window": 9}');
  assert.match((await client.nextJson()).error, /unknown key 'window'/);
});

Deno.test("FindSession ends the search when a client that takes nothing leaves", async () => {
  const store = await filled(300);
  await using bench = await Bench.start({ store });
  {
    await using client = await bench.connect("/find", "theia.v1");
    client.send('{"window": 1}');
    client.send({});
    assert.equal(await client.next(), "ok");
    await readAhead(client);
  }
  await bench.notice("client-left");
});

Deno.test("FindSession gives up a client that says and reads nothing for very long", async () => {
  for (const window of [1, 1 << 30]) {
    await using bench = await Bench.start({ store: await filled(3000), maxSilenceMs: 150 });
    using stalled = await StalledClient.connect(bench.collector.port, "/find", "theia.v1");
    await stalled.send(JSON.stringify({ window }));
    await stalled.send("{}");
    await bench.notice("stalled-client");
  }
});

Deno.test("FindSession gives up a theia.v1 client that asks nothing for very long", async () => {
  await using bench = await Bench.start({ maxSilenceMs: 50 });
  await using client = await bench.connect("/find", "theia.v1");
  assert.equal((await client.closed).code, 1013);
});

Deno.test("FindSession waits without end for a client that says now and then that it is there", async () => {
  await using bench = await Bench.start({ store: await filled(100), maxSilenceMs: SILENCE_MS });
  await using client = await bench.connect("/find", "theia.v1");
  client.send('{"window": 1}');
  client.send({});
  assert.equal(await client.next(), "ok");
  const first = await client.next();
  // For longer than it may be silent.
  for (const end = performance.now() + 1.5 * SILENCE_MS; performance.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    client.send('{"taken": 0}');
  }
  const taken = first?.length ?? 0;
  client.send(JSON.stringify({ taken }));
  assert.equal((await takeAll(client, taken)).ids.at(-1), "e100");
});

Deno.test("LiveSession replays no further ahead than the window, and closes once all is taken", async () => {
  await using bench = await Bench.start({ store: await filled(100) });
  await using client = await bench.connect("/live", "theia.v1");
  client.send('{"window": 1}');
  client.send({ since: 0, limit: 101 });
  assert.equal(await client.next(), "ok");
  const ahead = await readAhead(client);
  assert.equal(ahead.length, 1);
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frames({ id: "new" }));
  await producer.next();
  let taken = sizeOf(ahead);
  client.send(JSON.stringify({ taken }));
  const ids = ahead.flatMap(readEvents).map(({ id }) => id);
  while (ids.length < 101) {
    const message = await client.next();
    assert.ok(message !== undefined, "closed");
    if (typeof message === "string") continue;
    ids.push(...readEvents(message).map(({ id }) => id));
    taken += message.length;
    client.send(JSON.stringify({ taken }));
  }
  assert.deepEqual([ids[0], ids[99], ids[100]], ["e1", "e100", "new"]);
  assert.equal((await client.closed).code, 1000);
});
