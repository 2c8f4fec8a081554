import assert from "node:assert/strict";
import { createEvent } from "../../lib/event/event.ts";
import { CriteriaError } from "../../lib/event/criteria.ts";
import { EventReadError } from "../../lib/store/store.ts";
import { MAX_PACKED_BYTES } from "../../lib/wire/dialect.ts";
import { Bench, FakeStore, frame, numbered, until } from "./fixtures.ts";
import { StalledClient } from "./test_client.ts";

async function filled(count: number, content = "x"): Promise<FakeStore> {
  const store = new FakeStore();
  await store.save(numbered("e", count, content).map(createEvent));
  return store;
}

Deno.test("FindSession sends ok, one binary message per event, and closes with 1000", async () => {
  const store = await filled(3);
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/find");
  client.send(new TextEncoder().encode('{"order": "desc"}'));
  const { texts, binaries, events } = await client.rest();
  assert.deepEqual(texts, ["ok"]);
  assert.equal(binaries.length, 3);
  assert.deepEqual(events.map(({ id }) => id), ["e3", "e2", "e1"]);
  assert.equal((await client.closed).code, 1000);
});

Deno.test("FindSession answers several criteria in turn before it closes", async () => {
  const store = await filled(3);
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/find");
  const gate = Promise.withResolvers<void>();
  // deno-lint-ignore require-yield -- it only waits
  store.fakeSearch = async function* () {
    await gate.promise;
  };
  client.send({});
  assert.equal(await client.next(), "ok");
  store.fakeSearch = undefined;
  client.send({ id: "e1" });
  client.send("nonsense");
  client.send({ id: "e2" });
  // Nothing tells that a message waits for its turn.
  await new Promise((resolve) => setTimeout(resolve, 20));
  gate.resolve();
  assert.equal(await client.next(), "ok");
  assert.equal((await client.nextEvents(1))[0]?.id, "e1");
  assert.match((await client.nextJson()).error, /not valid JSON/);
  assert.equal(await client.next(), "ok");
  assert.equal((await client.nextEvents(1))[0]?.id, "e2");
  assert.equal((await client.closed).code, 1000);
});

Deno.test("FindSession refuses criteria by name before ok and stays open", async () => {
  await using bench = await Bench.start();
  await using client = await bench.connect("/find");
  const cases: [string | Uint8Array, RegExp][] = [
    ["{", /not valid JSON/],
    [new Uint8Array([0xff, 0xfe]), /UTF-8/],
    ["[]", /must be a JSON object/],
    ['{"foo": 1}', /unknown key 'foo'/],
    ['{"content": 1}', /'content' must be a string/],
    ['{"content": "("}', /'content'.*position 0/],
    ['{"tags": ["a", "*"]}', /'tags'/],
    [JSON.stringify({ content: "x".repeat(300_000) }), /longer than/],
  ];
  for (const [message, expected] of cases) {
    client.send(message);
    assert.match((await client.nextJson()).error, expected);
  }
  assert.equal(
    bench.notices.filter(({ kind }) => kind === "criteria-refused").length,
    cases.length,
  );
  client.send({});
  assert.equal(await client.next(), "ok");
  assert.equal((await client.closed).code, 1000);
});

Deno.test("FindSession answers failures of the search and stays open", async () => {
  const store = await filled(1);
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/find");
  for (const error of [new CriteriaError("took too long"), new EventReadError("unreadable")]) {
    // deno-lint-ignore require-yield -- it only fails
    store.fakeSearch = async function* () {
      await Promise.resolve();
      throw error;
    };
    client.send({ content: "(?i)^(a+)+$" });
    assert.equal(await client.next(), "ok");
    assert.deepEqual(await client.nextJson(), { error: error.message });
  }
  await bench.notice("search-failed");
  store.fakeSearch = undefined;
  client.send({});
  assert.equal(await client.next(), "ok");
  await client.nextEvents(1);
});

Deno.test("FindSession packs events in theia.v1 and ends with figures", async () => {
  const store = await filled(300, "x".repeat(3000));
  await store.save([createEvent({ id: "huge", timestamp: 2e9, content: "x".repeat(400_000) })]);
  await store.save([createEvent({ id: "last", timestamp: 3e9 })]);
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/find", "theia.v1");
  client.send({});
  const { texts, binaries, events } = await client.rest();
  assert.equal(events.length, 302);
  const long = binaries.filter(({ length }) => length > MAX_PACKED_BYTES);
  assert.equal(long.length, 1);
  assert.ok(binaries.length < 10);
  assert.equal(texts[0], "ok");
  const { done, matched, scanned, elapsed_ms, cursor } = JSON.parse(texts[1] ?? "");
  assert.deepEqual({ done, matched, scanned, cursor }, {
    done: true,
    matched: 302,
    scanned: 302,
    cursor: 302,
  });
  assert.ok(Number.isInteger(elapsed_ms));
  assert.equal((await client.closed).code, 1000);
});

Deno.test("FindSession without a store says so and stays open", async () => {
  await using bench = await Bench.start("live");
  await using client = await bench.connect("/find");
  for (let i = 0; i < 2; i++) {
    client.send({});
    const expected = { error: "Action not available in non-persistent mode." };
    assert.deepEqual(await client.nextJson(), expected);
  }
});

Deno.test("FindSession ends the search when its client leaves", async () => {
  const store = await filled(1);
  await using bench = await Bench.start({ store });
  const ended = Promise.withResolvers<void>();
  // deno-lint-ignore require-yield -- it only waits
  store.fakeSearch = async function* (signal) {
    await new Promise<void>((_, reject) => {
      signal?.addEventListener("abort", () => {
        ended.resolve();
        reject(signal.reason);
      });
    });
  };
  {
    await using client = await bench.connect("/find");
    client.send({});
    assert.equal(await client.next(), "ok");
  }
  await ended.promise;
});

Deno.test("FindSession takes a bounded number of criteria", async () => {
  const store = await filled(1);
  await using bench = await Bench.start({ store, maxQueuedCriteria: 2 });
  // deno-lint-ignore require-yield -- it only waits
  store.fakeSearch = async function* (signal) {
    await new Promise<void>((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  };
  await using client = await bench.connect("/find");
  for (let i = 0; i < 4; i++) client.send({});
  assert.equal(await client.next(), "ok");
  assert.match((await client.nextJson()).error, /2 wait for their turn/);
  assert.equal((await client.closed).code, 1008);
});

Deno.test("A stalled FindSession holds nobody up and is given up in the end", async () => {
  const store = await filled(3000, "x".repeat(10_000));
  await using bench = await Bench.start({ store, stallMs: 300 });
  using stalled = await StalledClient.connect(bench.collector.port, "/find");
  await stalled.send("{}");
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frame({ id: "meanwhile" }));
  assert.equal((await producer.nextJson()).events, 1);
  await using finder = await bench.connect("/find");
  finder.send({ id: "meanwhile" });
  assert.equal((await finder.rest()).events.length, 1);
  await bench.notice("stalled-client");
});

Deno.test("FindSession sends a large result to a reader of any speed", async () => {
  const store = await filled(5000, "x".repeat(2000));
  await using bench = await Bench.start({ store, maxSendBufferBytes: 1000 });
  await using client = await bench.connect("/find");
  client.send({});
  await until(() => bench.notices.length > 1);
  assert.equal((await client.rest()).events.length, 5000);
});
