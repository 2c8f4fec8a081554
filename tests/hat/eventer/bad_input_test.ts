import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import type { ChatterMessage } from "../../../lib/hat/chatter/message.ts";
import type { RegisterEvent } from "../../../lib/hat/event.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import type { EventerNotice } from "../../../lib/hat/eventer/eventer_notice.ts";
import {
  EventerServer,
  type EventerServerOptions,
} from "../../../lib/hat/eventer/eventer_server.ts";
import { INIT_REQUEST, REGISTER_REQUEST } from "../../../lib/hat/eventer/messages.ts";
import { EventPayloadBinary } from "../../../lib/hat/payload.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { FakeClock } from "../fake_clock.ts";
import { FakeService } from "./fake_service.ts";
import { Peer, until } from "./peer.ts";

/** A server that has a good client, which must notice nothing of a bad one. */
class Bench implements AsyncDisposable {
  readonly service = new FakeService();
  readonly clock = new FakeClock();
  readonly #notices: EventerNotice[] = [];
  readonly server: EventerServer;
  #good: EventerClient | undefined;

  private constructor(options: Partial<EventerServerOptions>) {
    const observer = (notice: EventerNotice) => void this.#notices.push(notice);
    this.server = EventerServer.listen(this.service, {
      ...{ port: 0, clock: this.clock, observer },
      ...options,
    });
  }

  static async start(options: Partial<EventerServerOptions> = {}): Promise<Bench> {
    const bench = new Bench(options);
    bench.#good = await EventerClient.connect({
      port: bench.server.port,
      clientName: "good",
      subscriptions: [["a", "*"]],
      maxMessageBytes: 1 << 27,
    });
    return bench;
  }

  get port(): number {
    return this.server.port;
  }

  /** Why a connection failed; waits for it. */
  async failure(): Promise<string> {
    const find = () =>
      this.#notices.find((notice) =>
        notice.kind === "client-failed" || notice.kind === "stranger-failed"
      );
    await until(() => find() !== undefined, "the failure");
    const notice = find();
    const error = notice !== undefined && "error" in notice ? notice.error : undefined;
    return error instanceof Error ? error.message : String(error);
  }

  /** The good client is served as ever. */
  async checkGood(): Promise<void> {
    const registered = await this.#good?.register([{ ...EVENT, type: ["b"] }]);
    assert.equal(registered?.length, 1);
    const failures = this.#notices.filter((notice) =>
      notice.kind === "client-failed" && notice.client.name === "good"
    );
    assert.deepEqual(failures, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#good?.close();
    await this.server.close();
  }
}

const EVENT: RegisterEvent = { type: ["a"], sourceTimestamp: undefined, payload: undefined };

const INIT = INIT_REQUEST.encode({
  clientName: "bad",
  clientToken: undefined,
  subscriptions: [],
  serverId: undefined,
  persisted: false,
});

const REGISTER = REGISTER_REQUEST.encode([EVENT]);

function bytes(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex);
}

/** What is sent instead of the first message, and what the server says about it. */
const STRANGERS: readonly (readonly [string, (peer: Peer) => Promise<unknown>, RegExp])[] = [
  [
    "HTTP",
    (peer) => peer.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")),
    /1 to 6 bytes/,
  ],
  ["a frame of 1 TB", (peer) => peer.write(bytes("06010000000000")), /at most 67108864 bytes/],
  ["a frame without message", (peer) => peer.write(bytes("0100")), /HatChatter.Msg at byte 0/],
  [
    "another message",
    (peer) => peer.sendValue("MsgRegisterReq", []),
    /no 'HatEventer.MsgRegisterReq' is/,
  ],
  [
    "an init that ends the conversation",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT }),
    /and ends it/,
  ],
  [
    "an init as an answer",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT, owner: false, last: false }),
    /not open/,
  ],
  [
    "an init that is cut",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT.subarray(0, 5), last: false }),
    /MsgInitReq at byte 5/,
  ],
  [
    "an init with more at its end",
    (peer) =>
      peer.send({ type: "HatEventer.MsgInitReq", data: new Uint8Array([...INIT, 0]), last: false }),
    /1 bytes follow/,
  ],
  ["a server id beyond safe integers", (peer) =>
    peer.sendValue("MsgInitReq", {
      clientName: "bad",
      clientToken: { name: "none", value: null },
      subscriptions: [],
      serverId: { name: "value", value: 2n ** 60n },
      persisted: false,
    }, { last: false }), /must be a safe integer/],
  ["a part of a message, and then its end", async (peer) => {
    await peer.write(bytes("0120aa"));
    await peer.closeWrite();
  }, /ended within/],
];

