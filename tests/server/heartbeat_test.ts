import assert from "node:assert/strict";
import { createEvent } from "../../lib/event/event.ts";
import { Bench, FakeStore, frames, numbered } from "./fixtures.ts";
import type { TestClient } from "./test_client.ts";

const HEARTBEAT = { heartbeatMs: 30 };

async function follow(bench: Bench, criteria: object, protocol?: string): Promise<TestClient> {
  const client = await bench.connect("/live", protocol);
  client.send(JSON.stringify(criteria));
  assert.equal(await client.next(), "ok");
  return client;
}

Deno.test("LiveSession says how far it is when it has nothing to send", async () => {
  await using bench = await Bench.start(HEARTBEAT);
  await using client = await follow(bench, { content: "y" }, "theia.v1");
  for (let i = 0; i < 3; i++) assert.deepEqual(await client.nextJson(), { cursor: 0 });
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frames(...numbered("e", 5)));
  await producer.next();
  let { cursor } = await client.nextJson();
  while (cursor === 0) ({ cursor } = await client.nextJson());
  assert.equal(cursor, 5);
});

Deno.test("LiveSession sends no heartbeat in the default dialect", async () => {
  await using bench = await Bench.start({ heartbeatMs: 5 });
  await using client = await follow(bench, {});
  await new Promise((resolve) => setTimeout(resolve, 40));
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frames({ id: "a" }));
  assert.ok(await client.next() instanceof Uint8Array);
  await producer.next();
});

Deno.test("LiveSession says during a replay that nothing after 'since' is complete", async () => {
  const store = new FakeStore();
  await store.save(numbered("e", 100, "x".repeat(10_000)).map(createEvent));
  await using bench = await Bench.start({ store, ...HEARTBEAT });
  await using client = await bench.connect("/live", "theia.v1");
  client.send('{"window": 1}');
  client.send({});
  assert.equal(await client.next(), "ok");
  assert.deepEqual(await client.nextJson(), { cursor: 100 });
  client.send({ since: 40 });
  while (await client.next() !== "ok");
  const first = await client.next();
  assert.ok(first instanceof Uint8Array);
  await using producer = await bench.connect("/event", "theia.v1");
  producer.send(frames(...numbered("new", 3)));
  await producer.next();
  for (let i = 0; i < 3; i++) assert.deepEqual(await client.nextJson(), { cursor: 40 });
  let taken = first.length;
  for (let last = 0; last < 103;) {
    client.send(JSON.stringify({ taken }));
    const message = await client.next();
    assert.ok(message !== undefined, "closed");
    if (typeof message === "string") last = JSON.parse(message).cursor;
    else taken += message.length;
  }
});
