import assert from "node:assert/strict";
import { Query, type ResultHandler } from "../../query.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, type Event, serializeEvent } from "../../lib/event/mod.ts";
import { FakeCollector } from "./fake_collector.ts";
import { LiveCollector } from "./live_collector.ts";

const EVENTS = ["a", "b", "c"].map((id) => createEvent({ id, timestamp: 1 }));
const DONE = { done: true, matched: 3, scanned: 3, elapsed_ms: 1, cursor: 3 };

/** Finds `EVENTS` whatever the criteria. */
function finding(): FakeCollector {
  return new FakeCollector({
    onMessage(peer) {
      peer.send("ok");
      peer.send(concatBytes(EVENTS.map(serializeEvent)));
      peer.send(DONE);
    },
  });
}

function whenClosed(handler: ResultHandler): Promise<[number | undefined, string | undefined]> {
  return new Promise((resolve) => handler.whenClosed((code, reason) => resolve([code, reason])));
}

Deno.test("Query.find yields events and has a summary afterwards", async () => {
  await using collector = finding();
  const result = new Query("127.0.0.1", collector.port).find({ content: "x" });
  const events = await Array.fromAsync(result);
  assert.deepEqual(events.map(({ id }) => id), ["a", "b", "c"]);
  assert.deepEqual(result.summary, DONE);
});

Deno.test("Query.find calls back with each event, then says that it is closed", async () => {
  await using collector = finding();
  const ids: string[] = [];
  const handler = new Query("127.0.0.1", collector.port).find({}, ({ id }) => void ids.push(id));
  assert.deepEqual(await whenClosed(handler), [1000, ""]);
  assert.deepEqual(ids, ["a", "b", "c"]);
  assert.deepEqual(await whenClosed(handler), [1000, ""]);
});

Deno.test("Query.find waits for callbacks that return promises", async () => {
  await using collector = finding();
  const steps: string[] = [];
  const handler = new Query("127.0.0.1", collector.port).find({}, async ({ id }) => {
    steps.push(`begin ${id}`);
    await Promise.resolve();
    steps.push(`end ${id}`);
  });
  await whenClosed(handler);
  assert.deepEqual(steps, ["a", "b", "c"].flatMap((id) => [`begin ${id}`, `end ${id}`]));
});

Deno.test("ResultHandler calls each close handler once", async () => {
  await using collector = finding();
  const handler = new Query("127.0.0.1", collector.port).find({}, () => {});
  let calls = 0;
  handler.whenClosed(() => calls++);
  await whenClosed(handler);
  handler.cancel();
  await handler[Symbol.asyncDispose]();
  assert.equal(calls, 1);
});

Deno.test("ResultHandler.cancel ends a query after the event in hand", async () => {
  await using collector = finding();
  const ids: string[] = [];
  const handler: ResultHandler = new Query("127.0.0.1", collector.port).find({}, ({ id }) => {
    ids.push(id);
    handler.cancel();
  });
  assert.deepEqual(await whenClosed(handler), [1000, ""]);
  assert.deepEqual(ids, ["a"]);
});

Deno.test("ResultHandler.cancel ends a live query that waits", async () => {
  await using collector = new LiveCollector();
  const query = new Query("127.0.0.1", collector.fake.port);
  const seen = Promise.withResolvers<Event>();
  collector.publish(createEvent({ id: "a" }));
  const handler = query.live({ since: 0 }, seen.resolve);
  assert.equal((await seen.promise).id, "a");
  handler.cancel();
  assert.deepEqual(await whenClosed(handler), [1000, ""]);
});

Deno.test("ResultHandler hands errors to the close handler", async () => {
  await using collector = new FakeCollector({
    onMessage: (peer) => peer.send({ error: "bad pattern" }),
  });
  const handler = new Query("127.0.0.1", collector.port).find({}, () => {});
  const [code, reason] = await whenClosed(handler);
  assert.equal(code, 1011);
  assert.match(reason ?? "", /^Cannot find events at .*: bad pattern$/);
});

Deno.test("ResultHandler hands on that the collector is not there, or goes away", async () => {
  const collector = new FakeCollector({ onMessage: (peer) => peer.socket.close(1001) });
  const query = new Query("127.0.0.1", collector.port);
  assert.equal((await whenClosed(query.find({}, () => {})))[0], 1001);
  await collector[Symbol.asyncDispose]();
  const [code, reason] = await whenClosed(query.live({}, () => {}));
  assert.equal(code, 1006);
  assert.match(reason ?? "", /nothing answers there/);
});

Deno.test("ResultHandler ends with the error that a callback throws", async () => {
  await using collector = finding();
  const handler = new Query("127.0.0.1", collector.port).find({}, () => {
    throw new Error("cannot draw");
  });
  assert.deepEqual(await whenClosed(handler), [1011, "cannot draw"]);
});

Deno.test("Query ends callbacks when its signal aborts", async () => {
  await using collector = new LiveCollector();
  const controller = new AbortController();
  const { signal } = controller;
  const query = new Query("127.0.0.1", collector.fake.port, { signal });
  collector.publish(createEvent());
  const handler = query.live({ since: 0 }, () => controller.abort(new Error("enough")));
  assert.deepEqual(await whenClosed(handler), [1011, "enough"]);
});

Deno.test("Query checks host, port and criteria before it connects", () => {
  assert.throws(() => new Query("a b", 1), /'host' must be a host name/);
  assert.throws(() => new Query("localhost", 0), /'port' must be an integer/);
  const query = new Query("localhost", 6433);
  const wrong = JSON.parse('{"tags":"web"}');
  assert.throws(() => query.find(wrong), { name: "CriteriaError" });
  assert.throws(() => query.live(wrong, () => {}), { name: "CriteriaError" });
});
