import assert from "node:assert/strict";
import { CollectorProgram } from "./collector_program.ts";
import { eventsIn, frame, idOf, RawClient } from "./raw_client.ts";
import { countStored, find, joined, pushAll, untilStored } from "./raw_requests.ts";
import { TempDirectory } from "./temp_directory.ts";

/** Runs a test against a collector of its own, which must stop in order afterwards. */
function withCollector(
  name: string,
  run: (collector: CollectorProgram) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using directory = await TempDirectory.make();
    await using collector = await CollectorProgram.start([
      "-U",
      `sqlite:///${directory.file("data")}/events.db`,
    ]);
    await run(collector);
    assert.deepEqual(await collector.stop(), { code: 0, signal: null });
  });
}

function event(id: string, members: Partial<Parameters<typeof frame>[0]> = {}) {
  return frame({ id, timestamp: 1_600_000_000, source: "s", tags: ["t"], content: id, ...members });
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The error in a message. */
function errorIn(message: { readonly kind: string; readonly data: string } | undefined): string {
  assert.equal(message?.kind, "text");
  const answer = JSON.parse(message?.data ?? "");
  assert.deepEqual(Object.keys(answer), ["error"]);
  return answer.error;
}

async function follow(url: string, criteria: object, protocols?: string[]): Promise<RawClient> {
  const client = await RawClient.connect(`${url}/live`, protocols);
  client.send(JSON.stringify(criteria));
  assert.deepEqual((await client.waitFor(1))[0], { kind: "text", data: "ok" });
  return client;
}

withCollector("/event takes text and binary messages of one and of several events", async (c) => {
  await using client = await RawClient.connect(`${c.url}/event`);
  const content = "Füllstand 💧 niedrig\nzweite Zeile\n";
  client.send(textOf(event("text-1", { content, timestamp: 1 })));
  client.send(event("binary-1", { content, timestamp: 2 }));
  client.send(textOf(joined([2, 3].map((n) => event(`text-${n}`, { timestamp: n + 1 })))));
  client.send(joined([2, 3, 4].map((n) => event(`binary-${n}`, { timestamp: n + 3 }))));
  client.send("event: 40 39 1\nid:bare\ntimestamp: 9000000000\nsource:s\nc\n");
  await untilStored(c.url, 8);
  const found = await find(c.url);
  const ids = "text-1 binary-1 text-2 text-3 binary-2 binary-3 binary-4 bare";
  assert.deepEqual(found.map(({ id }) => id), ids.split(" "));
  for (const { content: bytes } of found.slice(0, 2)) {
    assert.equal(decodeURIComponent(escape(bytes)), content);
  }
  assert.deepEqual(client.received, []);
});

withCollector("/event answers what is malformed with an error and takes the rest", async (c) => {
  await using client = await RawClient.connect(`${c.url}/event`);
  client.send("event: x y z\nid:bad\n\n");
  client.send(textOf(event("after-1")));
  client.send(joined([
    event("before"),
    new TextEncoder().encode("event: 999999 10 999989\nshort\n"),
    event("after-2"),
  ]));
  await untilStored(c.url, 3);
  await client.waitFor(2);
  assert.match(errorIn(client.received[0]), /byte 0/);
  assert.match(errorIn(client.received[1]), /byte \d+/);
  assert.equal(client.received.length, 2);
  client.send(event("last"));
  await untilStored(c.url, 4);
});

withCollector("/find answers by order, limit, time, source, tags and content", async (c) => {
  await pushAll(c.url, [
    event("c", { timestamp: 3, tags: ["x", "y"], source: "/a/b" }),
    event("a", { timestamp: 1, tags: ["x"], source: "/a/c" }),
    event("b1", { timestamp: 2, tags: ["y"], source: "/b", content: "needle in hay" }),
    event("b2", { timestamp: 2, tags: [], source: "/b", content: "Needle" }),
  ]);
  const ids = async (criteria: object) => (await find(c.url, criteria)).map(({ id }) => id);
  assert.deepEqual(await ids({}), ["a", "b1", "b2", "c"]);
  assert.deepEqual(await ids({ order: "desc" }), ["c", "b2", "b1", "a"]);
  assert.deepEqual(await ids({ limit: 2 }), ["a", "b1"]);
  assert.deepEqual(await ids({ order: "desc", limit: 1 }), ["c"]);
  assert.deepEqual(await ids({ start: 2, end: 2 }), ["b1", "b2"]);
  assert.deepEqual(await ids({ start: 1.5, end: 0 }), ["b1", "b2", "c"]);
  assert.deepEqual(await ids({ source: "/a" }), ["a", "c"]);
  assert.deepEqual(await ids({ tags: ["x", "y"] }), ["c"]);
  assert.deepEqual(await ids({ content: "(?i)needle" }), ["b1", "b2"]);
  assert.deepEqual(await ids({ id: "b" }), ["b1", "b2"]);
  assert.deepEqual(await ids({ id: "nothing" }), []);
});

withCollector("/find answers criteria that come together in turn, then closes", async (c) => {
  await pushAll(c.url, ["a", "b", "c"].map((id) => event(id)));
  await using client = await RawClient.connect(`${c.url}/find`);
  client.send('{"id": "a"}');
  client.send(new TextEncoder().encode('{"id": "[bc]"}'));
  client.send("{}");
  assert.equal(await client.closeCode(), 1000);
  const outline = client.received.map((m) => m.kind === "text" ? m.data : idOf(m));
  assert.deepEqual(outline, ["ok", "a", "ok", "b", "c", "ok", "a", "b", "c"]);
});

withCollector("/find answers wrong criteria with an error and waits for better ones", async (c) => {
  await pushAll(c.url, [event("a")]);
  await using client = await RawClient.connect(`${c.url}/find`);
  const wrong: readonly (readonly [string, RegExp])[] = [
    ["{", /not valid JSON/],
    ["[]", /JSON object/],
    ['{"content": 7}', /'content'/],
    ['{"tags": "a"}', /'tags'/],
    ['{"contents": "a"}', /unknown key 'contents'/],
    ['{"content": "("}', /'content'.*position 0/],
    ['{"order": "up"}', /'order'/],
  ];
  for (const [i, [criteria, reason]] of wrong.entries()) {
    client.send(criteria);
    await client.waitFor(i + 1);
    assert.match(errorIn(client.received[i]), reason, criteria);
  }
  client.send("{}");
  assert.equal(await client.closeCode(), 1000);
  assert.deepEqual(client.received[wrong.length], { kind: "text", data: "ok" });
  assert.equal(idOf(client.received[wrong.length + 1] ?? { kind: "text", data: "" }), "a");
});

withCollector("/live sends one message for each event that arrives after ok", async (c) => {
  await pushAll(c.url, [event("earlier")]);
  await using all = await follow(c.url, {});
  await using some = await follow(c.url, { tags: ["t"], source: "/so", content: "^o" });
  await pushAll(c.url, [
    event("one", { source: "/some" }),
    event("two", { source: "/some" }),
    event("once", { source: "/so", timestamp: 5 }),
  ]);
  assert.deepEqual((await all.waitFor(4)).slice(1).map(idOf), ["one", "two", "once"]);
  assert.deepEqual((await some.waitFor(3)).slice(1).map(idOf), ["one", "once"]);
  assert.ok(all.received.slice(1).every(({ kind }) => kind === "binary"));
});

withCollector("/live takes new criteria, and keeps the old when they are refused", async (c) => {
  await using client = await follow(c.url, { id: "a" });
  await pushAll(c.url, [event("a1"), event("b1")]);
  client.send('{"id": "("}');
  await client.waitFor(3);
  assert.match(errorIn(client.received[2]), /'id'/);
  await pushAll(c.url, [event("a2"), event("b2")]);
  await client.waitFor(4);
  client.send('{"id": "b"}');
  await client.waitFor(5);
  await pushAll(c.url, [event("a3"), event("b3"), event("b4")]);
  const outline = (await client.waitFor(7)).map((m) => m.kind === "text" ? m.data : idOf(m));
  assert.deepEqual(outline.toSpliced(2, 1), ["ok", "a1", "a2", "ok", "b3", "b4"]);
});

withCollector("/live with since replays what was stored and goes on", async (c) => {
  await pushAll(c.url, [event("1"), event("2"), event("3")]);
  await using client = await follow(c.url, { since: 1 });
  await client.waitFor(3);
  await pushAll(c.url, [event("4")]);
  assert.deepEqual((await client.waitFor(4)).slice(1).map(idOf), ["2", "3", "4"]);
});

Deno.test("A collector that stops closes clients of every path with 1001", async () => {
  await using directory = await TempDirectory.make();
  await using collector = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ]);
  await using producer = await RawClient.connect(`${collector.url}/event`);
  await using acked = await RawClient.connect(`${collector.url}/event`, ["theia.v1"]);
  await using finder = await RawClient.connect(`${collector.url}/find`);
  await using follower = await follow(collector.url, {});
  producer.send(event("last words"));
  await follower.waitFor(2);
  assert.equal((await collector.stop()).code, 0);
  for (const client of [producer, acked, finder, follower]) {
    assert.equal(await client.closeCode(), 1001);
  }
  await using again = await CollectorProgram.start([
    "-U",
    `sqlite:///${directory.file("data")}/events.db`,
  ]);
  assert.equal(await countStored(again.url, { id: "last words" }), 1);
});

