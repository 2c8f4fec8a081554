import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { concatBytes } from "../../../lib/base/bytes.ts";
import type { EventInit } from "../../../lib/event/event.ts";
import { EventWriteError } from "../../../lib/store/store.ts";
import { Bench, FakeStore, frame, frames, numbered, until } from "../fixtures.ts";
import { ask, push, resting } from "./fixtures.ts";

const encoder = new TextEncoder();
const JSON_LINES = { "content-type": "application/x-ndjson" };

function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${typeof value === "string" ? value : JSON.stringify(value)}\n`)
    .join("");
}

async function stored(bench: Bench): Promise<string[]> {
  const { text } = await ask(bench, "/events");
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).id);
}

/** A body of pieces, with a wait before each. */
function streamed(
  pieces: readonly Uint8Array[],
  wait: (index: number) => Promise<void> | void = () => {},
): ReadableStream<Uint8Array> {
  let index = 0;
  return new ReadableStream({
    async pull(controller) {
      const piece = pieces[index];
      await wait(index++);
      if (piece === undefined) controller.close();
      else controller.enqueue(piece);
    },
  });
}

Deno.test("POST /events stores Theia's format and JSON lines, by whatever type says so", async () => {
  const rows: readonly (readonly [string, "theia" | "json"])[] = [
    ["application/vnd.theia.events", "theia"],
    ["application/octet-stream", "theia"],
    ["text/plain", "theia"],
    ["Text/Plain; charset=UTF-8", "theia"],
    ["application/x-ndjson", "json"],
    ["application/json; charset=utf-8", "json"],
  ];
  for (const [type, kind] of rows) {
    await using bench = await Bench.start();
    const events = numbered("e", 3);
    const body = kind === "theia" ? frames(...events) : lines(...events);
    const answer = await push(bench, body, { "content-type": type });
    assert.deepEqual(answer.json(), { events: 3, duplicates: 0, rejected: [], rejected_total: 0 });
    assert.deepEqual(await stored(bench), ["e1", "e2", "e3"]);
  }
});

Deno.test("POST /events takes a body without a type as Theia's format", async () => {
  await using bench = await Bench.start();
  const { port } = bench.collector;
  const response = await fetch(`http://127.0.0.1:${port}/events`, {
    method: "POST",
    body: frame({ id: "n" }).slice(),
  });
  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.deepEqual(await stored(bench), ["n"]);
});

Deno.test("POST /events refuses other types and encodings with 415", async () => {
  await using bench = await Bench.start();
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data", "text/html"]) {
    const answer = await push(bench, "id=1", { "content-type": type });
    assert.equal(answer.status, 415);
    assert.match(answer.headers.get("accept") ?? "", /application\/x-ndjson/);
  }
  for (const encoding of ["br", "deflate", "gzip, gzip", "x"]) {
    const answer = await push(bench, frame({}), { "content-encoding": encoding });
    assert.equal(answer.status, 415);
    assert.equal(answer.headers.get("accept-encoding"), "identity, gzip, zstd");
  }
});

