import assert from "node:assert/strict";
import { Client, type ClientNotice, type ClientOptions } from "../../lib/client/mod.ts";
import { createEvent, type Event } from "../../lib/event/mod.ts";
import { FakeCollector, ModelStore, type Peer, readEvents } from "./fake_collector.ts";
import { freePort } from "../e2e/free_port.ts";

/** Retries without delay. */
const BACKOFF = { sleep: () => Promise.resolve() };

function makeEvents(count: number, content = "x"): Event[] {
  return Array.from({ length: count }, (_, i) => createEvent({ timestamp: i + 1, content }));
}

/** A collector that stores and acknowledges everything. */
function acking(store: ModelStore): FakeCollector {
  return new FakeCollector({
    onMessage: (peer, message) =>
      peer.send({ ack: peer.messages, ...store.save(readEvents(message)) }),
  });
}

/** A collector that answers the first message with something, and a client connected to it. */
async function answering(
  answer: (peer: Peer, message: string | Uint8Array<ArrayBuffer>) => void,
  options: ClientOptions = {},
): Promise<{ client: Client; collector: FakeCollector } & AsyncDisposable> {
  const collector = new FakeCollector({ onMessage: answer });
  const client = await Client.connect({ ...collector.address, backoff: BACKOFF, ...options });
  return {
    client,
    collector,
    async [Symbol.asyncDispose](): Promise<void> {
      await client[Symbol.asyncDispose]();
      await collector[Symbol.asyncDispose]();
    },
  };
}

Deno.test("Client.send splits events into messages and resolves when all are acknowledged", async () => {
  const store = new ModelStore();
  const sizes: number[] = [];
  await using fixture = await answering((peer, message) => {
    sizes.push(message.length);
    peer.send({ ack: peer.messages, ...store.save(readEvents(message)) });
  }, { maxMessageBytes: 1000, maxInFlightBytes: 2000 });
  const events = makeEvents(100);
  const result = await fixture.client.send(events);
  assert.deepEqual(result, { events: 100, duplicates: 0, rejected: [] });
  assert.deepEqual(store.keys, events.map((event) => `${event.timestamp} ${event.id}`));
  assert(sizes.length > 8 && sizes.every((size) => size <= 1000));
  assert.deepEqual(await fixture.client.send(events), { events: 0, duplicates: 100, rejected: [] });
  assert.deepEqual(await fixture.client.send([]), { events: 0, duplicates: 0, rejected: [] });
});

Deno.test("Client sends at most its window and goes on as acks come", async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  await using fixture = await answering((peer, message) => {
    const ack = { ack: peer.messages, events: readEvents(message).length, duplicates: 0 };
    waiting.push(() => peer.send(ack));
    most = Math.max(most, waiting.length);
    if (waiting.length === 3) setTimeout(() => waiting.splice(0).forEach((answer) => answer()), 5);
  }, { maxMessageBytes: 1, maxInFlightMessages: 3 });
  const result = await fixture.client.send(makeEvents(9));
  assert.equal(result.events, 9);
  assert.equal(most, 3);
});

Deno.test("Client.ready waits for room in the window", async () => {
  const waiting: (() => void)[] = [];
  const { promise: full, resolve: setFull } = Promise.withResolvers<void>();
  await using fixture = await answering((peer) => {
    const ack = { ack: peer.messages, events: 1, duplicates: 0 };
    waiting.push(() => peer.send(ack));
    if (waiting.length === 2) setFull();
  }, { maxMessageBytes: 1, maxInFlightMessages: 2 });
  const { client } = fixture;
  await client.ready();
  const sending = client.send(makeEvents(2));
  let isReady = false;
  const ready = client.ready().then(() => isReady = true);
  await full;
  assert.equal(isReady, false);
  waiting.shift()?.();
  await ready;
  waiting.shift()?.();
  await sending;
});

Deno.test("Client.sendEvent gathers the events of a turn into one message", async () => {
  const counts: number[] = [];
  await using fixture = await answering((peer, message) => {
    const events = readEvents(message).length;
    counts.push(events);
    peer.send({ ack: peer.messages, events, duplicates: 0 });
  });
  await Promise.all(makeEvents(50).map((event) => fixture.client.sendEvent(event)));
  await fixture.client.sendEvent(createEvent());
  assert.deepEqual(counts, [50, 1]);
});

Deno.test("Client.sendEvent rejects only for the event that is refused", async () => {
  await using fixture = await answering((peer) =>
    peer.send({
      ack: 1,
      events: 1,
      duplicates: 1,
      rejected: [{ index: 1, reason: "too old" }],
    })
  );
  const events = makeEvents(3);
  const results = await Promise.allSettled(events.map((event) => fixture.client.sendEvent(event)));
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  await assert.rejects(
    Promise.reject((results[1] as PromiseRejectedResult).reason),
    { name: "EventRejectedError", id: events[1]?.id ?? "", reason: "too old" },
  );
});