Deno.test("A collector without store passes events on and finds nothing", async () => {
  await using collector = await CollectorProgram.start(["--live"]);
  await using follower = await follow(collector.url, {});
  await using finder = await RawClient.connect(`${collector.url}/find`);
  finder.send("{}");
  await finder.waitFor(1);
  assert.equal(errorIn(finder.received[0]), "Action not available in non-persistent mode.");
  await using producer = await RawClient.connect(`${collector.url}/event`);
  producer.send(event("passing"));
  assert.deepEqual((await follower.waitFor(2)).slice(1).map(idOf), ["passing"]);
});

withCollector("theia.v1 acknowledges each message with its counts", async (c) => {
  await using client = await RawClient.connect(`${c.url}/event`, ["theia.v1"]);
  assert.equal(client.protocol, "theia.v1");
  client.send(joined([event("a"), event("b")]));
  client.send(joined([event("b"), event("c"), event("c")]));
  const bad = new TextEncoder().encode("event: 12 q 1\nnonsense\n");
  client.send(joined([event("d"), bad, event("e")]));
  client.send(textOf(event("f")));
  const acks = (await client.waitFor(4)).map(({ data }) => JSON.parse(data));
  assert.deepEqual(acks[0], { ack: 1, events: 2, duplicates: 0 });
  assert.deepEqual(acks[1], { ack: 2, events: 1, duplicates: 2 });
  const [rejected] = acks[2].rejected;
  assert.deepEqual([acks[2].ack, acks[2].events, acks[2].rejected.length], [3, 2, 1]);
  assert.equal(rejected.index, 1);
  assert.equal(typeof rejected.reason, "string");
  assert.deepEqual(acks[3], { ack: 4, events: 1, duplicates: 0 });
  assert.equal(await countStored(c.url), 6);
});

