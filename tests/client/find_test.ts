import assert from "node:assert/strict";
import { find } from "../../lib/client/mod.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, type Event, serializeEvent } from "../../lib/event/mod.ts";
import { FakeCollector, type Peer } from "./fake_collector.ts";

const DONE = { done: true, matched: 3, scanned: 9, elapsed_ms: 1, cursor: 7 };
const EVENTS = ["a", "b", "c"].map((id) => createEvent({ id, timestamp: 1, content: `of ${id}` }));

function pack(events: readonly Event[]): Uint8Array<ArrayBuffer> {
  return concatBytes(events.map(serializeEvent));
}

function finding(answer: (peer: Peer, criteria: string) => void): FakeCollector {
  return new FakeCollector({
    onMessage(peer, message) {
      assert.equal(peer.path, "/find");
      answer(peer, String(message));
    },
  });
}

Deno.test("find yields the events of all messages, then has a summary", async () => {
  const asked: string[] = [];
  await using collector = finding((peer, criteria) => {
    asked.push(criteria);
    for (
      const message of ["ok", pack(EVENTS.slice(0, 2)), pack([]), pack(EVENTS.slice(2)), DONE]
    ) {
      peer.send(message);
    }
    peer.socket.close(1000);
  });
  const result = find(collector.address, { content: "of", limit: 3, end: 0 });
  assert.equal(result.summary, undefined);
  const events = await Array.fromAsync(result);
  assert.deepEqual(events.map((event) => event.toEvent()), EVENTS);
  assert.deepEqual(result.summary, DONE);
  assert.deepEqual(asked.map((text) => JSON.parse(text)), [{ content: "of", limit: 3 }]);
  const batches = await Array.fromAsync(result.batches());
  assert.deepEqual(batches.map(({ length }) => length), [2, 0, 1]);
});

Deno.test("find does not connect before it is iterated", async () => {
  await using collector = finding(() => {});
  find(collector.address, {});
  assert.equal(collector.peers.length, 0);
});

Deno.test("find refuses malformed criteria at once", () => {
  assert.throws(() => find({}, { tags: "web" as unknown as string[] }), {
    name: "CriteriaError",
    key: "tags",
  });
});

Deno.test("find rejects with the collector's error", async () => {
  await using collector = finding((peer) => peer.send({ error: "Cannot read pattern '('" }));
  await assert.rejects(Array.fromAsync(find(collector.address, { content: "(" })), {
    name: "QueryError",
    message: `Cannot find events at ws://127.0.0.1:${collector.port}/find: Cannot read pattern '('`,
  });
});

Deno.test("find rejects with an error that comes after some events", async () => {
  await using collector = finding((peer) => {
    for (const message of ["ok", pack(EVENTS), { error: "out of time" }]) peer.send(message);
  });
  const events: Event[] = [];
  await assert.rejects(async () => {
    for await (const event of find(collector.address, {})) events.push(event);
  }, { name: "QueryError", message: /out of time/ });
  assert.equal(events.length, 3);
});

Deno.test("find rejects when the collector goes away before the end", async () => {
  await using collector = finding((peer) => {
    peer.send("ok");
    peer.send(pack(EVENTS));
    peer.socket.close(1001, "stopping");
  });
  const result = find(collector.address, {});
  await assert.rejects(Array.fromAsync(result), {
    name: "QueryError",
    code: 1001,
    message: /the results are incomplete, closed by the collector with code 1001: stopping/,
  });
  assert.equal(result.summary, undefined);
});

for (
  const [what, answer, message] of [
    ["garbage text", "garbage", /sent "garbage", which must not come here/],
    ["results without ok", new Uint8Array(3), /sent 3 bytes, which must not come here/],
    ["an end without ok", DONE, /which must not come here/],
    ["an ack", { ack: 1, events: 1, duplicates: 0 }, /which must not come here/],
  ] as const
) {
  Deno.test(`find rejects when the collector sends ${what}`, async () => {
    await using collector = finding((peer) => peer.send(answer));
    await assert.rejects(Array.fromAsync(find(collector.address, {})), {
      name: "QueryError",
      message,
    });
  });
}

Deno.test("find rejects when the collector sends malformed events", async () => {
  await using collector = finding((peer) => {
    peer.send("ok");
    peer.send(new TextEncoder().encode("event: what"));
  });
  await assert.rejects(Array.fromAsync(find(collector.address, {})), (error: Error) => {
    assert.equal(error.name, "QueryError");
    assert.match(error.message, /sent malformed events/);
    assert.equal((error.cause as Error).name, "EventFormatError");
    return true;
  });
});

Deno.test("find closes the connection when the loop is left", async () => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  await using collector = finding((peer) => {
    peer.socket.addEventListener("close", () => resolve());
    peer.send("ok");
    peer.send(pack(EVENTS));
  });
  for await (const event of find(collector.address, {})) {
    assert.equal(event.id, "a");
    break;
  }
  await left;
});

Deno.test("find rejects with the signal's reason", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  await using collector = finding((peer) => {
    peer.send("ok");
    peer.send(pack(EVENTS));
  });
  const ids: string[] = [];
  await assert.rejects(async () => {
    for await (const { id } of find({ ...collector.address, signal }, {})) {
      ids.push(id);
      if (ids.length === 3) setTimeout(() => controller.abort(new Error("enough")), 0);
    }
  }, /^Error: enough$/);
  assert.deepEqual(ids, ["a", "b", "c"]);
});
