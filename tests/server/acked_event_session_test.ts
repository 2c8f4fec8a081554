import assert from "node:assert/strict";
import { EventWriteError } from "../../lib/store/store.ts";
import { MAX_PUSH_BYTES } from "../../lib/wire/dialect.ts";
import { Bench, FakeStore, frame, frames, numbered, until } from "./fixtures.ts";

Deno.test("AckedEventSession acks messages in order once their events are saved", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/event", "theia.v1");
  store.hold();
  client.send(frames(...numbered("a", 3)));
  client.send(frames(...numbered("a", 2), { id: "b" }));
  client.send(new Uint8Array());
  await until(() => store.saves.length === 2);
  const first = client.nextJson();
  assert.equal(await Promise.race([first, Promise.resolve("nothing yet")]), "nothing yet");
  store.release();
  assert.deepEqual(await first, { ack: 1, events: 3, duplicates: 0 });
  assert.deepEqual(await client.nextJson(), { ack: 2, events: 1, duplicates: 2 });
  assert.deepEqual(await client.nextJson(), { ack: 3, events: 0, duplicates: 0 });
});

Deno.test("AckedEventSession keeps the order of acks when a later save is done first", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/event", "theia.v1");
  store.hold();
  client.send(frame({ id: "slow" }));
  await until(() => store.saves.length === 1);
  client.send("garbage");
  client.send(frame({ id: "c" }));
  await until(() => store.saves.length === 2);
  store.release();
  assert.equal((await client.nextJson()).ack, 1);
  assert.equal((await client.nextJson()).ack, 2);
  assert.equal((await client.nextJson()).ack, 3);
});

Deno.test("AckedEventSession lists malformed pieces by their place in the message", async () => {
  await using bench = await Bench.start();
  await using client = await bench.connect("/event", "theia.v1");
  const text = (init: { id: string }) => new TextDecoder().decode(frame(init));
  client.send(`${text({ id: "a" })}junk\n${text({ id: "b" })}junk\n`);
  const ack = await client.nextJson();
  assert.deepEqual([ack.ack, ack.events, ack.duplicates], [1, 2, 0]);
  assert.deepEqual(ack.rejected.map(({ index }: { index: number }) => index), [1, 3]);
  assert.match(ack.rejected[0].reason, /event:/);
});

Deno.test("AckedEventSession rejects every event of a save that failed", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  await using client = await bench.connect("/event", "theia.v1");
  store.failures.push(new EventWriteError("disk full", { retryable: true }));
  const [a, b] = [frame({ id: "a" }), frame({ id: "b" })].map((f) => new TextDecoder().decode(f));
  client.send(`${a}junk\n${b}`);
  const ack = await client.nextJson();
  assert.deepEqual([ack.ack, ack.events, ack.duplicates], [1, 0, 0]);
  assert.deepEqual(ack.rejected.map((r: { retryable?: boolean }) => r.retryable), [
    true,
    undefined,
    true,
  ]);
  assert.equal(ack.rejected[0].reason, "disk full");
  assert.equal((await bench.notice("save-failed")).retrying, false);
  client.send(frame({ id: "a" }));
  assert.deepEqual(await client.nextJson(), { ack: 2, events: 1, duplicates: 0 });
});

Deno.test("A message that is too long is refused with 1009 in both dialects", async () => {
  await using bench = await Bench.start();
  for (const protocol of [undefined, "theia.v1"]) {
    await using client = await bench.connect("/event", protocol);
    client.send(new Uint8Array(MAX_PUSH_BYTES + 1));
    assert.match((await client.nextJson()).error, /limit is 8388608/);
    assert.equal((await client.closed).code, 1009);
  }
});

Deno.test("AckedEventSession closes with 1013 beyond its window and still acks what it took", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store, maxWindowBytes: 3000 });
  await using client = await bench.connect("/event", "theia.v1");
  store.hold();
  client.send(frame({ id: "a", content: "x".repeat(1500) }));
  client.send(frame({ id: "b", content: "x".repeat(1500) }));
  assert.match((await client.nextJson()).error, /the limit is 3000/);
  store.release();
  assert.deepEqual(await client.nextJson(), { ack: 1, events: 1, duplicates: 0 });
  assert.equal((await client.closed).code, 1013);
});

Deno.test("AckedEventSession acks events that reach live subscribers only", async () => {
  await using bench = await Bench.start("live");
  await using live = await bench.connect("/live");
  live.send({});
  assert.equal(await live.next(), "ok");
  await using client = await bench.connect("/event", "theia.v1");
  client.send(frame({ id: "a" }));
  assert.deepEqual(await client.nextJson(), { ack: 1, events: 1, duplicates: 0 });
  assert.equal((await live.nextEvents(1))[0]?.id, "a");
});
