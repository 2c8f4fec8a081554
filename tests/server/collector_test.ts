import assert from "node:assert/strict";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { EventWriteError } from "../../lib/store/store.ts";
import { assertInTime, manyTurns, msOf } from "../in_time.ts";
import { Bench, FakeStore, frame, numbered, until } from "./fixtures.ts";
import { StalledClient } from "./test_client.ts";

Deno.test("Collector says when the port is in use", async () => {
  await using bench = await Bench.start();
  const { port } = bench.collector;
  for (const hostname of ["localhost", "127.0.0.1"]) {
    await assert.rejects(Collector.listen({ hostname, port }), (error: Error) => {
      assert.match(error.message, new RegExp(`^Cannot listen on ${hostname}:${port}: .*in use`));
      return error.cause instanceof Deno.errors.AddrInUse;
    });
  }
});

Deno.test("Collector says when the host does not resolve, and which argument is wrong", async () => {
  await assert.rejects(
    Collector.listen({ hostname: "no.such.host.invalid", port: 0 }),
    /Cannot listen on no\.such\.host\.invalid:0: check the host name/,
  );
  await assert.rejects(Collector.listen({ port: 70_000 }), /'port'.*70000/);
  await assert.rejects(Collector.listen({ port: 0, stallMs: 0 }), /'stallMs'.*positive.* 0/);
});

Deno.test("Collector stops on its signal and does not start on an aborted one", async () => {
  const controller = new AbortController();
  const collector = await Collector.listen({ port: 0, signal: controller.signal });
  controller.abort();
  await collector.finished;
  await collector[Symbol.asyncDispose]();
  await assert.rejects(Collector.listen({ port: 0, signal: controller.signal }), {
    name: "AbortError",
  });
});

Deno.test("Collector leaves the store open and stops only once", async () => {
  await using store = new MemoryStore();
  const collector = await Collector.listen({ store, port: 0 });
  await Promise.all([collector[Symbol.asyncDispose](), collector[Symbol.asyncDispose]()]);
  await collector.finished;
  assert.equal((await store.stats()).events, 0);
});

Deno.test("Collector stores and acks what it took before it closes every client with 1001", async () => {
  const store = new FakeStore();
  const bench = await Bench.start({ store });
  await using old = await bench.connect("/event");
  await using acked = await bench.connect("/event", "theia.v1");
  await using finder = await bench.connect("/find");
  await using live = await bench.connect("/live", "theia.v1");
  await using idle = await bench.connect("/live");
  live.send({});
  assert.equal(await live.next(), "ok");
  store.hold();
  old.send(frame({ id: "old" }));
  acked.send(frame({ id: "new" }));
  old.send("end");
  await old.next();
  await until(() => store.saves.length === 2);
  const stopped = bench.collector[Symbol.asyncDispose]();
  const refused = await fetch(`http://127.0.0.1:${bench.collector.port}/healthz`);
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  store.release();
  assert.deepEqual(await acked.nextJson(), { ack: 1, events: 1, duplicates: 0 });
  assert.deepEqual((await live.nextEvents(2)).map(({ id }) => id).sort(), ["new", "old"]);
  for (const client of [old, acked, finder, live, idle]) {
    assert.equal((await client.closed).code, 1001);
  }
  await stopped;
  assert.equal(store.cursor, 2);
  assert.equal((await bench.notice("stopped")).unsaved, 0);
  await bench[Symbol.asyncDispose]();
});

Deno.test("Collector stops soon although clients stall, send on, or wait for a search", async () => {
  const store = new FakeStore();
  await store.save(
    numbered("e", 2000, "x".repeat(10_000)).map((init) => ({
      source: "",
      tags: [],
      headers: [],
      id: init.id ?? "",
      timestamp: init.timestamp ?? 0,
      content: init.content ?? "",
    })),
  );
  await using bench = await Bench.start({ store });
  const { port } = bench.collector;
  using reading = await StalledClient.connect(port, "/find");
  await reading.send("{}");
  using following = await StalledClient.connect(port, "/live");
  await following.send("{}");
  using _silent = await StalledClient.connect(port, "/event");
  await using chatty = await bench.connect("/event");
  const chat = setInterval(() => chatty.send(frame({ content: "more" })), 1);
  await bench.notice("client-joined", ({ client }) => client.id === 4);
  const tookMs = await msOf(() => bench.collector[Symbol.asyncDispose]());
  clearInterval(chat);
  await assertInTime("the stop", tookMs, 2500, { run: manyTurns, times: 40 });
});

Deno.test("Collector that stops tells producers whose events cannot be saved", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  const full = () => new EventWriteError("disk full", { retryable: true });
  store.failures.push(...Array.from({ length: 100 }, full));
  await using client = await bench.connect("/event");
  client.send(frame({ id: "a" }));
  await bench.notice("save-failed");
  await bench.collector[Symbol.asyncDispose]();
  assert.deepEqual(await client.nextJson(), { error: "disk full" });
  assert.equal((await client.closed).code, 1001);
  await bench.notice("save-failed", ({ retrying }) => !retrying);
});

Deno.test("Collector gives up a store that does not save, and says so", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store, stopSaveMs: 100 });
  await using client = await bench.connect("/event", "theia.v1");
  store.hold();
  client.send(frame({ id: "a" }));
  await until(() => store.saves.length === 1);
  await bench.collector[Symbol.asyncDispose]();
  assert.equal((await bench.notice("stopped")).unsaved, 1);
  store.release();
});