for (const [name, send, pattern] of STRANGERS) {
  Deno.test(`EventerServer closes without an answer by ${name} instead of a greeting`, async () => {
    await using bench = await Bench.start();
    using peer = await Peer.connect(bench.port);
    await send(peer);
    assert.equal(await peer.receiveEnd(), 0);
    assert.match(await bench.failure(), pattern);
    assert.deepEqual(bench.service.connected, ["good"]);
    await bench.checkGood();
  });
}

/** What a client that was accepted sends, and what the server says about it. */
const CLIENTS: readonly (readonly [string, (peer: Peer) => Promise<unknown>, RegExp])[] = [
  [
    "a second init",
    (peer) => peer.send({ type: "HatEventer.MsgInitReq", data: INIT, last: false }),
    /no 'HatEventer.MsgInitReq'/,
  ],
  [
    "a message of the server",
    (peer) => peer.sendValue("MsgStatusNotify", { name: "operational", value: null }),
    /MsgStatusNotify/,
  ],
  [
    "an unknown type",
    (peer) => peer.send({ type: "HatEventer.MsgForgetReq", last: false }),
    /no 'HatEventer.MsgForgetReq' is expected/,
  ],
  ["an empty type", (peer) => peer.send({ type: "" }), /no '' is expected/],
  [
    "a query that wants no answer",
    (peer) =>
      peer.sendValue("MsgQueryReq", {
        name: "latest",
        value: { eventTypes: { name: "none", value: null } },
      }),
    /MsgQueryReq/,
  ],
  ["a query with a bad query type", (peer) =>
    peer.sendValue("MsgQueryReq", {
      name: "latest",
      value: { eventTypes: { name: "value", value: [["*", "a"]] } },
    }, { last: false }), /must be its last segment/],
  ["a query that cannot be answered", (peer) =>
    peer.sendValue("MsgQueryReq", {
      name: "server",
      value: {
        serverId: 1,
        persisted: false,
        maxResults: { name: "none", value: null },
        lastEventId: { name: "value", value: { server: 1, session: 666, instance: 1 } },
      },
    }, { last: false }), /no such/],
  [
    "an acknowledgement that nobody waits for",
    (peer) => peer.send({ type: "HatEventer.MsgEventsAck", first: 1, owner: false }),
    /not open/,
  ],
  [
    "more in a conversation that is over",
    (peer) => peer.send({ type: "HatEventer.MsgRegisterReq", first: 1, data: REGISTER }),
    /the peer's conversation 1/,
  ],
  [
    "a request that is cut",
    (peer) => peer.send({ type: "HatEventer.MsgRegisterReq", data: REGISTER.subarray(0, 2) }),
    /1 elements go beyond/,
  ],
  [
    "a request of a newer version with more at its end",
    (peer) =>
      peer.send({ type: "HatEventer.MsgRegisterReq", data: new Uint8Array([...REGISTER, 1, 2]) }),
    /2 bytes follow the value/,
  ],
  [
    "a count beyond the message",
    (peer) => peer.send({ type: "HatEventer.MsgRegisterReq", data: bytes("017f7f7f7fff") }),
    /elements go beyond/,
  ],
  ["a payload that is not JSON", (peer) =>
    peer.sendValue("MsgRegisterReq", [{
      type: ["a"],
      sourceTimestamp: { name: "none", value: null },
      payload: { name: "value", value: { name: "json", value: "{" } },
    }]), /JSON/],
  ["a timestamp out of range", (peer) =>
    peer.sendValue("MsgRegisterReq", [{
      type: ["a"],
      sourceTimestamp: { name: "value", value: { s: 2n ** 70n, us: 0 } },
      payload: { name: "none", value: null },
    }]), /'s' must fit into 64 bits/],
  ["bytes that are no frame", (peer) => peer.write(new Uint8Array(64)), /1 to 6 bytes/],
];

for (const [name, send, pattern] of CLIENTS) {
  Deno.test(`EventerServer closes without an answer by ${name}, and handles what came before`, async () => {
    await using bench = await Bench.start();
    using peer = await Peer.init(bench.port);
    await peer.sendValue("MsgRegisterReq", [], { last: false });
    await send(peer);
    const answer = await peer.receive();
    assert.equal(answer?.type, "HatEventer.MsgRegisterRes");
    assert.equal(await peer.receiveEnd(), 0);
    assert.match(await bench.failure(), pattern);
    await until(() => bench.service.disconnected.length === 1, "the farewell");
    assert.deepEqual(bench.service.registrations.map(({ events }) => events.length), [0]);
    await bench.checkGood();
  });
}