Deno.test("POST /events completes what JSON leaves out by UUID and clock", async () => {
  await using bench = await Bench.start();
  const before = Date.now() / 1000;
  const answer = await push(
    bench,
    lines({ content: "bare" }, { id: "z", timestamp: 0 }, {}, { id: null, timestamp: null }),
    JSON_LINES,
  );
  const after = Date.now() / 1000;
  assert.equal(answer.json().events, 4);
  const { text } = await ask(bench, "/events");
  for (const line of text.trim().split("\n")) {
    const { id, timestamp } = JSON.parse(line);
    assert.ok(timestamp >= before - 0.001 && timestamp <= after + 0.001, `${timestamp}`);
    if (id !== "z") assert.match(id, /^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  }
});

Deno.test("POST /events takes back what GET /events gives, in both formats", async () => {
  await using from = await Bench.start();
  await push(
    from,
    frames(
      { id: "a", tags: ["x", "y"], content: "é\n\u0000\u2028", headers: ["x-own: 1"] },
      { id: "b", timestamp: 1.5, source: "/s" },
    ),
  );
  for (const format of ["json", "theia"]) {
    const { text, headers } = await ask(from, `/events?format=${format}`);
    await using to = await Bench.start();
    const type = headers.get("content-type") ?? "";
    assert.equal((await push(to, text, { "content-type": type })).json().events, 2);
    assert.equal((await ask(to, `/events?format=json`)).text, (await ask(from, "/events")).text);
  }
});

Deno.test("POST /events takes one event without preamble, as the other doors do", async () => {
  await using bench = await Bench.start();
  assert.equal((await push(bench, "id: bare\ntimestamp: 3\nhello\nworld\n")).json().events, 1);
  assert.equal((await ask(bench, "/events/bare")).json().content, "hello\nworld");
});

Deno.test("POST /events counts duplicates: sending again is safe", async () => {
  await using bench = await Bench.start();
  const body = frames(...numbered("d", 4));
  assert.equal((await push(bench, body)).json().events, 4);
  assert.deepEqual((await push(bench, concatBytes([body, frame({ id: "new" })]))).json(), {
    events: 1,
    duplicates: 4,
    rejected: [],
    rejected_total: 0,
  });
});

Deno.test("POST /events lists what it rejects with its place, and stores the rest", async () => {
  await using bench = await Bench.start();
  const body = concatBytes([
    frame({ id: "a" }),
    encoder.encode("junk\nmore junk\n"),
    frame({ id: "b" }),
    encoder.encode("event: 5 3\n"),
    encoder.encode("event: 99999999 10 99999989\nx\n"),
    frame({ id: "c" }),
  ]);
  const { rejected, ...rest } = (await push(bench, body)).json();
  assert.deepEqual(rest, { events: 3, duplicates: 0, rejected_total: 3 });
  assert.deepEqual(rejected.map(({ index }: { index: number }) => index), [1, 3, 4]);
  assert.match(rejected[2].reason, /exceeds the limit/);
  const notice = await bench.notice("events-rejected");
  assert.equal(notice.count, 3);
});

Deno.test("POST /events takes timestamps that are texts, as ISO 8601 has them", async () => {
  await using bench = await Bench.start();
  const body = lines(
    { id: "zone", timestamp: "2026-11-22T10:00:00.123456+02:00" },
    { id: "local", timestamp: "2026-11-22 10:00" },
    { id: "number", timestamp: "1795341600.25" },
  );
  assert.equal((await push(bench, body, JSON_LINES)).json().events, 3);
  assert.equal((await push(bench, body, JSON_LINES)).json().duplicates, 3);
  const expected: Readonly<Record<string, number>> = {
    zone: Date.UTC(2026, 10, 22, 8) / 1000 + 0.123456,
    local: new Date(2026, 10, 22, 10).getTime() / 1000,
    number: 1795341600.25,
  };
  for (const [id, seconds] of Object.entries(expected)) {
    const found = (await ask(bench, `/events/${id}`)).json();
    assert.equal(found.timestamp.toFixed(6), seconds.toFixed(6), id);
  }
});

Deno.test("POST /events names what is wrong with a line of JSON", async () => {
  await using bench = await Bench.start({ maxEventBytes: 1000 });
  const rows: readonly (readonly [unknown, RegExp])[] = [
    ["nope", /JSON/],
    ["[1]", /must be a JSON object: it is an array$/],
    ["null", /must be a JSON object: it is null$/],
    ["7", /must be a JSON object: it is a number$/],
    [{ id: "x", timestamp: true }, /'timestamp' must be a number/],
    [{ id: "x", timestamp: "soon" }, /Cannot read time 'soon': /],
    [{ timestamp: 1, tags: "a" }, /'tags' must be an array/],
    [{ tags: ["a,b"] }, /commas/],
    [{ id: "a\nb" }, /single line/],
    [{ id: "half \ud801" }, /'id' must be a text without lone surrogates/],
    [{ messsage: "x" }, /'messsage' is no member/],
    [{ headers: ["id: 2"] }, /'headers'/],
    [{ content: "x".repeat(2000) }, /exceeds the limit of 1000/],
    [{ content: "x".repeat(20_000) }, /at most 6000 bytes/],
    ['{"content":"\ud800"}'.replace("\ud800", "\\ud800"), /^$/],
  ];
  const body = lines(...rows.map(([value]) => value));
  const { rejected, events } = (await push(bench, body, JSON_LINES)).json();
  const expected = rows.filter(([, reason]) => reason.source !== "^$");
  assert.equal(events, rows.length - expected.length);
  assert.equal(rejected.length, expected.length);
  for (const [i, [, reason]] of expected.entries()) assert.match(rejected[i].reason, reason);
});

Deno.test("POST /events lists a thousand rejections and counts the others", async () => {
  await using bench = await Bench.start();
  const body = lines({ id: "ok" }, ...Array.from({ length: 2500 }, () => "x"));
  const answer = (await push(bench, body, JSON_LINES)).json();
  assert.equal(answer.rejected.length, 1000);
  assert.equal(answer.rejected_total, 2500);
  assert.equal(answer.events, 1);
});

Deno.test("POST /events answers a body of which nothing can be made with 400", async () => {
  await using bench = await Bench.start();
  for (const body of ["garbage", "event: x\n", "\u0000\u0001", "{}"]) {
    const answer = await push(bench, body);
    assert.equal(answer.status, 400, body);
    assert.equal(answer.json().rejected_total, 1);
  }
  const empty = await push(bench, "");
  assert.equal(empty.status, 200);
  assert.equal(empty.json().events, 0);
  assert.equal((await push(bench, "\n\n")).json().events, 0);
});

Deno.test("POST /events decompresses gzip and zstd, also in several members", async () => {
  const [a, b] = [frames(...numbered("a", 500)), frames(...numbered("b", 500))];
  const rows: readonly (readonly [string, Uint8Array])[] = [
    ["gzip", concatBytes([gzipSync(a), gzipSync(b)])],
    ["x-gzip", gzipSync(concatBytes([a, b]))],
    ["zstd", concatBytes([zstdCompressSync(a), zstdCompressSync(b)])],
    ["ZSTD", zstdCompressSync(concatBytes([a, b]))],
    ["identity", concatBytes([a, b])],
  ];
  for (const [encoding, body] of rows) {
    await using bench = await Bench.start();
    const answer = await push(bench, body as BodyInit, { "content-encoding": encoding });
    assert.equal(answer.json().events, 1000, encoding);
  }
});

Deno.test("POST /events stores what came before compressed data is torn or damaged", async () => {
  const events = numbered("t", 3000, "some content that differs ".repeat(4));
  const body = frames(...events.map((event, i): EventInit => ({ ...event, content: `${i}` })));
  for (const [encoding, whole] of [["gzip", gzipSync(body)], ["zstd", zstdCompressSync(body)]]) {
    await using bench = await Bench.start();
    const torn = (whole as Uint8Array).subarray(0, Math.floor(whole!.length * 0.8)).slice();
    const answer = await push(bench, torn, { "content-encoding": encoding as string });
    assert.equal(answer.status, 400);
    const { events: count, detail } = answer.json();
    assert.match(detail, /ends too early/);
    if (encoding === "gzip") assert.ok(count > 100 && count < 3000, `${count}`);
    assert.equal((await stored(bench)).length, count);
    const noise = await push(bench, body, { "content-encoding": encoding as string });
    assert.equal(noise.status, 400);
    assert.match(noise.json().detail, /does not begin as/);
  }
});

Deno.test("POST /events takes no more than 8 MiB of history for zstd", async () => {
  await using bench = await Bench.start();
  // The header of a frame that asks for a window of 16 MiB (RFC 8878, 3.1.1.1.2).
  const frame = new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 0x00, 14 << 3, 1, 0, 0]);
  const answer = await push(bench, frame, { "content-encoding": "zstd" });
  assert.equal(answer.status, 400);
  assert.match(answer.json().detail, /window must have at most 8388608 bytes/);
});

