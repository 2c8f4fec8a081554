import assert from "node:assert/strict";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import { EventPayloadBinary } from "../../../lib/hat/payload.ts";
import { BadInputBench, EVENT } from "./bad_input_bench.ts";
import { until } from "./peer.ts";

function large(bytes: number, type = "large") {
  return { ...EVENT, type: [type], payload: new EventPayloadBinary("", new Uint8Array(bytes)) };
}

Deno.test("EventerServer tells a healthy client all that becomes durable at once, however much it is", async () => {
  await using bench = await BadInputBench.start({ maxQueuedBytes: 1 << 20 });
  let told = 0;
  await using _client = await EventerClient.connect({
    port: bench.port,
    clientName: "durable",
    persisted: true,
    subscriptions: [["large"]],
    onEvents: (events) => void (told += events.length),
  });
  const made = Array.from({ length: 60 }, () => bench.service.make([large(200_000)]));
  for (const session of made) bench.service.emitFlushed(session);
  await until(() => told === 60 || bench.server.clients.length < 2, "all events");
  assert.equal(told, 60);
});

Deno.test("EventerServer keeps a client that registers a large payload while others register", async () => {
  await using bench = await BadInputBench.start({ maxQueuedBytes: 2 << 20 });
  const told: HatEvent[] = [];
  await using client = await EventerClient.connect({
    port: bench.port,
    clientName: "large",
    subscriptions: [["*"]],
    onEvents: (events) => void told.push(...events),
  });
  const made = bench.service.make.bind(bench.service);
  bench.service.before = () => {
    bench.service.before = undefined;
    setTimeout(function more() {
      made([EVENT]);
      if (told.length < 100) setTimeout(more, 0);
    }, 0);
  };
  const registered = await client.register([large(20 << 20)]);
  assert.equal(registered?.length, 1);
  await until(() => told.length >= 100, "the events of others");
});

Deno.test("EventerServer tells events of a session in several messages when they do not fit into one", async () => {
  await using bench = await BadInputBench.start({ maxMessageBytes: 1 << 20 });
  const told: number[][] = [];
  await using _client = await EventerClient.connect({
    port: bench.port,
    clientName: "large",
    subscriptions: [["large"], ["more"]],
    maxMessageBytes: 1 << 20,
    onEvents: (events) => void told.push(events.map(({ id }) => id.instance)),
  });
  const sizes = [400_000, 400_000, 400_000, 1_000_000, 10, 10];
  const made = bench.service.make([...sizes.map((size) => large(size)), large(300_000, "other")]);
  await until(() => told.flat().length === 6 || bench.server.clients.length < 2, "the events");
  assert.deepEqual(told, [[1, 2], [3], [4, 5, 6]]);
  await bench.server.notifyEvents(made);
  assert.deepEqual(told.slice(3), [[1, 2], [3], [4, 5, 6]]);
  bench.service.make([large(10), large(10)]);
  await until(() => told.length > 6, "a session that fits");
  assert.deepEqual(told.at(-1), [1, 2]);
});

Deno.test("EventerServer tells a session of more segments than a message may have in several", async () => {
  await using bench = await BadInputBench.start();
  const told: number[] = [];
  await using _client = await EventerClient.connect({
    port: bench.port,
    clientName: "wide",
    subscriptions: [["*"]],
    onEvents: (events) => void told.push(events.length),
  });
  const type = Array.from({ length: 2_200 }, () => "");
  bench.service.make(Array.from({ length: 1_000 }, () => ({ ...EVENT, type })));
  await until(() => told.length === 2 || bench.server.clients.length < 2, "two messages");
  assert.equal(told.reduce((sum, count) => sum + count, 0), 1_000);
});