Deno.test("EventerServer takes a payload of 50 MB, and gives it back", async () => {
  const options = { maxMessageBytes: 64 << 20 };
  await using bench = await Bench.start(options);
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
  await using bench = await Bench.start({ maxMessageBytes: 1 << 20 });
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
  await using bench = await Bench.start({ maxMessageBytes: 10_000 });
  const payload = new EventPayloadBinary("", new Uint8Array(9000));
  bench.service.make([{ ...EVENT, type: ["x"], payload }, { ...EVENT, type: ["x"], payload }]);
  await using client = await EventerClient.connect({ port: bench.port, clientName: "curious" });
  await assert.rejects(client.query({ kind: "latest" }), ChatterError);
  assert.match(await bench.failure(), /'data' must have at most 10000 bytes/);
  await bench.checkGood();
});

Deno.test("EventerServer closes a connection that does not say who it is", async () => {
  await using bench = await Bench.start();
  using peer = await Peer.connect(bench.port);
  await peer.write(bytes("01"));
  await until(() => bench.clock.waiting >= 3, "the connection");
  bench.clock.advance(10_000);
  assert.equal(await peer.receiveEnd(), 0);
  assert.match(await bench.failure(), /did not say who it is within 10000 ms/);
  await bench.checkGood();
});

Deno.test("EventerServer leaves a client that it refuses half a second to close", async () => {
  await using bench = await Bench.start();
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
  await using bench = await Bench.start({ ackTimeoutMs: 300 });
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
  await using bench = await Bench.start();
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
  await using bench = await Bench.start({ maxQueuedBytes: 1 << 20 });
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
  await using bench = await Bench.start({ maxQueuedBytes: 1 << 20 });
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
  await using bench = await Bench.start({ maxQueuedBytes: 50_000 });
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

/** What a server sends to a client, and how the client's connection ends. */
const SERVERS: readonly (readonly [string, (peer: Peer) => Promise<unknown>, RegExp])[] = [
  ["bytes that are no frame", (peer) => peer.write(new Uint8Array(9)), /1 to 6 bytes/],
  [
    "an unknown type",
    (peer) => peer.send({ type: "HatEventer.MsgNews" }),
    /no 'HatEventer.MsgNews'/,
  ],
  [
    "a status that none is",
    (peer) => peer.send({ type: "HatEventer.MsgStatusNotify", data: bytes("84") }),
    /index 4/,
  ],
  [
    "a status that waits for an answer",
    (peer) => peer.send({ type: "HatEventer.MsgStatusNotify", data: bytes("80"), last: false }),
    /waits for an answer/,
  ],
  [
    "events that are cut",
    (peer) => peer.send({ type: "HatEventer.MsgEventsNotify", data: bytes("8181") }),
    /elements go beyond/,
  ],
  [
    "an answer to nothing",
    (peer) => peer.send({ type: "HatEventer.MsgQueryRes", first: 9, owner: false }),
    /not open/,
  ],
];

for (const [name, send, pattern] of SERVERS) {
  Deno.test(`EventerClient ends by ${name}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connecting = EventerClient.connect({ port: listener.addr.port, clientName: "me" });
    using peer = new Peer(await listener.accept());
    const { first = 0 } = await peer.receive() as ChatterMessage;
    await peer.send({ type: "HatEventer.MsgInitRes", first, owner: false, data: bytes("8082") });
    await using client = await connecting;
    await send(peer);
    const request = assert.rejects(client.query({ kind: "latest" }), ChatterError);
    assert.match(String(await client.ended), pattern);
    peer[Symbol.dispose]();
    await request;
  });
}

Deno.test("EventerClient.connect fails when the server answers with something else, or closes", async () => {
  for (const type of ["HatEventer.MsgQueryRes", "HatEventer.MsgInitRes", undefined]) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const connecting = EventerClient.connect({ port: listener.addr.port, clientName: "me" });
    const rejected = assert.rejects(connecting, { name: /ChatterError|SbsError/ });
    using peer = new Peer(await listener.accept());
    const { first = 0 } = await peer.receive() as ChatterMessage;
    if (type !== undefined) await peer.send({ type, first, owner: false, data: bytes("85") });
    peer[Symbol.dispose]();
    await rejected;
  }
});
