import assert from "node:assert/strict";
import { createEvent } from "../../lib/event/event.ts";
import { Bench, FakeStore, frame, frames, numbered, until } from "./fixtures.ts";
import { StalledClient, type TestClient } from "./test_client.ts";

async function follow(bench: Bench, criteria: object, protocol?: string): Promise<TestClient> {
  const client = await bench.connect("/live", protocol);
  client.send(JSON.stringify(criteria));
  assert.equal(await client.next(), "ok");
  return client;
}

async function push(producer: TestClient, ...inits: Parameters<typeof frame>[0][]): Promise<void> {
  producer.send(frames(...inits));
  assert.equal((await producer.nextJson()).events, inits.length);
}

Deno.test("LiveSession sends one binary message per event that arrives and matches", async () => {
  await using bench = await Bench.start();
  await using all = await follow(bench, { order: "desc" });
  await using some = await follow(bench, { content: "y$", tags: ["web.*"] });
  await using producer = await bench.connect("/event", "theia.v1");
  await push(producer, { id: "a", content: "x" }, { id: "b", content: "y", tags: ["web-1"] });
  await push(producer, { id: "c", content: "y" }, { id: "d", content: "zy", tags: ["q", "web"] });
  assert.deepEqual((await all.nextEvents(4)).map(({ id }) => id), ["a", "b", "c", "d"]);
  assert.deepEqual((await some.nextEvents(2)).map(({ id }) => id), ["b", "d"]);
});

Deno.test("LiveSession packs events in theia.v1 and says how far it is", async () => {
  await using bench = await Bench.start();
  await using client = await follow(bench, { content: "y" }, "theia.v1");
  assert.deepEqual(await client.nextJson(), { cursor: 0 });
  await using producer = await bench.connect("/event", "theia.v1");
  await push(producer, { id: "a", content: "y" }, { id: "b", content: "y" }, { id: "c" });
  const pack = await client.next();
  assert.ok(pack instanceof Uint8Array);
  assert.deepEqual(await client.nextJson(), { cursor: 3 });
});

Deno.test("LiveSession is not delayed by a slow disk", async () => {
  const store = new FakeStore();
  store.acceptsFirst = true;
  await using bench = await Bench.start({ store });
  await using client = await follow(bench, {});
  await using producer = await bench.connect("/event", "theia.v1");
  store.hold();
  producer.send(frame({ id: "a" }));
  assert.equal((await client.nextEvents(1))[0]?.id, "a");
  store.release();
  await producer.next();
});

Deno.test("LiveSession does not send duplicates of stored events", async () => {
  await using bench = await Bench.start();
  await using client = await follow(bench, {});
  await using producer = await bench.connect("/event", "theia.v1");
  await push(producer, { id: "a" });
  producer.send(frames({ id: "a" }, { id: "b" }));
  assert.deepEqual((await client.nextEvents(2)).map(({ id }) => id), ["a", "b"]);
  await producer.next();
});

Deno.test("LiveSession replaces criteria by a later message and keeps them on an invalid one", async () => {
  await using bench = await Bench.start();
  await using client = await follow(bench, { id: "a" });
  await using producer = await bench.connect("/event", "theia.v1");
  client.send('{"content": "("}');
  assert.match((await client.nextJson()).error, /'content'/);
  await push(producer, { id: "a1" }, { id: "b1" });
  assert.equal((await client.nextEvents(1))[0]?.id, "a1");
  client.send({ id: "b" });
  assert.equal(await client.next(), "ok");
  await push(producer, { id: "a2" }, { id: "b2" });
  assert.equal((await client.nextEvents(1))[0]?.id, "b2");
});

Deno.test("LiveSession counts down the limit and closes with 1000", async () => {
  await using bench = await Bench.start();
  await using client = await follow(bench, { limit: 3 });
  await using none = await follow(bench, { limit: 0 });
  assert.equal((await none.closed).code, 1000);
  await using producer = await bench.connect("/event", "theia.v1");
  await push(producer, ...numbered("a", 2));
  await push(producer, ...numbered("b", 2));
  assert.deepEqual((await client.rest()).events.map(({ id }) => id), ["a1", "a2", "b1"]);
  assert.equal((await client.closed).code, 1000);
});

Deno.test("LiveSession runs patterns that may run away elsewhere, and closes with 1008 those that do", async () => {
  await using bench = await Bench.start();
  // Each is stopped by the deadline, one after another.
  const hostile = ["^(?=(a+)+$)(a+)+$", "^(a)\\1(a+)+$", "(?!x)(a+)+b"];
  const victims = await Promise.all(hostile.map((content) => follow(bench, { content })));
  await using other = await follow(bench, {});
  // V8's linear engine takes this one over.
  await using ignoringCase = await follow(bench, { content: "(?i)^(a+)+$" });
  await using lookAhead = await follow(bench, { content: "(?=b)b$" });
  await using producer = await bench.connect("/event", "theia.v1");
  let told = 0;
  const errors = victims.map(async (victim) => {
    const { error } = await victim.nextJson();
    told++;
    return error;
  });
  await push(producer, { id: "trap", content: `${"a".repeat(60)}!` }, { id: "b", content: "b" });
  await other.nextEvents(2);
  await using finder = await bench.connect("/find");
  finder.send({ id: "b" });
  assert.equal((await finder.rest()).events.length, 1);
  assert.ok(told < victims.length, "others waited for hostile patterns");
  assert.equal((await lookAhead.nextEvents(1))[0]?.id, "b");
  for (const error of await Promise.all(errors)) assert.match(error, /took longer than/);
  for (const victim of victims) assert.equal((await victim.closed).code, 1008);
  await push(producer, { id: "match", content: "AaAa" });
  assert.equal((await ignoringCase.nextEvents(1))[0]?.id, "match");
});

