import assert from "node:assert/strict";
import { concatBytes } from "../../../lib/base/bytes.ts";
import { ChatterError } from "../../../lib/hat/chatter/chatter_error.ts";
import { ChatterConnection } from "../../../lib/hat/chatter/connection.ts";
import type { ConnectionOptions } from "../../../lib/hat/chatter/connection_options.ts";
import { frameHeader, FrameReader } from "../../../lib/hat/chatter/frame.ts";
import {
  type ChatterMessage,
  decodeMessage,
  PING,
  PONG,
} from "../../../lib/hat/chatter/message.ts";
import { encodeMessage } from "./encode_message.ts";
import { until, within } from "../eventer/peer.ts";
import { FakeClock } from "../fake_clock.ts";
import { MemorySocket, type MemorySocketOptions } from "./memory_socket.ts";

const NOTHING = new Uint8Array();

/** Two connections that are joined. */
function pair(options: ConnectionOptions = {}, sockets: MemorySocketOptions = {}) {
  const [a, b] = MemorySocket.pair(sockets);
  const clock = new FakeClock();
  const stack = new AsyncDisposableStack();
  const left = new ChatterConnection(a, "left", { clock, ...options });
  const right = new ChatterConnection(b, "right", { clock, ...options });
  // Each waits for the other to close.
  stack.defer(async () => void await Promise.all([left.close(), right.close()]));
  return { left, right, clock, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A connection, and what is at its other end byte for byte. */
class Wire implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly socket: MemorySocket;
  readonly connection: ChatterConnection;
  readonly #frames = new FrameReader(1 << 24);

  constructor(options: ConnectionOptions = {}, sockets: MemorySocketOptions = {}) {
    const [near, far] = MemorySocket.pair(sockets);
    this.socket = far;
    this.connection = new ChatterConnection(near, "far", { clock: this.clock, ...options });
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.socket.write(bytes.subarray(at));
  }

  send(message: Partial<ChatterMessage>): Promise<void> {
    const id = message.id ?? 1;
    const bytes = encodeMessage({
      ...{ id, first: id, owner: true, token: true, last: true, type: "A", data: NOTHING },
      ...message,
    });
    return this.write(concatBytes([frameHeader(bytes.length), bytes]));
  }

  async receive(): Promise<ChatterMessage | undefined> {
    while (true) {
      const bytes = this.#frames.next();
      if (bytes !== undefined) return decodeMessage(bytes);
      const count = await within(this.socket.read(this.#frames.room()), "a message");
      if (count === null) return undefined;
      this.#frames.added(count);
    }
  }

  async failure(): Promise<ChatterError | undefined> {
    await until(() => this.connection.failure !== undefined, "the failure");
    return this.connection.failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.socket.isClosed) this.socket.close();
    await this.connection.close();
  }
}

/** How a connection ended before its time, if it did. */
function kindOf({ connection }: Wire): string | undefined {
  return connection.failure?.kind;
}

function payload(length: number): Uint8Array {
  return new Uint8Array(length).fill(length & 0xff);
}

Deno.test("ChatterConnection counts messages and names conversations as Hat does", async () => {
  await using wire = new Wire();
  const { connection } = wire;
  connection.send("A", payload(1));
  const own = connection.send("B", payload(2), { last: false });
  assert.deepEqual(await wire.receive(), {
    ...{ id: 1, first: 1, owner: true, token: true, last: true, type: "A", data: payload(1) },
  });
  assert.deepEqual(await wire.receive(), {
    ...{ id: 2, first: 2, owner: true, token: true, last: false, type: "B", data: payload(2) },
  });
  assert.deepEqual(own, { isOwn: true, first: 2 });
  connection.send("C", NOTHING, { conversation: own });
  const third = await wire.receive();
  assert.deepEqual([third?.id, third?.first, third?.owner, third?.last], [3, 2, true, true]);
  await wire.send({ id: 7, last: false });
  const question = await connection.receive();
  assert.equal(question?.first, 7);
  connection.send("D", NOTHING, { conversation: { isOwn: false, first: 7 } });
  const fourth = await wire.receive();
  assert.deepEqual([fourth?.id, fourth?.first, fourth?.owner, fourth?.last], [4, 7, false, true]);
});

Deno.test("ChatterConnection gives answers to who asked, in any order, and not to who receives", async () => {
  await using both = pair();
  const answers = [1, 2, 3].map((n) => both.left.request("Q", payload(n)));
  const questions: ChatterMessage[] = [];
  for (let i = 0; i < 3; i++) {
    const question = await both.right.receive();
    assert(question !== undefined);
    questions.push(question);
  }
  both.right.send("N", NOTHING);
  for (const { first, data } of questions.toReversed()) {
    both.right.send("R", data, { conversation: { isOwn: false, first } });
  }
  const lengths = (await Promise.all(answers)).map(({ data }) => data.length);
  assert.deepEqual(lengths, [1, 2, 3]);
  assert.equal((await both.left.receive())?.type, "N");
});

Deno.test("ChatterConnection takes and gives messages in any pieces", async () => {
  let size = 1;
  await using both = pair({}, { capacity: 40, pieceSize: () => size = size % 7 + 1 });
  for (let n = 0; n < 50; n++) both.left.send("A", payload(n));
  for (let n = 0; n < 50; n++) assert.deepEqual((await both.right.receive())?.data, payload(n));
});

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

Deno.test("ChatterConnection ends when more waits to be sent than may", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1000 }, { capacity: 100 });
  wire.connection.send("A", payload(5000));
  await until(() => wire.clock.waiting > 1, "the first write");
  wire.connection.send("A", payload(5000));
  assert.equal(kindOf(wire), undefined, "one message may be larger");
  wire.connection.send("A", NOTHING);
  assert.equal(kindOf(wire), "overflow");
  assert.throws(() => wire.connection.send("A", NOTHING), { kind: "closed" });
});