withCollector("theia.v1 finds packed events and says when it is done", async (c) => {
  const frames = Array.from(
    { length: 5000 },
    (_, i) => event(`e${i}`, { timestamp: i, content: `number ${i} ${"x".repeat(100)}` }),
  );
  await pushAll(c.url, frames);
  await using client = await RawClient.connect(`${c.url}/find`, ["theia.v1"]);
  client.send(JSON.stringify({ content: "number \\d*7 " }));
  assert.equal(await client.closeCode(), 1000);
  const packed = client.received.slice(1, -1);
  assert.ok(packed.length < 10, `${packed.length} messages`);
  assert.ok(packed.every(({ kind, data }) => kind === "binary" && data.length <= 256 << 10));
  const ids = packed.flatMap((message) => eventsIn(message).map(({ id }) => id));
  const expected = Array.from({ length: 500 }, (_, i) => `e${i * 10 + 7}`);
  assert.deepEqual(ids, expected);
  const { elapsed_ms, ...done } = JSON.parse(client.received.at(-1)?.data ?? "");
  assert.deepEqual(done, { done: true, matched: 500, scanned: 5000, cursor: 5000 });
  assert.ok(Number.isInteger(elapsed_ms));
});

withCollector("theia.v1 follows with cursors that a later client goes on from", async (c) => {
  await using client = await follow(c.url, { id: "a" }, ["theia.v1"]);
  await pushAll(c.url, [event("a1"), event("b1"), event("a2")]);
  const cursorOf = ({ received }: RawClient) => {
    const texts = received.filter(({ kind, data }) => kind === "text" && data !== "ok");
    return texts.map(({ data }) => JSON.parse(data)).at(-1)?.cursor;
  };
  while (cursorOf(client) !== 3) await client.waitFor(client.received.length + 1);
  const ids = ({ received }: RawClient) =>
    received.filter(({ kind }) => kind === "binary").flatMap(eventsIn).map(({ id }) => id);
  assert.deepEqual(ids(client), ["a1", "a2"]);
  await pushAll(c.url, [event("a3"), event("b2")]);
  await using later = await follow(c.url, { since: 3 }, ["theia.v1"]);
  await pushAll(c.url, [event("a4")]);
  while (cursorOf(later) !== 6) await later.waitFor(later.received.length + 1);
  assert.deepEqual(ids(later), ["a3", "b2", "a4"]);
});
