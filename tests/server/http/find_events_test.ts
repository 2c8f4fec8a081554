import assert from "node:assert/strict";
import { CriteriaError } from "../../../lib/event/criteria.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { eventToJson } from "../../../lib/event/event_json.ts";
import { EventReadError } from "../../../lib/store/store.ts";
import { Bench, frame, frames, numbered, until } from "../fixtures.ts";
import { readEvents } from "../test_client.ts";
import {
  ask,
  askRaw,
  bigBatch,
  connectRaw,
  leaveSearch,
  never,
  push,
  resting,
  SearchedStore,
} from "./fixtures.ts";

const JSON_LINES = "application/x-ndjson";
const THEIA = "application/vnd.theia.events";

async function filled(): Promise<Bench> {
  const bench = await Bench.start();
  await bench.store?.save([
    createEvent({
      id: "a",
      timestamp: 100,
      source: "/web",
      tags: ["x", "y"],
      content: "GET / 200",
    }),
    createEvent({ id: "b", timestamp: 200, source: "/db", tags: ["y"], content: "slow\nquery" }),
    createEvent({ id: "c", timestamp: 300.5, source: "/web", content: "\x1b[31m 500 \u2028" }),
  ]);
  return bench;
}

async function idsOf(bench: Bench, query: string): Promise<string> {
  const { status, text } = await ask(bench, `/events?${query}`);
  assert.equal(status, 200, text);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line).id).join("");
}

Deno.test("GET /events finds by each criterion", async () => {
  await using bench = await filled();
  const rows: readonly (readonly [string, string])[] = [
    ["", "abc"],
    ["order=desc", "cba"],
    ["limit=2", "ab"],
    ["limit=0", ""],
    ["source=/w", "ac"],
    ["id=b", "b"],
    ["content=2.0|5.0", "ac"],
    ["start=200", "bc"],
    ["start=200&end=200", "b"],
    ["end=300.5", "abc"],
    ["end=300.4", "ab"],
    ["end=0", "abc"],
    ["start=1970-01-01T00:03:20Z", "bc"],
    ["start=1970-01-01T01:03:20%2B01:00&end=1970-01-01T00:03:20.000Z", "b"],
    ["tags=y", "ab"],
    ["tags=x&tags=y", "a"],
    ["tags=x,y", "a"],
    ["tags=", "abc"],
    ["since=2", "c"],
    ["source=", "abc"],
  ];
  for (const [query, ids] of rows) assert.equal(await idsOf(bench, query), ids, query);
});