Deno.test("LiveSession keeps the order of arrival with patterns matched elsewhere", async () => {
  await using bench = await Bench.start();
  await using client = await follow(bench, { id: "(?=e)e" });
  await using producer = await bench.connect("/event", "theia.v1");
  const ids: string[] = [];
  for (let i = 1; i <= 20; i++) {
    ids.push(`e${i}`);
    producer.send(frame({ id: `e${i}`, timestamp: 1e9 - i }));
  }
  assert.deepEqual((await client.nextEvents(20)).map(({ id }) => id), ids);
});

Deno.test("LiveSession forgets the criteria of a client that left", async () => {
  await using bench = await Bench.start();
  {
    await using _client = await follow(bench, { content: "(?=x)x" });
  }
  await bench.notice("client-left");
  await using producer = await bench.connect("/event", "theia.v1");
  await push(producer, { id: "a" });
});

Deno.test("A LiveSession that is too slow loses events in theia.v1 and disturbs nobody", async () => {
  await using bench = await Bench.start({ maxLiveQueueBytes: 1 << 20 });
  using stalled = await StalledClient.connect(bench.collector.port, "/live", "theia.v1");
  await stalled.send("{}");
  await using quick = await follow(bench, {}, "theia.v1");
  await using producer = await bench.connect("/event", "theia.v1");
  const content = "x".repeat(100_000);
  for (let i = 0; i < 60; i++) {
    await push(producer, ...numbered(`m${i}-`, 5, content));
    await quick.nextEvents(5);
  }
  const { closed, dropped } = await bench.notice("slow-subscriber");
  assert.equal(closed, false);
  assert.ok(dropped > 0);
});

Deno.test("A LiveSession of Theia 0.9.2 that is too slow is closed with 1013", async () => {
  await using bench = await Bench.start({ maxLiveQueueBytes: 1 << 20, stallMs: 60_000 });
  using stalled = await StalledClient.connect(bench.collector.port, "/live");
  await stalled.send("{}");
  await using producer = await bench.connect("/event", "theia.v1");
  await bench.notice("client-joined", ({ client }) => client.path === "/event");
  const content = "x".repeat(100_000);
  for (let i = 0; !bench.notices.some(({ kind }) => kind === "slow-subscriber"); i++) {
    await push(producer, ...numbered(`m${i}-`, 5, content));
  }
  assert.equal((await bench.notice("slow-subscriber")).closed, true);
});

Deno.test("A stalled LiveSession is given up", async () => {
  await using bench = await Bench.start({ stallMs: 200 });
  using stalled = await StalledClient.connect(bench.collector.port, "/live", "theia.v1");
  await stalled.send("{}");
  await using producer = await bench.connect("/event", "theia.v1");
  const content = "x".repeat(100_000);
  for (let i = 0; i < 12; i++) await push(producer, ...numbered(`m${i}-`, 5, content));
  await bench.notice("stalled-client");
});

Deno.test("LiveSession without a store passes events on and numbers them", async () => {
  await using bench = await Bench.start("live");
  await using old = await follow(bench, {});
  await using client = await follow(bench, {}, "theia.v1");
  const { cursor } = await client.nextJson();
  assert.ok(cursor > 0);
  await using producer = await bench.connect("/event");
  producer.send(frames({ id: "a" }, { id: "b" }));
  assert.deepEqual((await client.nextEvents(2)).map(({ id }) => id), ["a", "b"]);
  assert.deepEqual(await client.nextJson(), { cursor: cursor + 2 });
  assert.deepEqual((await old.nextEvents(2)).map(({ id }) => id), ["a", "b"]);
  // What cannot be replayed is said to be missing.
  await using late = await follow(bench, { since: cursor + 1 }, "theia.v1");
  assert.deepEqual(await late.nextJson(), { gap: { dropped: 1, since: cursor + 2 } });
  old.send({ since: 0 });
  assert.match((await old.nextJson()).error, /non-persistent/);
});

Deno.test("LiveSession answers a failed replay and closes", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  // deno-lint-ignore require-yield -- it only fails
  store.fakeSearch = async function* () {
    await Promise.resolve();
    throw new Error("unreadable");
  };
  await using client = await follow(bench, { since: 0 });
  assert.deepEqual(await client.nextJson(), { error: "unreadable" });
  assert.equal((await client.closed).code, 1011);
});

Deno.test("LiveSession replays what was stored after a cursor, within the limit", async () => {
  const store = new FakeStore();
  await store.save(numbered("old", 10).map(createEvent));
  await using bench = await Bench.start({ store });
  await using client = await follow(bench, { since: 7, limit: 4 });
  assert.equal((await client.nextEvents(3)).at(-1)?.id, "old10");
  await using producer = await bench.connect("/event", "theia.v1");
  await push(producer, ...numbered("new", 3));
  assert.deepEqual((await client.rest()).events.map(({ id }) => id), ["new1"]);
  assert.equal((await client.closed).code, 1000);
  await until(() => bench.notices.some(({ kind }) => kind === "client-left"));
});
