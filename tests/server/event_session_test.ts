import assert from "node:assert/strict";
import { EventWriteError } from "../../lib/store/store.ts";
import { Bench, FakeStore, frame, frames, numbered, until } from "./fixtures.ts";

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

Deno.test("EventSession stores text and binary messages of one or more events without an answer", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/event");
  client.send(frame({ id: "a" }));
  client.send(text(frame({ id: "b", content: "žluťoučký" })));
  client.send(frames(...numbered("c", 3)));
  await until(() => store.cursor === 5);
  assert.equal((await store.get("b")).content, "žluťoučký");
  client.send("garbage");
  assert.match((await client.nextJson()).error, /Cannot read event at byte 0/);
});

Deno.test("EventSession answers each malformed piece and keeps the connection and the rest", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store, maxEventBytes: 1000 });
  await using client = await bench.connect("/event");
  const bad = new Uint8Array([...frame({ id: "bad", content: "abc" })]);
  bad[bad.length - 2] = 0xff;
  client.send(bad);
  assert.match((await client.nextJson()).error, /UTF-8/);
  client.send(frame({ id: "big", content: "x".repeat(2000) }));
  assert.match((await client.nextJson()).error, /limit of 1000/);
  client.send(`garbage\n${text(frame({ id: "good" }))}more garbage`);
  assert.match((await client.nextJson()).error, /event:/);
  assert.match((await client.nextJson()).error, /event:/);
  client.send("");
  await until(() => store.cursor === 1);
  assert.equal((await store.get("good")).id, "good");
  assert.equal(bench.notices.filter(({ kind }) => kind === "malformed-event").length, 4);
});

Deno.test("EventSession gathers what arrives while a save is under way", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  await using one = await bench.connect("/event");
  await using two = await bench.connect("/event");
  store.hold();
  one.send(frame({ id: "first" }));
  await until(() => store.saves.length === 1);
  for (const init of numbered("a", 10)) one.send(frame(init));
  for (const init of numbered("b", 10)) two.send(frame(init));
  // The answers prove that everything before them was taken.
  one.send("end");
  two.send("end");
  await one.next();
  await two.next();
  assert.deepEqual(store.saves, [1]);
  store.release();
  await until(() => store.cursor === 21);
  assert.deepEqual(store.saves, [1, 20]);
});

Deno.test("EventSession saves again what may succeed later", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  store.failures.push(new EventWriteError("disk full", { retryable: true }));
  await using client = await bench.connect("/event");
  client.send(frame({ id: "a" }));
  await until(() => store.cursor === 1);
  const { retrying, events } = await bench.notice("save-failed");
  assert.deepEqual({ retrying, events }, { retrying: true, events: 1 });
});

Deno.test("EventSession tells every producer of a save that failed for good", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  await using one = await bench.connect("/event");
  await using two = await bench.connect("/event");
  store.hold();
  one.send(frame({ id: "first" }));
  await until(() => store.saves.length === 1);
  store.failures.push(new EventWriteError("Cannot write: broken", { retryable: false }));
  one.send(frame({ id: "a" }));
  two.send(frame({ id: "b" }));
  one.send("end");
  two.send("end");
  await one.next();
  await two.next();
  store.release();
  assert.deepEqual(await one.nextJson(), { error: "Cannot write: broken" });
  assert.deepEqual(await two.nextJson(), { error: "Cannot write: broken" });
  one.send(frame({ id: "c" }));
  await until(() => store.cursor === 2);
});

Deno.test("EventSession that sent most is closed with 1013 when too much waits, and nothing taken is lost", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store, maxPendingBytes: 20_000 });
  await using greedy = await bench.connect("/event");
  await using modest = await bench.connect("/event");
  store.hold();
  greedy.send(frame({ id: "greedy", content: "x".repeat(12_000) }));
  await until(() => store.saves.length === 1);
  modest.send(frame({ id: "modest", content: "x".repeat(5000) }));
  modest.send("end");
  await modest.next();
  modest.send(frame({ id: "modest-2", content: "x".repeat(5000) }));
  assert.match((await greedy.nextJson()).error, /wait to be stored, the limit is 20000/);
  assert.equal((await greedy.closed).code, 1013);
  await bench.notice("producer-overload");
  store.release();
  await until(() => store.cursor === 3);
});

Deno.test("EventSession that sends on while it is refused still learns why", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store, maxPendingBytes: 10_000 });
  await using client = await bench.connect("/event");
  store.hold();
  for (const init of numbered("a", 50, "x".repeat(1000))) client.send(frame(init));
  assert.match((await client.nextJson()).error, /the limit is 10000/);
  assert.equal((await client.closed).code, 1013);
  store.release();
});