Deno.test("POST /events saves while the body comes, and reads on as that is saved", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  store.hold();
  const piece = frames(...numbered("s", 1000, "x".repeat(1000)));
  const pieces = Array.from({ length: 40 }, () => piece);
  let sent = 0;
  const answer = push(bench, streamed(pieces, (index) => void (sent = index)));
  await until(() => store.saves.length > 0);
  const taken = await resting(() => sent);
  assert.ok(taken < 30, `${taken} MB were taken while nothing was saved`);
  assert.ok(store.saves.length <= 3);
  store.release();
  const { events, duplicates } = (await answer).json();
  assert.equal(events + duplicates, 40_000);
});

Deno.test("POST /events stores events of a body that goes on slowly before it ends", async () => {
  await using bench = await Bench.start();
  const end = Promise.withResolvers<void>();
  const body = streamed([frame({ id: "early" }), frame({ id: "late" })], async (index) => {
    if (index === 1) await end.promise;
  });
  const answer = push(bench, body);
  await until(() => (bench.store?.cursor ?? 0) === 1);
  end.resolve();
  assert.equal((await answer).json().events, 2);
});

Deno.test("POST /events answers a full disk with 503, says what is stored, and sending again is safe", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  const full = new EventWriteError("Cannot store: the disk is full", {
    retryable: true,
    isDiskFull: true,
  });
  store.failures.push(full);
  const body = frames(...numbered("f", 10));
  const answer = await push(bench, body);
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.match(answer.json().detail, /disk is full/);
  assert.equal(answer.json().events, 0);
  assert.deepEqual((await ask(bench, "/readyz")).json(), {
    ready: false,
    reasons: ["the disk is full"],
  });
  assert.equal((await push(bench, body)).json().events, 10);
  assert.equal((await ask(bench, "/readyz")).status, 200);
});

