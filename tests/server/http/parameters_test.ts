import assert from "node:assert/strict";
import { readInstant } from "../../../lib/server/http/instant.ts";
import { NO_TIMES, TIME_WORDS, WORDS_NOW } from "../../time_words.ts";
import { Bench, frames } from "../fixtures.ts";
import { ask, askRaw, push } from "./fixtures.ts";

/** Path, query, and the parameter that is named. */
const WRONG: readonly (readonly [path: string, query: string, parameter: string])[] = [
  ["/events", "limit=-1", "limit"],
  ["/events", "limit=", "limit"],
  ["/events", "limit=1.5", "limit"],
  ["/events", "limit=1e3", "limit"],
  ["/events", "limit=99999999999999999999", "limit"],
  ["/events", "since=x", "since"],
  ["/events", "order=up", "order"],
  ["/events", "order=", "order"],
  ["/events", "start=soon", "start"],
  ["/events", "start=", "start"],
  ["/events", "start=2026-02-30T00:00:00Z", "start"],
  ["/events", "start=2026-03-01T08", "start"],
  ["/events", "start=1h2h", "start"],
  ["/stats", "end=25:00", "end"],
  ["/events", "start=Infinity", "start"],
  ["/events", "start=1e999", "start"],
  ["/events", "end=NaN", "end"],
  ["/events", "end=0x10", "end"],
  ["/events", "content=(", "content"],
  ["/events", "source=*", "source"],
  ["/events", "id=[", "id"],
  ["/events", "tags=a&tags=(", "tags"],
  ["/events", "format=xml", "format"],
  ["/events", "download=yes", "download"],
  ["/events", "frmat=json", "frmat"],
  ["/events", "limit=1&limit=1", "limit"],
  ["/events", "content=a&content=b", "content"],
  ["/events", "__proto__=1", "__proto__"],
  ["/events", "constructor=1", "constructor"],
  ["/events", "=1", ""],
  ["/events/x", "format=no", "format"],
  ["/events/x", "limit=1", "limit"],
  ["/stats", "interval=0", "interval"],
  ["/stats", "interval=-5", "interval"],
  ["/stats", "interval=abc", "interval"],
  ["/stats", "interval=1e999", "interval"],
  ["/stats", "interval=", "interval"],
  ["/stats", "interval=1y", "interval"],
  ["/stats", "interval=0m", "interval"],
  ["/stats", "interval=-1m", "interval"],
  ["/stats", "by=x", "by"],
  ["/stats", "top=-1", "top"],
  ["/stats", "top=1.5", "top"],
  ["/stats", "format=json", "format"],
  ["/healthz", "x=1", "x"],
  ["/metrics", "x=1", "x"],
  ["/openapi.json", "x=1", "x"],
];

Deno.test("Each wrong parameter is answered with 400 and named", async () => {
  await using bench = await Bench.start();
  for (const [path, query, parameter] of WRONG) {
    const answer = await ask(bench, `${path}?${query}`);
    assert.equal(answer.status, 400, `${path}?${query}`);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    const problem = answer.json();
    assert.equal(problem.parameter, parameter, `${path}?${query}`);
    assert.equal(problem.status, 400);
    assert.equal(problem.title, "Bad request");
    assert.match(problem.detail, /^Cannot /);
  }
});

Deno.test("A time for 'since' is told of 'start'", async () => {
  await using bench = await Bench.start();
  const { detail } = (await ask(bench, "/events?since=1h")).json();
  assert.match(detail, /'since' must be .*, a cursor \(times are start and end\): .*"1h"$/);
});

Deno.test("A wrong parameter is shown shortened", async () => {
  await using bench = await Bench.start();
  const answer = await ask(bench, `/events?limit=${"9".repeat(5000)}`);
  assert.equal(answer.status, 400);
  assert.ok(answer.json().detail.length < 300);
});

Deno.test("An address that is too long is answered with 414, a million bytes of it with an error", async () => {
  await using bench = await Bench.start();
  const long = await ask(bench, `/events?content=${"a".repeat(20_000)}`);
  assert.equal(long.status, 414);
  const huge = await askRaw(bench, `GET /events?content=${"a".repeat(1_000_000)}`).catch(() => {});
  assert.ok(huge === undefined || huge.status >= 400);
  assert.equal((await ask(bench, "/healthz")).status, 200);
});

