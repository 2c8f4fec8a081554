import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import type { ChatterMessage } from "../../../lib/hat/chatter/message.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import { EventerServer } from "../../../lib/hat/eventer/eventer_server.ts";
import { EventPayloadBinary } from "../../../lib/hat/payload.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { BadInputBench, EVENT } from "./bad_input_bench.ts";
import { FakeService } from "./fake_service.ts";
import { Peer, until } from "./peer.ts";

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

Deno.test("EventerServer takes a payload of 50 MB, and gives it back", async () => {
  const options = { maxMessageBytes: 64 << 20 };
  await using bench = await BadInputBench.start(options);
  await using client = await EventerClient.connect({
    port: bench.port,
    clientName: "large",
    ...options,
  });
  const data = new Uint8Array(50_000_000).fill(7);
  const payload = new EventPayloadBinary("large", data);
  const registered = await client.register([{ type: ["x"], sourceTimestamp: undefined, payload }]);
  assert(registered?.[0]?.payload?.kind === "binary");
  assert(Buffer.compare(registered[0].payload.data, data) === 0);
  const { events } = await client.query({ kind: "latest" });
  assert(events[0]?.payload?.kind === "binary" && events[0].payload.data.length === data.length);
  await bench.checkGood();
});

Deno.test("EventerServer refuses a payload beyond the limit before it has come, the client before it goes", async () => {
  await using bench = await BadInputBench.start({ maxMessageBytes: 1 << 20 });
  const data = new Uint8Array(1 << 20);
  const event = { ...EVENT, payload: new EventPayloadBinary("", data) };
  await using small = await EventerClient.connect({
    port: bench.port,
    clientName: "small",
    maxMessageBytes: 1 << 20,
  });
  await assert.rejects(small.register([event]), /'data' must have at most 1048576 bytes/);
  await using large = await EventerClient.connect({ port: bench.port, clientName: "large" });
  await assert.rejects(large.register([event]), ChatterError);
  assert.match(
    await bench.failure(),
    /it must have at most 1048576 bytes: current value is 1048\d{3}/,
  );
  assert.deepEqual(bench.service.registrations, []);
  await bench.checkGood();
});

Deno.test("EventerServer ends a connection whose answer would be beyond the limit", async () => {
  await using bench = await BadInputBench.start({ maxMessageBytes: 10_000 });
  const payload = new EventPayloadBinary("", new Uint8Array(9000));
  bench.service.make([{ ...EVENT, type: ["x"], payload }, { ...EVENT, type: ["x"], payload }]);
  await using client = await EventerClient.connect({ port: bench.port, clientName: "curious" });
  await assert.rejects(client.query({ kind: "latest" }), ChatterError);
  assert.match(
    await bench.failure(),
    /latest events must have payloads of at most 10000 bytes: current value is 18000/,
  );
  await bench.checkGood();
});

Deno.test("EventerServer closes a connection that does not say who it is", async () => {
  await using bench = await BadInputBench.start();
  using peer = await Peer.connect(bench.port);
  await peer.write(bytes("01"));
  await until(() => bench.clock.waiting >= 3, "the connection");
  bench.clock.advance(10_000);
  assert.equal(await peer.receiveEnd(), 0);
  assert.match(await bench.failure(), /did not say who it is within 10000 ms/);
  await bench.checkGood();
});

Deno.test("EventerServer leaves a client that it refuses half a second to close", async () => {
  await using bench = await BadInputBench.start();
  using peer = await Peer.connect(bench.port);
  await peer.sendValue("MsgInitReq", {
    clientName: "bad",
    clientToken: { name: "value", value: "x" },
    subscriptions: [],
    serverId: { name: "none", value: null },
    persisted: false,
  }, { last: false });
  assert.equal((await peer.receive())?.type, "HatEventer.MsgInitRes");
  let isOver = false;
  const end = peer.receiveEnd().then(() => isOver = true);
  await bench.checkGood();
  bench.clock.advance(499);
  await bench.checkGood();
  assert(!isOver);
  bench.clock.advance(1);
  await end;
});

Deno.test("EventerServer ends a client that never acknowledges, and waits for it no longer than that", async () => {
  await using bench = await BadInputBench.start({ ackTimeoutMs: 300 });
  using peer = await Peer.init(bench.port, { subscriptions: [["a"]] });
  const event = {
    ...EVENT,
    id: { server: 1, session: 1, instance: 1 },
    timestamp: new Timestamp(0n, 0),
  };
  let isDone = false;
  const notifying = bench.server.notifyEvents([event]).then(() => isDone = true);
  assert.equal((await peer.receive())?.last, false);
  await bench.checkGood();
  bench.clock.advance(299);
  await bench.checkGood();
  assert(!isDone);
  bench.clock.advance(1);
  await notifying;
  await peer.receiveEnd();
  assert.match(await bench.failure(), /did not acknowledge events within 300 ms/);
  await bench.checkGood();
});

