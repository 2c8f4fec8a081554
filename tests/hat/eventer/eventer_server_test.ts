import assert from "node:assert/strict";
import type { HatEvent, RegisterEvent } from "../../../lib/hat/event.ts";
import {
  EventerClient,
  type EventerClientOptions,
  EventerInitError,
} from "../../../lib/hat/eventer/eventer_client.ts";
import type { EventerNotice } from "../../../lib/hat/eventer/eventer_notice.ts";
import {
  EventerServer,
  type EventerServerOptions,
} from "../../../lib/hat/eventer/eventer_server.ts";
import { EventPayloadJson } from "../../../lib/hat/payload.ts";
import type { Status } from "../../../lib/hat/query.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { FakeService } from "./fake_service.ts";
import { until } from "./peer.ts";

/** A server with a fake service behind it. */
class Bench implements AsyncDisposable {
  readonly service = new FakeService();
  readonly notices: EventerNotice[] = [];
  readonly server: EventerServer;

  constructor(options: Partial<EventerServerOptions> = {}) {
    const observer = (notice: EventerNotice) => void this.notices.push(notice);
    this.server = EventerServer.listen(this.service, { port: 0, observer, ...options });
  }

  connect(options: Partial<EventerClientOptions> = {}): Promise<EventerClient> {
    return EventerClient.connect({ port: this.server.port, clientName: "me", ...options });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.server.close();
  }
}

function event(...type: string[]): RegisterEvent {
  return { type, sourceTimestamp: undefined, payload: EventPayloadJson.of(type.length) };
}

function instances(events: readonly HatEvent[] | undefined): readonly string[] | undefined {
  return events?.map(({ id: { session, instance } }) => `${session}.${instance}`);
}

Deno.test("EventerServer registers, answers in order, and a query sees what was registered before", async () => {
  await using bench = new Bench();
  await using client = await bench.connect();
  assert.equal(client.status, "operational");
  const answers = await Promise.all([
    client.register([event("a"), event("b")]),
    client.registerUnanswered([event("c")]),
    client.register([]),
    client.query({ kind: "latest" }),
    client.register([event("d")]),
  ]);
  assert.deepEqual(instances(answers[0]), ["1.1", "1.2"]);
  assert.deepEqual(answers[0]?.[1]?.payload, EventPayloadJson.of(1));
  assert.deepEqual(answers[2], []);
  assert.deepEqual(instances(answers[3].events), ["1.1", "1.2", "2.1"]);
  assert.deepEqual(instances(answers[4]), ["3.1"]);
});

Deno.test("EventerServer handles the requests of a connection one at a time, and others meanwhile", async () => {
  await using bench = new Bench();
  await using slow = await bench.connect({ clientName: "slow" });
  await using fast = await bench.connect({ clientName: "fast" });
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.service.before = () => {
    bench.service.before = undefined;
    return promise;
  };
  const first = slow.register([event("a")]);
  await until(() => bench.service.before === undefined, "the first request");
  const second = slow.register([event("b")]);
  assert.deepEqual(instances(await fast.register([event("c")])), ["1.1"]);
  resolve();
  assert.deepEqual(instances(await first), ["2.1"]);
  assert.deepEqual(instances(await second), ["3.1"]);
});

Deno.test("EventerServer tells each client the events that it wants, before it answers the one that asked", async () => {
  await using bench = new Bench();
  const told: string[] = [];
  const listen = (name: string) => (events: readonly HatEvent[]) =>
    void told.push(`${name} ${events.map(({ type }) => type.join("/")).join(" ")}`);
  await using asking = await bench.connect({
    subscriptions: [["a", "*"], ["b"]],
    onEvents: listen("asking"),
  });
  await using _part = await bench.connect({
    subscriptions: [["?", "x"]],
    onEvents: listen("part"),
  });
  await using _other = await bench.connect({
    subscriptions: [["*"]],
    serverId: 2,
    onEvents: listen("other"),
  });
  await using _none = await bench.connect({ onEvents: listen("none") });
  await asking.register([event("a"), event("a", "x"), event("c")]);
  assert.deepEqual(told.filter((line) => line.startsWith("asking")), ["asking a a/x"]);
  await until(() => told.length === 2, "the other notification");
  assert.deepEqual(told.sort(), ["asking a a/x", "part a/x"]);
});

