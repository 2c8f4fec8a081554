import assert from "node:assert/strict";
import type { Criteria } from "../../../lib/event/criteria.ts";
import type { CountOptions, EventStore } from "../../../lib/store/store.ts";
import { event, events, find } from "../fixtures.ts";
import { countNaively, withoutFigures } from "../naive_counts.ts";
import type { OpenStore } from "../store_contract.ts";

const STORED = [
  event("a", { timestamp: -60, source: "/var/log/a", tags: ["web", "eu"], content: "error 1" }),
  event("b", { timestamp: -0.5, source: "/var/log/a", tags: ["web"], content: "ok" }),
  event("c", { timestamp: 0, source: "", tags: [], content: "error 2" }),
  event("d", { timestamp: 59.999, source: "", tags: ["web", "web"], content: "größe" }),
  event("e", { timestamp: 60, source: "/var/log/b", tags: ["db"], content: "ERROR\n3" }),
  event("f", { timestamp: 60.1, source: "сенсор", tags: ["日本", "eu", "web"], content: "" }),
  event("g", { timestamp: 119.5, source: "/var/log/b", tags: [], content: "error 4" }),
  event("h", { timestamp: 1e9 + 0.25, source: "/var/log/b", tags: ["db"], content: "error 5" }),
];

const OPTIONS: readonly CountOptions[] = [
  {},
  { interval: 60 },
  { interval: 0.1 },
  { interval: 1e12 },
  { by: "source" },
  { by: "tag", interval: 60 },
  { by: "source", interval: 7.5, top: 2 },
  { by: "tag", top: 0 },
];

const CRITERIA: readonly Criteria[] = [
  {},
  { start: 0 },
  { end: 60 },
  { start: -0.5, end: 59.999 },
  { start: 61, end: 60 },
  { id: "[a-d]" },
  { source: "/var/log" },
  { source: "$" },
  { tags: ["web"] },
  { tags: ["web", "e."] },
  { tags: [""] },
  { content: "error" },
  { content: "(?i)error" },
  { content: "rr.r\\s\\d" },
  { content: "(?!x)error" },
  { source: "(?!x)/var", tags: ["(?!x)db"] },
  { source: "/var/log/b", tags: ["db"], content: "\\d$", start: 60 },
];

/** What {@linkcode EventStore.count} must do. */
export function testCounting(name: string, open: OpenStore): void {
  Deno.test(`${name}.count counts buckets from multiples of the interval on`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(STORED);
    const counts = await store.count({}, { interval: 60 });
    assert.deepEqual(counts.buckets, [
      { start: -60, count: 2 },
      { start: 0, count: 2 },
      { start: 60, count: 3 },
      { start: 999_999_960, count: 1 },
    ]);
    assert.equal(counts.matched, 8);
    assert.deepEqual([counts.groups, counts.otherEvents], [[], 0]);
    assert.equal(counts.cursor, store.cursor);
    assert.ok(counts.scanned >= counts.matched);
    assert.deepEqual((await store.count({})).buckets, []);
  });

  Deno.test(`${name}.count counts groups, the largest first and equal ones by key`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(STORED);
    const sources = await store.count({}, { by: "source" });
    assert.deepEqual(sources.groups.map(({ key, count }) => [key, count]), [
      ["/var/log/b", 3],
      ["", 2],
      ["/var/log/a", 2],
      ["сенсор", 1],
    ]);
    const tags = await store.count({}, { by: "tag", top: 3, interval: 60 });
    assert.deepEqual(tags.groups.map(({ key, count }) => [key, count]), [
      ["web", 4],
      ["", 2],
      ["db", 2],
    ]);
    assert.deepEqual(tags.groups[0]?.buckets, [
      { start: -60, count: 2 },
      { start: 0, count: 1 },
      { start: 60, count: 1 },
    ]);
    assert.equal(tags.otherEvents, 3);
  });

  Deno.test(`${name}.count agrees with what is found, for all criteria and options`, async () => {
    await using fixture = await open();
    await fixture.store.save(STORED);
    const store = await fixture.reopen() ?? fixture.store;
    await store.save(STORED);
    for (const criteria of CRITERIA) {
      const { events: found } = await find(store, criteria);
      for (const options of OPTIONS) {
        const counts = await store.count({ ...criteria, order: "desc", limit: 1 }, options);
        const message = `${JSON.stringify(criteria)} ${JSON.stringify(options)}`;
        assert.deepEqual(withoutFigures(counts), countNaively(found, options), message);
      }
    }
  });

  Deno.test(`${name}.count begins behind a cursor`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save(STORED);
    const since = store.cursor;
    assert.equal((await store.count({ since })).matched, 0);
    await store.save(events("later", 5));
    const counts = await store.count({ since }, { interval: 2 });
    assert.deepEqual(counts.buckets.map(({ start, count }) => [start, count]), [
      [0, 2],
      [2, 2],
      [4, 1],
    ]);
    await store.save(events("many", 5000, 1e6));
    const { arrivals } = await find(store, { start: 1e6 });
    for (const options of [{}, { interval: 60 }, { interval: 1e6, by: "source" }] as const) {
      const { matched } = await store.count({ since: arrivals[1999] ?? 0 }, options);
      assert.equal(matched, 3000, JSON.stringify(options));
    }
  });

  Deno.test(`${name}.count counts what was accepted before the call and nothing later`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    assert.equal((await store.count({}, { interval: 1, by: "tag" })).matched, 0);
    await store.save(STORED);
    const counting = store.count({}, { interval: 60, by: "source" });
    const { cursor } = store;
    const saving = store.save(events("later", 6000));
    const counts = await counting;
    assert.deepEqual([counts.matched, counts.cursor], [8, cursor]);
    assert.deepEqual(withoutFigures(counts), countNaively(STORED, { interval: 60, by: "source" }));
    await saving;
    assert.equal((await store.count({})).matched, 6008);
  });

  Deno.test(`${name}.count counts no event twice or never while others are saved`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    const saves: Promise<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      saves.push(store.save(events(`${round}-`, 400, -round)));
      if (round % 4 !== 3) continue;
      await saves.at(-3);
      const { matched, cursor, buckets } = await store.count({}, { interval: 100 });
      assert.equal(matched, cursor);
      assert.equal(buckets.reduce((sum, { count }) => sum + count, 0), cursor);
    }
    await Promise.all(saves);
  });

  Deno.test(`${name}.count leaves out what was deleted`, async () => {
    await using fixture = await open();
    const { store } = fixture;
    await store.save([...STORED, ...events("more", 3000, 200)]);
    for (const id of ["e", "more7", "more2999"]) await store.delete(id);
    const options = { interval: 60, by: "source" } as const;
    const { events: found } = await find(store);
    assert.equal(found.length, 3005);
    assert.deepEqual(withoutFigures(await store.count({}, options)), countNaively(found, options));
  });
}

/** Counts, and says with what that failed. */
export async function failureOf(
  store: EventStore,
  criteria: Criteria,
  options?: CountOptions,
): Promise<unknown> {
  try {
    await store.count(criteria, options);
    return undefined;
  } catch (error) {
    return error;
  }
}