Deno.test("EventerServer ends a client that answers events with something else", async () => {
  await using bench = await BadInputBench.start();
  using peer = await Peer.init(bench.port, { subscriptions: [["a"]] });
  const event = {
    ...EVENT,
    id: { server: 1, session: 1, instance: 1 },
    timestamp: new Timestamp(0n, 0),
  };
  const notifying = bench.server.notifyEvents([event]);
  const { first = 0 } = await peer.receive() as ChatterMessage;
  await peer.sendValue("MsgRegisterReq", [], { first, owner: false });
  await notifying;
  assert.match(await bench.failure(), /no 'HatEventer.MsgRegisterReq' is expected/);
  await bench.checkGood();
});

Deno.test("EventerServer ends a client that stops reading, and stalls nobody meanwhile", async () => {
  await using bench = await BadInputBench.start({ maxQueuedBytes: 1 << 20 });
  using _peer = await Peer.init(bench.port, { subscriptions: [["x"]] });
  const payload = new EventPayloadBinary("", new Uint8Array(100_000));
  let sessions = 0;
  while (bench.server.clients.length === 2 && sessions < 1000) {
    bench.service.make([{ type: ["x"], sourceTimestamp: undefined, payload }]);
    sessions++;
    await bench.checkGood();
  }
  assert(sessions > 5 && sessions < 1000, `${sessions} sessions`);
  assert.match(await bench.failure(), /takes less than is sent to it/);
});

Deno.test("EventerServer ends a client that asks and does not read the answers", async () => {
  await using bench = await BadInputBench.start({ maxQueuedBytes: 1 << 20 });
  const payload = new EventPayloadBinary("", new Uint8Array(1 << 20));
  for (let i = 0; i < 20; i++) bench.service.make([{ ...EVENT, type: ["x"], payload }]);
  using peer = await Peer.init(bench.port);
  const query = { name: "latest", value: { eventTypes: { name: "none", value: null } } };
  for (let i = 0; i < 3; i++) await peer.sendValue("MsgQueryReq", query, { last: false });
  await bench.checkGood();
  // It is alive, as it goes on sending; but the answer is not taken.
  for (let i = 0; i < 50 && bench.server.clients.length === 2; i++) {
    await peer.sendValue("MsgRegisterReq", []).catch(() => {});
    await bench.checkGood();
    bench.clock.advance(1000);
  }
  assert.match(await bench.failure(), /took nothing for 40000 ms|is closed/);
  await bench.checkGood();
});

Deno.test("EventerServer ends a client that asks for pongs and reads none", async () => {
  await using bench = await BadInputBench.start({ maxQueuedBytes: 50_000 });
  using peer = await Peer.init(bench.port);
  const sending = (async () => {
    while (bench.server.clients.length === 2) {
      await peer.send({ type: "HatChatter.Ping", last: false });
    }
  })();
  await sending.catch(() => {});
  assert.match(await bench.failure(), /takes less than is sent to it/);
  await bench.checkGood();
});

Deno.test("EventerServer takes no large message of a connection that has not said who it is", async () => {
  await using bench = await BadInputBench.start();
  using peer = await Peer.connect(bench.port);
  await peer.send({ type: "HatChatter.Ping", last: false });
  assert.equal((await peer.receive())?.type, "HatChatter.Pong");
  // The length of a message of 2 MiB, of which no byte follows.
  await peer.write(bytes("03200000"));
  await peer.receiveEnd();
  assert.match(
    await bench.failure(),
    /it must have at most 1048576 bytes: current value is 2097152/,
  );
  await bench.checkGood();
});

Deno.test("EventerServer closes connections at once that are more than may be open", async () => {
  await using bench = await BadInputBench.start({ maxConnections: 2 });
  {
    using _second = await Peer.init(bench.port);
    using third = await Peer.connect(bench.port);
    assert.equal(await third.receiveEnd(), 0);
    assert.match(await bench.failure(), /Cannot take connection as 2 are open, and no more may be/);
    await bench.checkGood();
  }
  await until(() => bench.server.clients.length === 1, "the end of the second");
  using _third = await initWhenRoom(bench.port);
  await bench.checkGood();
});

Deno.test("EventerServer refuses a number of connections that is none", () => {
  const service = new FakeService();
  for (const maxConnections of [0, -1, 1.5, NaN, Infinity]) {
    assert.throws(() => EventerServer.listen(service, { port: 0, maxConnections }), {
      name: "RangeError",
      message: "Cannot start event server as 'maxConnections' must be a positive integer: " +
        `current value is ${maxConnections}`,
    });
  }
});

/** Tries again until the server has noticed that a connection has gone. */
async function initWhenRoom(port: number): Promise<Peer> {
  for (const end = performance.now() + 60_000;;) {
    const peer = await Peer.connect(port);
    try {
      await peer.greet();
      return peer;
    } catch (error) {
      peer[Symbol.dispose]();
      if (performance.now() > end) throw error;
    }
  }
}
