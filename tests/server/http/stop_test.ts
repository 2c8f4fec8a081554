import assert from "node:assert/strict";
import { createEvent } from "../../../lib/event/event.ts";
import { toRawEvent } from "../../../lib/event/text_format.ts";
import { assertInTime, manyTurns, msOf } from "../../in_time.ts";
import { Bench, FakeStore, frame, until } from "../fixtures.ts";
import { ask, bigBatch, connectRaw, never, push, SearchedStore } from "./fixtures.ts";

/** A stop must take no longer, whatever clients do. */
const STOP_MS = 5000;

async function stopInTime(bench: Bench): Promise<void> {
  const tookMs = await msOf(() => bench.collector[Symbol.asyncDispose]());
  await assertInTime("the stop", tookMs, STOP_MS, { run: manyTurns, times: 80 });
}

Deno.test("Collector that stops breaks answers under way, and ends their searches", async () => {
  const store = new SearchedStore();
  store.makeBatches = async function* (signal) {
    yield [toRawEvent(createEvent({ id: "a" }))];
    await never(signal);
  };
  await using bench = await Bench.start({ store });
  const response = await fetch(`http://127.0.0.1:${bench.collector.port}/events`);
  const reader = response.body?.getReader();
  await reader?.read();
  await stopInTime(bench);
  assert.equal(store.ended, 1);
  await assert.rejects(async () => await reader?.read());
  assert.ok(bench.notices.every(({ kind }) => kind !== "search-failed"));
});

Deno.test("Collector stops in time although a client reads nothing of its answer", async () => {
  const store = new SearchedStore();
  const batch = bigBatch();
  store.makeBatches = async function* () {
    for (;;) yield batch;
  };
  await using bench = await Bench.start({ store });
  using _client = await connectRaw(bench, "GET /events");
  await until(() => store.batches > 2);
  await stopInTime(bench);
  assert.equal(store.ended, 1);
});

Deno.test("Collector stops in time although connections are kept open or never ask", async () => {
  await using bench = await Bench.start();
  const { port } = bench.collector;
  using kept = await connectRaw(bench, "GET /healthz");
  await kept.read(new Uint8Array(1000));
  using _silent = await Deno.connect({ hostname: "127.0.0.1", port });
  using slow = await Deno.connect({ hostname: "127.0.0.1", port });
  await slow.write(new TextEncoder().encode("GET /events HTTP/1.1\r\nhos"));
  await ask(bench, "/healthz");
  await stopInTime(bench);
});

Deno.test("Collector that stops answers a body whose events are being saved when they are", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  store.hold();
  const answer = push(bench, frame({ id: "s" }));
  await until(() => store.saves.length === 1);
  const stopped = bench.collector[Symbol.asyncDispose]();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  store.release();
  const { status, json } = await answer;
  // The body was whole: its sender may be told of the stop, but must be told what is stored.
  assert.ok(status === 200 || status === 503);
  assert.equal(json().events, 1);
  await stopped;
});

Deno.test("Collector that stops answers a body that goes on with 503 and what is stored", async () => {
  await using bench = await Bench.start();
  const end = Promise.withResolvers<void>();
  let pieces = 0;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (pieces++ > 0) await end.promise;
      controller.enqueue(frame({ id: `b${pieces}` }).slice());
    },
  });
  const answer = push(bench, body).catch(() => undefined);
  await until(() => (bench.store?.cursor ?? 0) === 1);
  await stopInTime(bench);
  end.resolve();
  const told = await answer;
  // A client that is still sending may see the connection break before the answer.
  if (told !== undefined) {
    assert.equal(told.status, 503);
    assert.equal(told.json().events, 1);
  }
});

Deno.test("Collector that stops answers new requests with 503, and says by /readyz that it stops", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  store.hold();
  await using producer = await bench.connect("/event");
  producer.send(frame({ id: "w" }));
  await until(() => store.saves.length === 1);
  const stopped = bench.collector[Symbol.asyncDispose]();
  const ready = await ask(bench, "/readyz");
  assert.equal(ready.status, 503);
  assert.deepEqual(ready.json().reasons, ["the collector stops"]);
  for (const path of ["/events", "/stats", "/healthz", "/"]) {
    const answer = await ask(bench, path);
    assert.equal(answer.status, 503, path);
    assert.equal(answer.headers.get("retry-after"), "1");
  }
  assert.equal((await push(bench, frame({ id: "n" }))).status, 503);
  store.release();
  await stopped;
});