Deno.test("GET /events gives events in each form, chosen by format or Accept", async () => {
  await using bench = await filled();
  const json = await ask(bench, "/events?limit=1");
  assert.equal(json.headers.get("content-type"), JSON_LINES);
  assert.deepEqual(json.json(), {
    id: "a",
    timestamp: 100,
    source: "/web",
    tags: ["x", "y"],
    content: "GET / 200",
    headers: [],
  });
  const theia = await ask(bench, "/events?format=theia", { headers: { accept: "text/plain" } });
  assert.equal(theia.headers.get("content-type"), THEIA);
  assert.deepEqual(readEvents(new TextEncoder().encode(theia.text)).map(({ id }) => id), [
    "a",
    "b",
    "c",
  ]);
  const text = await ask(bench, "/events?format=text");
  assert.equal(text.headers.get("content-type"), "text/plain; charset=utf-8");
  assert.equal(text.text.split("\n")[0], "1970-01-01T00:01:40.000Z [/web] x,y: GET / 200");
  assert.match(text.text, /\\x1b\[31m 500/);
  const accepted = [
    [THEIA, THEIA],
    ["text/plain;q=0.5, application/vnd.theia.events", THEIA],
    ["text/plain", "text/plain; charset=utf-8"],
    ["text/html,*/*;q=0.8", JSON_LINES],
    ["image/png", JSON_LINES],
    ["text/plain;q=0, */*", JSON_LINES],
  ] as const;
  for (const [accept, type] of accepted) {
    const { headers } = await ask(bench, "/events", { headers: { accept } });
    assert.equal(headers.get("content-type"), type, accept);
  }
});

Deno.test("GET /events returns in Theia's format what came, byte for byte", async () => {
  await using bench = await Bench.start();
  const header = "Tags:b\nid: odd \nx-own: 1\ntimestamp:1700000000.123456789\n";
  const bytes = new TextEncoder().encode(
    `event: ${header.length + 6} ${header.length} 6\n${header}hällo\n`,
  );
  assert.equal((await push(bench, bytes)).status, 200);
  const { text } = await ask(bench, "/events?format=theia");
  assert.equal(text, new TextDecoder().decode(bytes));
});

Deno.test("GET /events and /stats are compressed for those who take gzip", async () => {
  await using bench = await filled();
  for (const path of ["/events", "/stats?by=source", "/events?limit=0", "/events?format=text"]) {
    const plain = await askRaw(bench, `GET ${path}`);
    assert.equal(plain.headers.get("content-encoding"), null);
    assert.match(plain.headers.get("vary") ?? "", /accept-encoding/);
    const packed = await askRaw(bench, `GET ${path}`, { "accept-encoding": "br, gzip" });
    assert.equal(packed.headers.get("content-encoding"), "gzip");
    const read = await ask(bench, path, { headers: { "accept-encoding": "gzip" } });
    if (path !== "/stats?by=source") assert.ok(plain.text.includes(read.text), path);
    else assert.equal(read.json().matched, 3);
  }
  const head = await askRaw(bench, "HEAD /events", { "accept-encoding": "gzip" });
  assert.equal(head.headers.get("content-encoding"), "gzip");
  const wrong = await askRaw(bench, "GET /events?x=1", { "accept-encoding": "gzip" });
  assert.equal(wrong.headers.get("content-encoding"), null);
  assert.equal(wrong.json().parameter, "x");
});

Deno.test("GET /events offers its answer as a file", async () => {
  await using bench = await filled();
  for (const [format, name] of [["json", "ndjson"], ["theia", "theia"], ["text", "txt"]]) {
    const { headers } = await ask(bench, `/events?format=${format}&download=1`);
    assert.equal(headers.get("content-disposition"), `attachment; filename="events.${name}"`);
  }
  assert.equal((await ask(bench, "/events?download=0")).headers.get("content-disposition"), null);
});

Deno.test("GET /events says by its cursor from where to follow, with no gap and nothing twice", async () => {
  await using bench = await Bench.start();
  await push(bench, frames(...numbered("a", 10)));
  const { headers, text } = await ask(bench, "/events");
  const cursor = Number(headers.get("theia-cursor"));
  const found = text.trim().split("\n").map((line) => JSON.parse(line).id);
  await push(bench, frames(...numbered("b", 5)));
  await using live = await bench.connect("/live", "theia.v1");
  live.send({ since: cursor });
  const followed = await live.nextEvents(5);
  const all = [...found, ...followed.map(({ id }) => id)];
  assert.deepEqual(all, [
    ...numbered("a", 10).map(({ id }) => id),
    ...numbered("b", 5).map(({ id }) => id),
  ]);
});

Deno.test("GET /events writes what any other program reads as JSON", async () => {
  await using bench = await filled();
  const { text } = await ask(bench, "/events?id=c");
  const event = await bench.store?.get("c");
  assert.ok(event);
  assert.equal(text, `${eventToJson(event)}\n`);
});

Deno.test("GET /events sends what is found while the search goes on", async () => {
  const store = new SearchedStore();
  store.makeBatches = async function* (signal) {
    yield bigBatch(1);
    await never(signal);
  };
  await using bench = await Bench.start({ store });
  const { port } = bench.collector;
  const response = await fetch(`http://127.0.0.1:${port}/events`);
  const reader = response.body?.getReader();
  const first = await reader?.read();
  assert.ok((first?.value?.length ?? 0) > 1000);
  assert.equal(store.ended, 0);
  await reader?.cancel();
  await until(() => store.ended === 1);
});

Deno.test("GET /events begins its answer while nothing is found, so that a client that leaves is noticed", async () => {
  assert.equal(await leaveSearch("/events"), 200);
});

Deno.test("GET /events begins its answer sooner where no pattern may run away", async () => {
  const store = new SearchedStore();
  // deno-lint-ignore require-yield -- it finds nothing
  store.makeBatches = async function* (signal, onTurn) {
    onTurn();
    await never(signal);
  };
  await using bench = await Bench.start({ store });
  const order: string[] = [];
  const url = `http://127.0.0.1:${bench.collector.port}`;
  const paths = [
    "/events?content=(%3F!x)y",
    "/events?content=y",
    "/stats?start=0&end=9&interval=1",
  ];
  await Promise.all(paths.map(async (path) => {
    const { body } = await fetch(`${url}${path}`);
    order.push(path);
    await body?.cancel();
  }));
  assert.equal(order.at(-1), paths[0]);
  await until(() => store.ended === paths.length);
});

Deno.test("GET /events waits with its answer until a pattern that may run away gets its turn", async () => {
  const store = new SearchedStore();
  const turn = Promise.withResolvers<void>();
  store.makeBatches = async function* (signal, onTurn) {
    await turn.promise;
    onTurn();
    yield bigBatch(1);
    await never(signal);
  };
  await using bench = await Bench.start({ store });
  const url = `http://127.0.0.1:${bench.collector.port}`;
  let hasBegun = false;
  const waiting = fetch(`${url}/events?content=(%3F!x)y`).finally(() => hasBegun = true);
  // It does not wait for a turn, but otherwise as long.
  const counted = await fetch(`${url}/stats?interval=1`);
  await ask(bench, "/healthz");
  assert.equal(hasBegun, false);
  turn.resolve();
  const { status, body } = await waiting;
  assert.equal(status, 200);
  await Promise.all([body?.cancel(), counted.body?.cancel()]);
  await until(() => store.ended === 2);
});

Deno.test("GET /events answers several patterns that run away at once, each with 400", async () => {
  await using bench = await Bench.start();
  await push(bench, frame({ content: "a".repeat(40) + "!" }));
  const query = `content=${encodeURIComponent("^(a)\\1(?:a+)+$")}`;
  const paths = ["events", "stats", "events"].map((path) => `/${path}?${query}`);
  for (const answer of await Promise.all(paths.map((path) => ask(bench, path)))) {
    assert.equal(answer.status, 400);
    assert.equal(answer.json().parameter, "content");
    assert.match(answer.json().detail, /took longer than/);
  }
});

Deno.test("GET /events reads no further than its client, and stops when that leaves", async () => {
  const store = new SearchedStore();
  store.makeBatches = async function* () {
    for (;;) yield bigBatch();
  };
  await using bench = await Bench.start({ store });
  {
    using _client = await connectRaw(bench, "GET /events");
    // What the sockets of both sides hold is sent; then nothing more is searched for.
    const batches = await resting(() => store.batches);
    assert.ok(batches < 64, `${batches} MB were read ahead`);
    assert.equal(store.ended, 0);
  }
  await until(() => store.ended === 1);
  await until(() => bench.notices.every(({ kind }) => kind !== "search-failed"));
});

Deno.test("GET /events gives up a client that reads nothing, and breaks its connection", async () => {
  const store = new SearchedStore();
  store.makeBatches = async function* () {
    for (;;) yield bigBatch();
  };
  await using bench = await Bench.start({ store, stallMs: 200 });
  using client = await connectRaw(bench, "GET /events");
  const { client: info } = await bench.notice("stalled-client");
  assert.equal(info.path, "/events");
  await until(() => store.ended === 1);
  const read = await new Response(client.readable).text();
  assert.ok(!read.endsWith("0\r\n\r\n"), "the answer ended as if it were whole");
});

Deno.test("GET /events breaks the connection when the search fails in the middle", async () => {
  const store = new SearchedStore();
  const go = Promise.withResolvers<void>();
  store.makeBatches = async function* () {
    yield bigBatch(1);
    await go.promise;
    throw new EventReadError("the disk is gone");
  };
  await using bench = await Bench.start({ store });
  const response = await fetch(`http://127.0.0.1:${bench.collector.port}/events`);
  const reader = response.body?.getReader();
  await reader?.read();
  go.resolve();
  await assert.rejects(async () => {
    while ((await reader?.read())?.done === false);
  });
  const { error } = await bench.notice("search-failed");
  assert.match(String(error), /the disk is gone/);
  assert.ok(bench.notices.every(({ kind }) => kind !== "request-refused"));
});

Deno.test("GET /events does not take a pattern that runs away for a failure of the store", async () => {
  const store = new SearchedStore();
  await using bench = await Bench.start({ store });
  for (const isLate of [false, true]) {
    store.makeBatches = async function* () {
      if (isLate) yield bigBatch(1);
      throw new CriteriaError("a pattern took longer");
    };
    const answer = ask(bench, "/events?content=x");
    if (isLate) await assert.rejects(answer);
    else assert.equal((await answer).status, 400);
    await until(() => store.ended === Number(isLate) + 1);
  }
  const kinds = bench.notices.map(({ kind }) => kind);
  assert.equal(kinds.filter((kind) => kind === "criteria-refused").length, 2);
  assert.ok(!kinds.includes("search-failed"));
  assert.doesNotMatch((await ask(bench, "/metrics")).text, /search_failures_total\{/);
});

Deno.test("GET /events answers an error before the first event by its status", async () => {
  const store = new SearchedStore();
  await using bench = await Bench.start({ store });
  const rows = [
    [new EventReadError("unreadable"), 503, "unreadable", undefined],
    [new CriteriaError("a pattern took longer"), 400, "took longer", "content"],
    [new Error("inner secret"), 500, "The collector failed", undefined],
  ] as const;
  for (const [error, status, detail, parameter] of rows) {
    // deno-lint-ignore require-yield -- it fails
    store.makeBatches = async function* () {
      await Promise.resolve();
      throw error;
    };
    const answer = await ask(bench, "/events?content=x&source=y");
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.headers.get("theia-cursor"), null);
    assert.match(answer.json().detail, new RegExp(detail));
    assert.equal(answer.json().parameter, parameter);
    assert.equal(answer.text.includes("secret"), false);
  }
});

Deno.test("GET /events names the pattern that runs away", async () => {
  await using bench = await Bench.start();
  await push(bench, frame({ content: "a".repeat(40) + "!" }));
  const pattern = encodeURIComponent("^(a)\\1(?:a+)+$");
  const answer = await ask(bench, `/events?content=${pattern}`);
  assert.equal(answer.status, 400);
  assert.equal(answer.json().parameter, "content");
  assert.match(answer.json().detail, /took longer than/);
});

Deno.test("GET /events runs a bounded number of searches at once", async () => {
  const store = new SearchedStore();
  store.makeBatches = async function* (signal) {
    yield bigBatch(1);
    await never(signal);
  };
  await using bench = await Bench.start({ store, maxHttpSearches: 2 });
  const url = `http://127.0.0.1:${bench.collector.port}/events`;
  const first = await fetch(url);
  const second = await fetch(url);
  const third = await ask(bench, "/events");
  assert.equal(third.status, 503);
  assert.equal(third.headers.get("retry-after"), "1");
  assert.equal((await ask(bench, "/stats")).status, 503);
  await first.body?.cancel();
  await until(() => store.ended === 1);
  const fourth = await fetch(url);
  assert.equal(fourth.status, 200);
  await Promise.all([second.body?.cancel(), fourth.body?.cancel()]);
  await until(() => store.ended === 3);
});

Deno.test("GET /events of a large result arrives whole", async () => {
  await using bench = await Bench.start();
  const count = 20_000;
  await push(bench, frames(...numbered("n", count, "content of some length")));
  for (const format of ["json", "theia", "text"]) {
    const { text } = await ask(bench, `/events?format=${format}`);
    assert.equal(text.match(/content of some length/g)?.length, count);
    assert.ok(text.endsWith("\n"));
  }
});

Deno.test("GET /events/{id} gives one event, in each form", async () => {
  await using bench = await filled();
  const json = await ask(bench, "/events/b");
  assert.equal(json.json().content, "slow\nquery");
  assert.match((await ask(bench, "/events/b?format=text")).text, /\[\/db\] y: slow\nquery\n/);
  assert.match((await ask(bench, "/events/b?format=theia")).text, /^event: \d+ \d+ 10\nid:b\n/);
  const absent = await ask(bench, "/events/nope");
  assert.equal(absent.status, 404);
  assert.match(absent.json().detail, /'nope'/);
  assert.equal((await ask(bench, "/events/b?limit=1")).json().parameter, "limit");
});

Deno.test("GET /events/{id} takes ids with any characters", async () => {
  await using bench = await Bench.start();
  for (const id of ["/var/log/x:12", "a b", "50%", "ä?&=#", "..", "%2e", "\u202e"]) {
    await push(bench, frame({ id, content: `of ${id}` }));
    const answer = await ask(bench, `/events/${encodeURIComponent(id).replaceAll(".", "%2E")}`);
    if (id === "..") continue;
    assert.equal(answer.status, 200, `${id}: ${answer.text}`);
    assert.equal(answer.json().id, id);
  }
});

Deno.test("DELETE /events/{id} removes an event", async () => {
  await using bench = await filled();
  const url = "/events/b";
  assert.equal((await ask(bench, url, { method: "DELETE" })).status, 204);
  assert.equal((await ask(bench, url, { method: "DELETE" })).status, 404);
  assert.equal((await ask(bench, url)).status, 404);
  assert.equal(await idsOf(bench, ""), "ac");
});

Deno.test("A collector that keeps nothing answers what asks for stored events with 409", async () => {
  await using bench = await Bench.start("live");
  for (const path of ["/events", "/stats", "/events/x"]) {
    const answer = await ask(bench, path);
    assert.equal(answer.status, 409, path);
    assert.match(answer.json().detail, /non-persistent mode/);
  }
  assert.equal((await ask(bench, "/events/x", { method: "DELETE" })).status, 409);
  await using live = await bench.connect("/live");
  live.send({});
  assert.equal(await live.next(), "ok");
  assert.deepEqual((await push(bench, frame({ id: "l" }))).json(), {
    events: 1,
    duplicates: 0,
    rejected: [],
    rejected_total: 0,
  });
  assert.equal((await live.nextEvents(1))[0]?.id, "l");
});