Deno.test("ChatterConnection.sendWhenRoom waits for room, in order", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1000 }, { capacity: 100 });
  const sending = Array.from(
    { length: 50 },
    (_, n) => wire.connection.sendWhenRoom("A", payload(400 + n)),
  );
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

Deno.test("ChatterConnection.close sends what is queued, and waits for the peer", async () => {
  await using wire = new Wire({ maxQueuedBytes: 1 << 20 }, { capacity: 100 });
  for (let n = 0; n < 20; n++) wire.connection.send("A", payload(500));
  let isClosed = false;
  const closing = wire.connection.close().then(() => isClosed = true);
  assert.throws(() => wire.connection.send("A", NOTHING), { name: "ChatterError", kind: "closed" });
  assert.equal(wire.connection.close(), wire.connection.close());
  await wire.send({ id: 1 });
  for (let n = 0; n < 20; n++) assert.equal((await wire.receive())?.id, n + 1);
  assert.equal(await wire.receive(), undefined);
  assert(!isClosed);
  wire.socket.close();
  await within(closing, "the close");
  assert.equal(kindOf(wire), undefined);
  assert.equal(await wire.connection.receive(), undefined);
});

Deno.test("ChatterConnection.close gives up when the peer does not close, or takes nothing", async () => {
  for (const capacity of [10, 100_000]) {
    await using wire = new Wire({ closeTimeoutMs: 50 }, { capacity });
    wire.connection.send("A", payload(1000));
    const closing = wire.connection.close();
    await until(() => wire.clock.waiting > 1, "the time limit");
    wire.clock.advance(50);
    await within(closing, "the close");
    assert.equal(kindOf(wire), "timeout");
  }
});

Deno.test("ChatterConnection rejects requests when it ends, whoever ends it", async () => {
  for (const end of ["close", "abort", "peer"] as const) {
    await using wire = new Wire();
    const request = wire.connection.request("Q", NOTHING);
    const rejected = assert.rejects(request, { name: "ChatterError", kind: "closed" });
    await wire.receive();
    if (end === "close") void wire.connection.close();
    if (end === "abort") wire.connection.abort(new ChatterError("closed", "enough"));
    wire.socket.close();
    await within(rejected, "the rejection");
  }
});

Deno.test("ChatterConnection rejects a request that comes when the peer sends nothing any more", async () => {
  await using wire = new Wire();
  await wire.socket.closeWrite();
  await wire.connection.receive();
  const request = wire.connection.request("Q", NOTHING);
  await within(assert.rejects(request, { name: "ChatterError", kind: "closed" }), "the rejection");
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

const BAD: readonly (readonly [string, (wire: Wire) => Promise<void>, RegExp])[] = [
  ["bytes that are no frame", (wire) => wire.write(new Uint8Array(20)), /1 to 6 bytes/],
  [
    "a frame that is too long",
    (wire) => wire.write(new Uint8Array([3, 255, 0, 0])),
    /at most 1000/,
  ],
  [
    "a frame that is no message",
    (wire) => wire.write(new Uint8Array([1, 3, 9, 9, 9])),
    /at byte 0/,
  ],
  ["an id of 0", (wire) => wire.send({ id: 0 }), /must be positive/],
  [
    "an answer that nobody waits for",
    (wire) => wire.send({ owner: false }),
    /our conversation 1, which is not open/,
  ],
  [
    "more of what was not begun",
    (wire) => wire.send({ id: 2, first: 1 }),
    /the peer's conversation 1, which is not/,
  ],
  ["a pong without ping", (wire) => wire.send({ owner: false, type: PONG }), /not open/],
  ["an end within a message", async (wire) => {
    await wire.write(new Uint8Array([1, 3, 9]));
    wire.socket.close();
  }, /ended within/],
];

for (const [name, send, pattern] of BAD) {
  Deno.test(`ChatterConnection ends by ${name}, and gives what came before`, async () => {
    await using wire = new Wire({ maxMessageBytes: 1000 });
    await wire.send({ id: 1, type: "before" });
    await send(wire);
    assert.equal((await wire.connection.receive())?.type, "before");
    assert.equal(await within(wire.connection.receive(), "the end"), undefined);
    assert.equal(kindOf(wire), "protocol");
    assert.match(wire.connection.failure?.message ?? "", pattern);
  });
}

Deno.test("ChatterConnection ends by a second answer, one that is not the last, and a false pong", async () => {
  for (const kind of ["second", "not last", "false pong"] as const) {
    await using wire = new Wire({ pingDelayMs: 100 });
    const request = wire.connection.request("Q", NOTHING);
    const settled = request.then(() => "answered", () => "rejected");
    await wire.receive();
    if (kind === "false pong") {
      wire.clock.advance(100);
      await wire.receive();
      await wire.send({ id: 1, first: 2, owner: false, type: "R" });
    } else {
      await wire.send({ id: 1, first: 1, owner: false, type: "R", last: kind === "second" });
      if (kind === "second") await wire.send({ id: 2, first: 1, owner: false, type: "R" });
    }
    assert.equal((await wire.failure())?.kind, "protocol", kind);
    assert.equal(await within(settled, kind), kind === "second" ? "answered" : "rejected");
  }
});

Deno.test("ChatterConnection refuses options that are not positive", () => {
  const [socket] = MemorySocket.pair();
  assert.throws(() => new ChatterConnection(socket, "x", { maxQueuedBytes: 0 }), {
    name: "RangeError",
    message: "Cannot make connection as 'maxQueuedBytes' must be positive: current value is 0",
  });
});