Deno.test("Client reports what the format cannot carry beside what the collector refuses", async () => {
  const notices: ClientNotice[] = [];
  await using fixture = await answering((peer, message) => {
    const events = readEvents(message).length - 1;
    const rejected = [{ index: 1, reason: "too large" }];
    peer.send({ ack: peer.messages, events, duplicates: 0, rejected });
  }, { onNotice: (notice) => notices.push(notice) });
  const events = makeEvents(4).map((event, i) => i === 0 ? { ...event, source: "a\nb" } : event);
  const result = await fixture.client.send(events);
  assert.equal(result.events, 2);
  assert.deepEqual(result.rejected.map(({ index }) => index), [0, 2]);
  assert.match(result.rejected[0]?.reason ?? "", /'source' must be a single line/);
  assert.deepEqual(notices.at(-1), {
    kind: "rejected",
    rejections: [{ index: 2, reason: "too large" }],
  });
});

Deno.test("Client sends retryable rejections again after waiting, and only those", async () => {
  const store = new ModelStore();
  const delays: number[] = [];
  await using fixture = await answering((peer, message) => {
    const events = readEvents(message);
    const isFull = peer.messages <= 2;
    const taken = isFull ? events.slice(2) : events;
    const rejected = isFull
      ? [0, 1].map((index) => ({ index, reason: "disk full", retryable: true }))
      : [];
    peer.send({ ack: peer.messages, ...store.save(taken), rejected });
  }, {
    backoff: {
      minDelayMs: 10,
      random: () => 0.5,
      sleep(ms) {
        delays.push(ms);
        return Promise.resolve();
      },
    },
  });
  const result = await fixture.client.send(makeEvents(5));
  assert.deepEqual(result, { events: 5, duplicates: 0, rejected: [] });
  assert.equal(store.keys.length, 5);
  assert.deepEqual(delays, [5, 10]);
});

Deno.test("Client connects again and sends what was not acknowledged, in order", async () => {
  const store = new ModelStore();
  const notices: string[] = [];
  await using fixture = await answering((peer, message) => {
    if (peer.connection === 1 && peer.messages === 2) return peer.socket.close(1001);
    peer.send({ ack: peer.messages, ...store.save(readEvents(message)) });
  }, { maxMessageBytes: 1, onNotice: ({ kind }) => notices.push(kind) });
  const events = makeEvents(5);
  assert.equal((await fixture.client.send(events)).events, 5);
  assert.deepEqual(store.keys, events.map((event) => `${event.timestamp} ${event.id}`));
  assert.deepEqual(notices, [
    ...["connecting", "connected", "disconnected"],
    ...["retrying", "connecting", "connected"],
  ]);
});

Deno.test("Client connects again after an overloaded collector's error and close", async () => {
  const store = new ModelStore();
  const reasons: string[] = [];
  await using fixture = await answering((peer, message) => {
    if (peer.connection > 1) {
      return peer.send({ ack: peer.messages, ...store.save(readEvents(message)) });
    }
    peer.send({ error: "too busy" });
    peer.socket.close(1013, "too busy");
  }, {
    onNotice: (notice) => {
      if (notice.kind === "disconnected") reasons.push(notice.reason);
    },
  });
  assert.equal((await fixture.client.send(makeEvents(3))).events, 3);
  assert.deepEqual(reasons, ["closed by the collector with code 1013: too busy"]);
});

Deno.test("Client gives up when the collector takes its messages for wrong", async () => {
  await using fixture = await answering((peer) => {
    peer.send({ error: "message too large" });
    peer.socket.close(1009, "message too large");
  });
  await assert.rejects(fixture.client.send(makeEvents(1)), {
    name: "ProtocolError",
    message: /closed by the collector with code 1009: message too large/,
  });
});

Deno.test("Client gives up a connection that acknowledges nothing", async () => {
  await using fixture = await answering((peer, message) => {
    if (peer.connection === 1) return;
    peer.send({ ack: peer.messages, events: readEvents(message).length, duplicates: 0 });
  }, { ackTimeoutMs: 300 });
  assert.equal((await fixture.client.send(makeEvents(3))).events, 3);
  // A busy machine may miss the time more than once.
  assert.ok(fixture.collector.peers.length >= 2);
});

for (
  const [what, answer, message] of [
    ["text that is no JSON", "garbage", /it sent \\?"garbage\\?" where an ack must come/],
    ["JSON that is no message", { hello: 1 }, /it sent .*hello.* where an ack must come/],
    ["another message", { done: true }, /it sent .*done.* where an ack must come/],
    ["bytes", new Uint8Array([1, 2]), /it sent bytes where an ack must come/],
    ["a later ack", { ack: 2, events: 1, duplicates: 0 }, /ack 2 where ack 1 must come/],
    ["an ack of nothing", { ack: 1 }, /a malformed ack/],
    ["an ack of too much", { ack: 1, events: 2, duplicates: 0 }, /2 events, the message has 1/],
    [
      "an ack of an event that was not sent",
      { ack: 1, events: 0, duplicates: 0, rejected: [{ index: 1, reason: "" }] },
      /a malformed ack/,
    ],
    [
      "rejections that are none",
      { ack: 1, events: 1, duplicates: 0, rejected: [null] },
      /malformed/,
    ],
  ] as const
) {
  Deno.test(`Client rejects every send when the collector answers ${what}`, async () => {
    await using fixture = await answering((peer) => peer.send(answer));
    const { client } = fixture;
    await assert.rejects(client.send(makeEvents(1)), { name: "ProtocolError", message });
    await assert.rejects(client.send(makeEvents(1)), { name: "ProtocolError", message });
    await assert.rejects(client.sendEvent(createEvent()), { name: "ProtocolError" });
    await assert.rejects(client.ready(), { name: "ProtocolError" });
    await assert.rejects(client.flush(), { name: "ProtocolError" });
  });
}

