import assert from "node:assert/strict";
import { ChatterConnection } from "../../../lib/hat/chatter/connection.ts";
import { until, within } from "../eventer/peer.ts";
import { MemorySocket } from "./memory_socket.ts";
import { kindOf, NOTHING, payload, Wire } from "./wire.ts";

Deno.test("ChatterConnection reads no more than may wait, and takes the peer for alive meanwhile", async () => {
  await using wire = new Wire({ maxReceivedBytes: 1000, pingDelayMs: 100, pingTimeoutMs: 40 }, {
    capacity: 2000,
  });
  let sent = 0;
  const sending = (async () => {
    for (; sent < 100; sent++) await wire.send({ id: sent + 1, data: payload(500) });
  })();
  await until(() => sent > 4, "some messages");
  for (let i = 0; i < 100; i++) await Promise.resolve();
  assert(sent < 15, `${sent} messages were taken`);
  for (let i = 0; i < 20; i++) wire.clock.advance(100);
  assert.equal(kindOf(wire), undefined);
  for (let id = 1; id <= 100; id++) assert.equal((await wire.connection.receive())?.id, id);
  await sending;
});

Deno.test("ChatterConnection finds an answer behind messages that nobody receives", async () => {
  await using wire = new Wire({ maxReceivedBytes: 100 });
  for (let id = 1; id <= 10; id++) await wire.send({ id, data: payload(200) });
  const answer = wire.connection.request("Q", NOTHING);
  const question = await wire.receive();
  await wire.send({ id: 11, first: question?.first ?? 0, owner: false, type: "R" });
  assert.equal((await within(answer, "the answer")).type, "R");
  for (let id = 1; id <= 10; id++) assert.equal((await wire.connection.receive())?.id, id);
});

Deno.test("ChatterConnection ends when too much comes before an answer", async () => {
  await using wire = new Wire({ maxReceivedBytes: 100, maxMessageBytes: 1000 });
  wire.connection.request("Q", NOTHING).catch(() => {});
  const flood = (async () => {
    for (let id = 1; kindOf(wire) === undefined; id++) await wire.send({ id, data: payload(200) });
  })();
  flood.catch(() => {});
  assert.equal((await wire.failure())?.kind, "overflow");
});

Deno.test("ChatterConnection ends when far more waits to be sent than may", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1000 }, { capacity: 100 });
  wire.connection.send("A", payload(50_000));
  await until(() => wire.clock.waiting > 1, "the first write");
  wire.connection.send("A", payload(10_000));
  assert.equal(kindOf(wire), undefined, "one message may be larger");
  wire.connection.send("A", payload(5_000));
  assert.equal(kindOf(wire), undefined, "it may be a burst");
  wire.connection.send("A", payload(1_000));
  assert.equal(kindOf(wire), "overflow");
  assert.throws(() => wire.connection.send("A", NOTHING), { kind: "closed" });
});

Deno.test("ChatterConnection ends when more waits than may and the peer takes little of it in ten seconds", async () => {
  await using wire = new Wire({ maxQueuedBytes: 100_000 }, { capacity: 100 });
  for (let i = 0; i < 5; i++) wire.connection.send("A", payload(90_000));
  await until(() => wire.clock.waiting > 2, "the first write");
  await wire.receive();
  wire.clock.advance(9_999);
  assert.equal(kindOf(wire), undefined);
  wire.clock.advance(1);
  assert.equal(kindOf(wire), "overflow");
});

Deno.test("ChatterConnection leaves a peer that takes a burst the time it needs", async () => {
  await using wire = new Wire(
    { maxQueuedBytes: 100_000, pingDelayMs: 1_000_000 },
    { capacity: 100 },
  );
  for (let i = 0; i < 15; i++) wire.connection.send("A", payload(90_000));
  for (let i = 0; i < 15; i++) {
    assert.equal((await wire.receive())?.data.length, 90_000);
    if (i % 2 === 1) wire.clock.advance(10_000);
  }
  assert.equal(kindOf(wire), undefined);
});

Deno.test("ChatterConnection takes no answer that waited for room for what the peer should have taken", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1_000 }, { capacity: 100 });
  wire.connection.send("A", payload(50_000));
  await until(() => wire.clock.waiting > 1, "the first write");
  await wire.connection.sendWhenRoom("A", payload(40_000));
  for (let i = 0; i < 10; i++) wire.connection.send("A", NOTHING);
  assert.equal(kindOf(wire), undefined);
  wire.clock.advance(11_000);
  assert.equal(kindOf(wire), undefined);
});

Deno.test("ChatterConnection.sendWhenRoom waits for room, in order", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1000 }, { capacity: 100 });
  let queued = 0;
  const sending = Array.from(
    { length: 50 },
    (_, n) => wire.connection.sendWhenRoom("A", payload(400 + n)).then(() => queued++),
  );
  await until(() => wire.clock.waiting > 1, "the first write");
  assert(queued < 5, `${queued} messages were queued`);
  for (let n = 0; n < 50; n++) assert.equal((await wire.receive())?.data.length, 400 + n);
  await Promise.all(sending);
  assert.equal(kindOf(wire), undefined);
});

Deno.test("ChatterConnection ends when the peer takes nothing for too long", async () => {
  await using wire = new Wire({ pingDelayMs: 1000, pingTimeoutMs: 1000 }, { capacity: 10 });
  wire.connection.send("A", payload(100));
  const waiting = wire.connection.sendWhenRoom("A", payload(100));
  await until(() => wire.clock.waiting > 1, "the write");
  for (let i = 1; i < 20; i++) {
    await wire.send({ id: i, data: NOTHING });
    await wire.connection.receive();
    wire.clock.advance(100);
    assert.equal(kindOf(wire), undefined);
  }
  wire.clock.advance(100);
  assert.equal(kindOf(wire), "timeout");
  await waiting;
});

Deno.test("ChatterConnection.send refuses messages that are too long", async () => {
  await using wire = new Wire({ maxMessageBytes: 1000 });
  assert.throws(() => wire.connection.send("A", payload(1001)), RangeError);
  await assert.rejects(wire.connection.request("A", payload(1001)), {
    name: "RangeError",
    message: "Cannot send 'A' as 'data' must have at most 1000 bytes: current value is 1001",
  });
  assert.equal(kindOf(wire), undefined);
});

Deno.test("ChatterConnection refuses options that are not positive", () => {
  const [socket] = MemorySocket.pair();
  assert.throws(() => new ChatterConnection(socket, "x", { maxQueuedBytes: 0 }), {
    name: "RangeError",
    message: "Cannot make connection as 'maxQueuedBytes' must be positive: current value is 0",
  });
});
