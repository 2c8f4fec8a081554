import assert from "node:assert/strict";
import { ChatterConnection } from "../../../lib/hat/chatter/connection.ts";
import { PING, PONG } from "../../../lib/hat/chatter/message.ts";
import { until } from "../eventer/peer.ts";
import { FakeClock } from "../fake_clock.ts";
import { MemorySocket } from "./memory_socket.ts";
import { kindOf, NOTHING, payload, Wire } from "./wire.ts";

Deno.test("ChatterConnection asks a peer that was silent for 20 s whether it is there", async () => {
  await using wire = new Wire();
  wire.clock.advance(19_999);
  await wire.send({ id: 1 });
  await wire.connection.receive();
  wire.clock.advance(19_999);
  wire.connection.send("A", NOTHING);
  assert.equal((await wire.receive())?.type, "A");
  wire.clock.advance(1);
  const ping = await wire.receive();
  assert.deepEqual([ping?.type, ping?.id, ping?.owner, ping?.last], [PING, 2, true, false]);
  wire.clock.advance(20_000);
  assert.equal(kindOf(wire), "timeout");
});

Deno.test("ChatterConnection takes a part of a message for a sign of life", async () => {
  let read = 0;
  const [near, far] = MemorySocket.pair();
  const clock = new FakeClock();
  const counting = {
    read: (buffer: Uint8Array) => (read++, near.read(buffer)),
    write: (bytes: Uint8Array) => near.write(bytes),
    closeWrite: () => near.closeWrite(),
    close: () => near.close(),
  };
  const connection = new ChatterConnection(counting, "far", { clock });
  clock.advance(20_000);
  await far.write(new Uint8Array([1]));
  await until(() => read === 2, "the byte");
  const kinds = [1, 2].map(() => {
    clock.advance(20_000);
    return connection.failure?.kind;
  });
  assert.deepEqual(kinds, [undefined, "timeout"]);
  await connection.close();
});

Deno.test("ChatterConnection closes when a peer does not answer a ping in time", async () => {
  await using wire = new Wire({ pingDelayMs: 100, pingTimeoutMs: 40 });
  wire.clock.advance(100);
  assert.equal((await wire.receive())?.type, PING);
  wire.clock.advance(39);
  assert.equal(kindOf(wire), undefined);
  const request = wire.connection.request("Q", NOTHING);
  wire.clock.advance(1);
  assert.equal(kindOf(wire), "timeout");
  await assert.rejects(request, { name: "ChatterError", kind: "closed" });
  assert.equal(await wire.connection.receive(), undefined);
  assert.throws(() => wire.connection.send("A", NOTHING), /The peer does not answer/);
});

Deno.test("ChatterConnection goes on after a pong, and after anything else that comes", async () => {
  await using wire = new Wire({ pingDelayMs: 100, pingTimeoutMs: 40 });
  for (let i = 0; i < 3; i++) {
    wire.clock.advance(i === 0 ? 100 : 60);
    const ping = await wire.receive();
    assert.equal(ping?.type, PING);
    await wire.send({ id: 2 * i + 1, owner: false, first: ping.first, type: PONG });
    await wire.send({ id: 2 * i + 2 });
    await wire.connection.receive();
    wire.clock.advance(40);
  }
  assert.equal(kindOf(wire), undefined);
});

Deno.test("ChatterConnection answers pings", async () => {
  await using wire = new Wire();
  await wire.send({ id: 5, type: PING, last: false });
  const pong = await wire.receive();
  assert.deepEqual([pong?.type, pong?.first, pong?.owner, pong?.last], [PONG, 5, false, true]);
});

Deno.test("ChatterConnection has pings pass messages by that wait, with ids that count on the wire", async () => {
  await using wire = new Wire({ pingDelayMs: 100 }, { capacity: 1000 });
  for (let i = 0; i < 4; i++) wire.connection.send("A", payload(70_000));
  await until(() => wire.clock.waiting > 1, "the first write");
  wire.clock.advance(100);
  const types: string[] = [];
  const ids: number[] = [];
  for (let i = 0; i < 5; i++) {
    const message = await wire.receive();
    assert(message !== undefined);
    types.push(message.type);
    ids.push(message.id);
  }
  assert.deepEqual(types, ["A", PING, "A", "A", "A"]);
  assert.deepEqual(ids, [1, 2, 3, 4, 5]);
});