Deno.test("Client rejects when an ack comes for nothing", async () => {
  await using collector = new FakeCollector({
    onOpen: (peer) => peer.send({ ack: 1, events: 0, duplicates: 0 }),
  });
  await using client = await Client.connect(collector.address);
  await assert.rejects(client.send(makeEvents(1)), /ack 1 where|malformed|speaks of 0 events/);
});

Deno.test("Client.flush resolves when everything sent so far is acknowledged", async () => {
  const store = new ModelStore();
  await using collector = acking(store);
  await using client = await Client.connect(collector.address);
  const sends = [client.send(makeEvents(10)), ...makeEvents(5).map((e) => client.sendEvent(e))];
  await client.flush();
  assert.equal(store.keys.length, 15);
  await Promise.all(sends);
});

Deno.test("Client flushes when it is disposed of, and takes nothing more", async () => {
  const store = new ModelStore();
  await using collector = acking(store);
  const client = await Client.connect(collector.address);
  const sends = [client.send(makeEvents(10)), ...makeEvents(5).map((e) => client.sendEvent(e))];
  await Promise.all([client[Symbol.asyncDispose](), client[Symbol.asyncDispose]()]);
  await Promise.all(sends);
  assert.equal(store.keys.length, 15);
  await assert.rejects(client.send(makeEvents(1)), /client is closed/);
  await assert.rejects(client.sendEvent(createEvent()), /client is closed/);
});

Deno.test("Client rejects what is unacknowledged when its time to flush is over", async () => {
  const fixture = await answering(() => {}, { flushTimeoutMs: 10 });
  const sending = fixture.client.send(makeEvents(1));
  const rejecting = assert.rejects(sending, /was closed while 1 sends were not acknowledged/);
  await fixture[Symbol.asyncDispose]();
  await rejecting;
});

Deno.test("Client stops at once when the signal aborts", async () => {
  const controller = new AbortController();
  await using fixture = await answering(() => {}, { signal: controller.signal });
  const { client } = fixture;
  const outcomes = [
    client.send(makeEvents(2)),
    client.sendEvent(createEvent()),
    client.flush(),
  ].map((outcome) => assert.rejects(outcome, /^Error: enough$/));
  controller.abort(new Error("enough"));
  await Promise.all(outcomes);
  await assert.rejects(client.ready(), /^Error: enough$/);
});

Deno.test("Client stops connecting again when the signal aborts", async () => {
  const controller = new AbortController();
  const collector = new FakeCollector({});
  await using client = await Client.connect({
    ...collector.address,
    signal: controller.signal,
    onNotice: ({ kind }) => {
      if (kind === "retrying") controller.abort(new Error("enough"));
    },
  });
  const sending = client.send(makeEvents(1));
  const rejecting = assert.rejects(sending, /^Error: enough$/);
  await collector[Symbol.asyncDispose]();
  await rejecting;
});

Deno.test("Client.connect rejects when the first connection cannot be made", async () => {
  const collector = new FakeCollector({});
  const { address } = collector;
  await collector[Symbol.asyncDispose]();
  await assert.rejects(Client.connect(address), { name: "ConnectError", failure: "unreachable" });
});

Deno.test("Client.connect goes on trying with retryFirst until the collector is there", async () => {
  const port = freePort();
  let collector: FakeCollector | undefined;
  const kinds: string[] = [];
  const client = await Client.connect({
    host: "127.0.0.1",
    port,
    retryFirst: true,
    onNotice: ({ kind }) => kinds.push(kind),
    backoff: {
      sleep() {
        if (kinds.length > 4) collector ??= new FakeCollector({}, { port });
        return Promise.resolve();
      },
    },
  });
  assert.equal(kinds.at(-1), "connected");
  await client[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
});

Deno.test("Client.connect refuses a server without theia.v1, even with retryFirst", async () => {
  await using collector = new FakeCollector({}, { protocol: "" });
  await assert.rejects(
    Client.connect({ ...collector.address, retryFirst: true }),
    { name: "ConnectError", failure: "protocol" },
  );
});

Deno.test("Client.connect checks its options", async () => {
  for (
    const options of [
      { maxMessageBytes: 0 },
      { maxMessageBytes: (8 << 20) + 1 },
      { maxInFlightBytes: NaN },
      { maxInFlightMessages: 0.5 },
      { flushTimeoutMs: -1 },
      { ackTimeoutMs: Infinity },
    ]
  ) {
    const name = Object.keys(options)[0];
    await assert.rejects(Client.connect(options), new RegExp(`as '${name}' must be`));
  }
});
