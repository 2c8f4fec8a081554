import assert from "node:assert/strict";
import { createEvent } from "../../../lib/event/event.ts";
import { Bench, frames } from "../fixtures.ts";
import { ask, leaveSearch, push } from "./fixtures.ts";

async function filled(): Promise<Bench> {
  const bench = await Bench.start();
  await bench.store?.save([
    createEvent({ id: "a", timestamp: 30, source: "/web", tags: ["x", "y"] }),
    createEvent({ id: "b", timestamp: 61, source: "/db", tags: ["y"] }),
    createEvent({ id: "c", timestamp: 119.5, source: "/web" }),
    createEvent({ id: "d", timestamp: -1, source: "" }),
  ]);
  return bench;
}

Deno.test("GET /stats counts all, with figures of the store", async () => {
  await using bench = await filled();
  const { headers, json } = await ask(bench, "/stats");
  assert.equal(headers.get("content-type"), "application/json");
  const { elapsed_ms, store: { raw_bytes, stored_bytes, ...store }, ...rest } = json();
  assert.deepEqual(rest, {
    matched: 4,
    scanned: 4,
    cursor: 4,
    interval: null,
    by: null,
    buckets: [],
    groups: [],
    other_events: 0,
  });
  assert.deepEqual(store, { events: 4, oldest: -1, newest: 119.5, damaged: 0 });
  assert.ok(elapsed_ms >= 0 && raw_bytes > 0 && stored_bytes > 0);
});

Deno.test("GET /stats counts by stretch of time, source and tag", async () => {
  await using bench = await filled();
  const bySource = (await ask(bench, "/stats?interval=60&by=source")).json();
  assert.deepEqual(bySource.buckets, [[-60, 1], [0, 1], [60, 2]]);
  assert.deepEqual(bySource.groups, [
    { key: "/web", count: 2, buckets: [[0, 1], [60, 1]] },
    { key: "", count: 1, buckets: [[-60, 1]] },
    { key: "/db", count: 1, buckets: [[60, 1]] },
  ]);
  const byTag = (await ask(bench, "/stats?by=tag&top=1")).json();
  assert.deepEqual(byTag.groups, [{ key: "", count: 2, buckets: [] }]);
  assert.equal(byTag.other_events, 3);
  assert.equal(byTag.by, "tag");
});

Deno.test("GET /stats counts what matches, whatever order and limit say", async () => {
  await using bench = await filled();
  const rows = [
    ["source=/web", 2],
    ["tags=y", 2],
    ["tags=y{1,2}", 2],
    ["tags=y{1,},", 2],
    ["start=0&end=100", 2],
    ["since=3", 1],
    ["limit=1&order=desc", 4],
    ["id=nope", 0],
  ] as const;
  for (const [query, matched] of rows) {
    assert.equal((await ask(bench, `/stats?${query}`)).json().matched, matched, query);
  }
});

Deno.test("GET /stats of an empty store tells no times", async () => {
  await using bench = await Bench.start();
  const { store, matched } = (await ask(bench, "/stats?interval=0.5")).json();
  assert.equal(matched, 0);
  assert.deepEqual([store.oldest, store.newest], [null, null]);
});

Deno.test("GET /stats takes an interval with units", async () => {
  await using bench = await Bench.start();
  await push(bench, frames({ id: "a", timestamp: 100 }, { id: "b", timestamp: 5500 }));
  const rows = { "90": 90, "90s": 90, "1m": 60, "1h30m": 5400, "1D": 86_400, "500ms": 0.5 };
  for (const [text, seconds] of Object.entries(rows)) {
    const { interval, buckets } = (await ask(bench, `/stats?interval=${text}`)).json();
    assert.equal(interval, seconds);
    assert.equal(buckets[0][0], Math.floor(100 / seconds) * seconds, text);
  }
});

Deno.test("GET /stats refuses an interval that gives too many buckets", async () => {
  await using bench = await Bench.start();
  const events = Array.from({ length: 100_001 }, (_, i) => createEvent({ timestamp: i }));
  await bench.store?.save(events);
  const answer = await ask(bench, "/stats?interval=1");
  assert.equal(answer.status, 400);
  assert.equal(answer.json().parameter, "interval");
});

Deno.test("GET /stats stops counting when its client leaves", async () => {
  await leaveSearch("/stats");
});