Deno.test("EventerServer tells events session by session, and those that are durable to who wants them", async () => {
  await using bench = new Bench();
  const told: (readonly string[])[] = [];
  const onEvents = (events: readonly HatEvent[]) => void told.push(instances(events) ?? []);
  const before = bench.service.make([event("early")]);
  await using client = await bench.connect({ subscriptions: [["*"]], persisted: true, onEvents });
  const first = await client.register([event("a"), event("b")]);
  const second = await client.register([event("c")]);
  assert.deepEqual(told, []);
  bench.service.emitFlushed([...before, ...first ?? [], ...second ?? []]);
  await until(() => told.length === 3, "three sessions");
  assert.deepEqual(told, [["1.1"], ["2.1", "2.2"], ["3.1"]]);
});

Deno.test("EventerServer tells its status, and registers nothing unless it is operational", async () => {
  await using bench = new Bench();
  bench.service.setStatus("standby");
  const statuses: Status[] = [];
  await using client = await bench.connect({ onStatus: (status) => void statuses.push(status) });
  assert.equal(client.status, "standby");
  assert.equal(await client.register([event("a")]), undefined);
  assert.equal(await client.register([]), undefined);
  await client.registerUnanswered([event("a")]);
  assert.deepEqual((await client.query({ kind: "latest" })).events, []);
  bench.service.setStatus("starting");
  bench.service.setStatus("operational");
  await until(() => statuses.length === 2, "two statuses");
  assert.deepEqual(statuses, ["starting", "operational"]);
  assert.equal(client.status, "operational");
  assert.deepEqual(instances(await client.register([event("a")])), ["1.1"]);
});

Deno.test("EventerServer accepts clients without token, and refuses those with another", async () => {
  await using bench = new Bench({ token: "secret" });
  await (await bench.connect()).close();
  await (await bench.connect({ clientToken: "secret" })).close();
  for (const clientToken of ["", "Secret", "secret "]) {
    await assert.rejects(
      bench.connect({ clientToken }),
      (error) => error instanceof EventerInitError && error.message === "invalid client token",
    );
  }
  await using open = new Bench();
  await assert.rejects(open.connect({ clientToken: "secret" }), EventerInitError);
  const refused = bench.notices.filter(({ kind }) => kind === "client-refused");
  assert.equal(refused.length, 3);
  assert.deepEqual(bench.service.connected, ["me", "me"]);
});

Deno.test("EventerServer refuses clients with a query type that is none, or whom its service refuses", async () => {
  await using bench = new Bench();
  await assert.rejects(bench.connect({ subscriptions: [["*", "a"]] }), {
    name: "EventerInitError",
    message: "invalid query event type",
  });
  bench.service.beforeConnected = () => Promise.reject(new Error("not today"));
  await assert.rejects(bench.connect(), { name: "EventerInitError", message: "not today" });
  bench.service.beforeConnected = undefined;
  await (await bench.connect()).close();
});

Deno.test("EventerServer accepts a client after its service knows of it, and says when it has gone", async () => {
  await using bench = new Bench();
  const told: string[] = [];
  bench.service.beforeConnected = ({ name }) => void bench.service.make([event("joined", name)]);
  const onEvents = (events: readonly HatEvent[]) => {
    for (const { type } of events) told.push(type.join("/"));
  };
  const one = await bench.connect({ clientName: "one", subscriptions: [["*"]], onEvents });
  const two = await bench.connect({ clientName: "two" });
  await until(() => told.length > 0, "a notification");
  assert.deepEqual(told, ["joined/two"]);
  assert.deepEqual(bench.server.clients.map(({ id, name }) => [id, name]), [[1, "one"], [
    2,
    "two",
  ]]);
  await two.close();
  await one.close();
  await until(() => bench.service.disconnected.length === 2, "the farewell");
  assert.deepEqual(bench.service.disconnected, ["two", "one"]);
  const kinds = bench.notices.map(({ kind }) => kind);
  assert.deepEqual(kinds, [
    "listening",
    "client-joined",
    "client-joined",
    "client-left",
    "client-left",
  ]);
});

Deno.test("EventerServer.notifyEvents waits until clients have handled events", async () => {
  await using bench = new Bench();
  const handled: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const onEvents = async (events: readonly HatEvent[]) => {
    await promise;
    handled.push(instances(events)?.join(" ") ?? "");
  };
  await using client = await bench.connect({ subscriptions: [["a"]], onEvents });
  const timestamp = new Timestamp(1n, 0);
  const id = { server: 1, session: 1, instance: 1 };
  const events = [{ ...event("a"), id, timestamp }, { ...event("b"), id, timestamp }];
  const notifying = bench.server.notifyEvents(events).then(() => handled.push("done"));
  // The client is asked for nothing else meanwhile, and answers what it asks for itself.
  assert.deepEqual(instances(await client.register([event("c")])), ["1.1"]);
  assert.deepEqual(handled, []);
  resolve();
  await notifying;
  assert.deepEqual(handled, ["1.1", "done"]);
  await bench.server.notifyEvents([{ ...event("b"), id, timestamp }]);
  await bench.server.notifyEvents(events, { persisted: true });
});