Deno.test("Patterns may hold what addresses escape", async () => {
  await using bench = await Bench.start();
  for (const pattern of ["a+b", "100%", "[&=]", "\u00e4\ud83d\ude00", " ", "#", "\\n", "\ufffd"]) {
    const answer = await ask(bench, `/events?content=${encodeURIComponent(pattern)}`);
    assert.equal(answer.status, 200, pattern);
  }
  assert.equal((await askRaw(bench, "GET /events?content=%ff%00%")).status, 200);
});

Deno.test("readInstant reads times by the words of all", () => {
  for (const [text, seconds] of Object.entries(TIME_WORDS)) {
    const { searchParams } = new URL(`http://localhost/?start=${text}`);
    // An address that was not escaped: a + is a blank.
    assert.equal(readInstant(searchParams.get("start") ?? "", WORDS_NOW), seconds, text);
    assert.equal(readInstant(text, WORDS_NOW), seconds, text);
  }
  for (const text of NO_TIMES) {
    assert.throws(() => readInstant(text, WORDS_NOW), { name: "TimeTextError" }, text);
  }
});

Deno.test("GET /events and /stats take times by the words of all, and say why something is none", async () => {
  await using bench = await Bench.start();
  for (const text of Object.keys(TIME_WORDS)) {
    for (const path of ["/events", "/stats"]) {
      const query = new URLSearchParams({ start: text, end: text });
      assert.equal((await ask(bench, `${path}?${query}`)).status, 200, text);
    }
  }
  const rows: readonly (readonly [string, RegExp])[] = [
    ["2026-02-30", /'end' must be a time: there is no such day .*: current value is "2026-02-30"$/],
    ["1h2h", /: the unit 'h' must not be given twice: /],
    ["soon", /: expected seconds since 1970 \(1795341600\), .*, now, today or yesterday: /],
  ];
  for (const [text, detail] of rows) {
    const answer = await ask(bench, `/events?end=${text}`);
    assert.equal(answer.status, 400);
    assert.equal(answer.json().parameter, "end");
    assert.match(answer.json().detail, detail);
  }
});

Deno.test("GET /events counts times before now back from now", async () => {
  await using bench = await Bench.start();
  const now = Date.now() / 1000;
  await push(
    bench,
    frames({ id: "old", timestamp: now - 7200 }, { id: "new", timestamp: now - 600 }),
  );
  const ids = async (query: string) =>
    (await ask(bench, `/events?${query}`)).text.match(/"id":"\w+"/g);
  assert.deepEqual(await ids("start=15m"), ['"id":"new"']);
  assert.deepEqual(await ids("start=3h&end=1h+ago"), ['"id":"old"']);
  assert.deepEqual(await ids("start=now-3h&end=now"), ['"id":"old"', '"id":"new"']);
});

Deno.test("readInstant reads seconds and ISO 8601 with a zone, to the nearest double", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["0", 0],
    ["-1.5", -1.5],
    ["1700000000.1234567", 1700000000.1234567],
    ["1.7e9", 1.7e9],
    ["2023-11-14T22:13:20Z", 1700000000],
    ["2023-11-14t22:13:20z", 1700000000],
    ["2023-11-14 22:13:20Z", 1700000000],
    ["2023-11-14T22:13Z", 1699999980],
    ["2023-11-14T22:13:20.1Z", 1700000000.1],
    ["2023-11-14T22:13:20.1234567Z", 1700000000.1234567],
    ["2023-11-14T23:13:20+01:00", 1700000000],
    ["2023-11-14T23:13:20+0100", 1700000000],
    ["2023-11-14T23:13:20 01:00", 1700000000],
    ["2023-11-14T21:13:20-01:00", 1700000000],
    ["1969-12-31T23:59:59.5Z", -0.5],
    ["2024-02-29T00:00:00Z", 1709164800],
    ["2024-02-29T24:00:00Z", 1709251200],
    ["2024-02-29T24:00:00.5Z", 1709251200.5],
    ["1e-3", 0.001],
    ["5.", 5],
    [" 5", 5],
  ];
  for (const [text, expected] of rows) assert.equal(readInstant(text, 0), expected, text);
  const none = ["2023-02-29T00:00:00Z", "2023-13-01T00:00:00Z", "2023-11-14T25:00:00Z"];
  for (const text of [...none, "2023-11-14T22:13:20+1", "", "five", "1,5", "١"]) {
    assert.throws(() => readInstant(text, 0), { name: "TimeTextError" }, text);
  }
});