Deno.test("POST /events answers a save that cannot succeed with 500", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store });
  store.failures.push(new EventWriteError("Cannot store: broken", { retryable: false }));
  assert.equal((await push(bench, frame({}))).status, 500);
  store.failures.push(new TypeError("secret"));
  const answer = await push(bench, frame({}));
  assert.equal(answer.status, 500);
  assert.equal(answer.text.includes("secret"), false);
  assert.equal((await ask(bench, "/readyz")).json().reasons[0], "the store does not save");
});

Deno.test("POST /events is refused when too much waits to be saved", async () => {
  const store = new FakeStore();
  await using bench = await Bench.start({ store, maxPendingBytes: 20_000 });
  store.hold();
  const answer = await push(bench, frames(...numbered("p", 100, "x".repeat(1000))));
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
  await bench.notice("producer-overload");
  store.release();
});

Deno.test("POST /events runs a bounded number of bodies at once", async () => {
  await using bench = await Bench.start({ maxHttpPushes: 1 });
  const end = Promise.withResolvers<void>();
  const first = push(
    bench,
    streamed([frame({ id: "a" }), frame({ id: "b" })], (index) => {
      if (index === 1) return end.promise;
    }),
  );
  await until(() => (bench.store?.cursor ?? 0) === 1);
  assert.equal((await push(bench, frame({ id: "c" }))).status, 503);
  end.resolve();
  assert.equal((await first).status, 200);
  assert.equal((await push(bench, frame({ id: "c" }))).status, 200);
});

Deno.test("POST /events gives up a body of which nothing comes", async () => {
  await using bench = await Bench.start({ maxSilenceMs: 1000 });
  const end = Promise.withResolvers<void>();
  const answer = await push(
    bench,
    streamed([frame({ id: "a" }), frame({ id: "b" })], (index) => {
      if (index === 1) return end.promise;
    }),
  ).catch(() => undefined);
  end.resolve();
  if (answer !== undefined) {
    assert.equal(answer.status, 400);
    assert.match(answer.json().detail, /nothing came for 1000 ms/);
  }
  assert.deepEqual(await stored(bench), ["a"]);
});

Deno.test("POST /events gives up a body of known length of which nothing comes sooner", async () => {
  await using bench = await Bench.start({ stallMs: 1000 });
  const { port } = bench.collector;
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = `POST /events HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-length: 9999\r\n\r\n`;
  await client.write(encoder.encode(head));
  await client.write(frame({ id: "a" }));
  const answer = new Uint8Array(4096);
  const length = await client.read(answer) ?? 0;
  const text = new TextDecoder().decode(answer.subarray(0, length));
  assert.match(text, /^HTTP\/1\.1 400 [^]*nothing came for 1000 ms/);
  assert.deepEqual(await stored(bench), ["a"]);
});

Deno.test("POST /events stores what came of a client that leaves in the middle", async () => {
  await using bench = await Bench.start();
  const { port } = bench.collector;
  {
    using client = await Deno.connect({ hostname: "127.0.0.1", port });
    const head = `POST /events HTTP/1.1\r\nhost: localhost:${port}\r\ncontent-length: 9999\r\n\r\n`;
    await client.write(encoder.encode(head));
    await client.write(frames(...numbered("g", 3)));
    await until(() => (bench.store?.cursor ?? 0) === 3);
  }
  assert.deepEqual(await stored(bench), ["g1", "g2", "g3"]);
  await until(() => bench.notices.some(({ kind }) => kind === "request-refused"));
});

Deno.test("POST /events reaches live subscribers", async () => {
  await using bench = await Bench.start();
  await using live = await bench.connect("/live", "theia.v1");
  live.send({ content: "yes" });
  assert.equal(await live.next(), "ok");
  await live.next();
  await push(bench, frames({ id: "1", content: "no" }, { id: "2", content: "yes" }));
  assert.deepEqual((await live.nextEvents(1)).map(({ id }) => id), ["2"]);
});