Deno.test("EventerClient can ask while it handles events", async () => {
  await using bench = new Bench();
  const found: number[] = [];
  await using client: EventerClient = await bench.connect({
    subscriptions: [["*"]],
    onEvents: async () => void found.push((await client.query({ kind: "latest" })).events.length),
  });
  await client.register([event("a")]);
  await client.register([event("b")]);
  await until(() => found.length === 2, "two queries");
});

Deno.test("EventerClient.close sends what was registered without an answer", async () => {
  await using bench = new Bench();
  const client = await bench.connect();
  for (let i = 0; i < 200; i++) void client.registerUnanswered([event("a", `${i}`)]);
  await client.close();
  await until(() => bench.service.registrations.length === 200, "200 registrations");
  const types = bench.service.registrations.map(({ events }) => events[0]?.type[1]);
  assert.deepEqual(types, Array.from({ length: 200 }, (_, i) => `${i}`));
  await assert.rejects(client.register([]), { name: "ChatterError", kind: "closed" });
  assert.equal(await client.ended, undefined);
});

Deno.test("EventerClient ends when its callback fails, and refuses queries that cannot be answered", async () => {
  await using bench = new Bench();
  await using client = await bench.connect({
    subscriptions: [["*"]],
    onEvents: () => Promise.reject(new Error("callback failed")),
  });
  await assert.rejects(client.query({ kind: "timeseries", maxResults: -1 }), RangeError);
  await client.register([event("a")]);
  assert.match(String(await client.ended), /callback failed/);
});

Deno.test("EventerServer.close sends what is queued, ends every client and takes no more", async () => {
  const bench = new Bench();
  const statuses: Status[] = [];
  const clients = await Promise.all(
    Array.from(
      { length: 5 },
      () => bench.connect({ onStatus: (status) => void statuses.push(status) }),
    ),
  );
  bench.service.setStatus("stopping");
  await bench.server.close();
  await bench.server.close();
  await Promise.all(clients.map(({ ended }) => ended));
  assert.deepEqual(statuses, Array.from({ length: 5 }, () => "stopping"));
  await assert.rejects(bench.connect(), Deno.errors.ConnectionRefused);
  assert.equal(bench.service.callbacks, 0);
  assert.equal(bench.service.disconnected.length, 5);
});

Deno.test("EventerServer.close waits for a request that is under way", async () => {
  const bench = new Bench();
  const client = await bench.connect();
  const { promise, resolve } = Promise.withResolvers<void>();
  bench.service.before = () => promise;
  const rejected = assert.rejects(client.register([event("a")]), { kind: "closed" });
  let isClosed = false;
  const registered = () => bench.service.registrations.length;
  await until(() => bench.server.clients.length === 1, "the client");
  const closing = bench.server.close().then(() => isClosed = true);
  await rejected;
  await client.close();
  const before = isClosed;
  resolve();
  await closing;
  assert(!before || registered() === 0);
  assert.deepEqual(bench.notices.map(({ kind }) => kind), [
    "listening",
    "client-joined",
    "client-left",
  ]);
});

Deno.test("EventerClient.connect ends by its signal", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const controller = new AbortController();
  const connecting = EventerClient.connect({
    port: listener.addr.port,
    clientName: "me",
    signal: controller.signal,
  });
  const socket = await listener.accept();
  controller.abort(new Error("given up"));
  await assert.rejects(connecting, /given up/);
  await assert.rejects(
    EventerClient.connect({
      port: 1,
      clientName: "me",
      signal: AbortSignal.abort(new Error("no")),
    }),
    /no/,
  );
  socket.close();
  listener.close();
});

Deno.test("EventerServer.listen refuses options that are out of range, and a port that is taken", async () => {
  await using bench = new Bench();
  const { service } = bench;
  assert.throws(() => EventerServer.listen(service, { port: 0, maxMessageBytes: -1 }), RangeError);
  const { port } = bench.server;
  assert.throws(() => EventerServer.listen(service, { port }), /the port is in use/);
  assert.equal(service.callbacks, 3);
});
