import assert from "node:assert/strict";
import { countFound, EventCounter } from "../../lib/store/event_counter.ts";
import { packCounts, unpackCounts } from "../../lib/store/sqlite/packed_counts.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import {
  type CountOptions,
  MAX_BUCKETS,
  MAX_GROUP_BUCKETS,
  MAX_GROUPS,
} from "../../lib/store/store.ts";
import { forSeeds, type Random } from "../random.ts";
import { event, events } from "./fixtures.ts";
import { countNaively, withoutFigures } from "./naive_counts.ts";

const FIGURES = { scanned: 0, cursor: 0 };

/** The start of the bucket of each time. */
function starts(interval: number, timestamps: readonly number[]): readonly unknown[] {
  const counter = new EventCounter({ interval });
  return timestamps.map((timestamp) => counter.bucketOf(timestamp));
}

function randomEvents(random: Random) {
  return Array.from({ length: random.below(300) }, (_, i) =>
    event(`${i}`, {
      timestamp: random.below(1000) / 8 - 50,
      source: random.pick(["", "a", "b", "ä", "🐞", "\uffee"]),
      tags: Array.from({ length: random.below(4) }, () => random.pick(["x", "y", "z"])),
    }));
}

function randomOptions(random: Random): CountOptions {
  return {
    ...(random.chance(0.7) ? { interval: random.pick([0.1, 1, 7.5, 60, 1e9]) } : {}),
    ...(random.chance(0.7) ? { by: random.pick(["source", "tag"] as const) } : {}),
    ...(random.chance(0.5) ? { top: random.below(5) } : {}),
  };
}

Deno.test("EventCounter.bucketOf gives multiples of the interval, also of negative and huge times", () => {
  assert.deepEqual(starts(60, [-60.5, -60, -0.5, 0, 59.999, 60]), [-120, -60, -60, 0, 0, 60]);
  assert.deepEqual(starts(0.25, [0.2, 0.25, 0.3]), [0, 0.25, 0.25]);
  assert.deepEqual(starts(1e300, [-1, 1]), [-1e300, 0]);
  assert.deepEqual(starts(0.5, [1e308, Number.MAX_VALUE]), [1e308, Number.MAX_VALUE]);
  assert.deepEqual(starts(5e-324, [1e-320, 2]), [1e-320, 2]);
  assert.equal(new EventCounter().bucketOf(1), undefined);
});

Deno.test("EventCounter counts as a naive count does, in one piece and merged from parts", async () => {
  await forSeeds(100, (random) => {
    const sent = randomEvents(random);
    const options = randomOptions(random);
    const whole = new EventCounter(options);
    const merged = new EventCounter(options);
    for (let i = 0; i < sent.length;) {
      const part = new EventCounter(options);
      const size = 1 + random.below(100);
      for (const item of sent.slice(i, i += size)) {
        part.add(item);
        whole.add(item);
      }
      merged.merge(unpackCounts(structuredClone(packCounts(part.partial()))));
    }
    const expected = countNaively(sent, options);
    assert.deepEqual(withoutFigures(whole.counts(FIGURES)), expected);
    assert.deepEqual(withoutFigures(merged.counts(FIGURES)), expected);
    assert.equal(whole.matched, sent.length);
  });
});

Deno.test("EventCounter.addMany adds events that are alike, once for each of their tags", () => {
  const counter = new EventCounter({ interval: 10, by: "tag" });
  counter.addMany(3, 10, { source: "", tags: ["x", "y", "x"] });
  counter.addMany(0, 20, { source: "", tags: ["none"] });
  assert.deepEqual(counter.counts(FIGURES), {
    matched: 3,
    ...FIGURES,
    buckets: [{ start: 10, count: 3 }],
    groups: ["x", "y"].map((key) => ({ key, count: 3, buckets: [{ start: 10, count: 3 }] })),
    otherEvents: 0,
  });
});

Deno.test("EventCounter refuses more buckets than there may be, of all and of all groups", () => {
  const counter = new EventCounter({ interval: 1 });
  const add = (timestamp: number) => counter.add({ timestamp, source: "", tags: [] });
  for (let i = 0; i < MAX_BUCKETS; i++) add(i);
  add(0.5);
  assert.throws(() => add(MAX_BUCKETS), RangeError);
  const grouped = new EventCounter({ interval: 1, by: "source" });
  const perGroup = MAX_GROUP_BUCKETS / 20;
  for (let i = 0; i < MAX_GROUP_BUCKETS; i++) {
    grouped.addMany(1, i % perGroup, { source: `${Math.floor(i / perGroup)}`, tags: [] });
  }
  assert.throws(
    () => grouped.addMany(1, perGroup, { source: "0", tags: [] }),
    /'interval' must not give more than 1000000 buckets of all groups together.*value is 1/,
  );
});

Deno.test("EventCounter counts together what are too many groups or too long keys", () => {
  const many = new EventCounter({ by: "source", top: MAX_GROUPS });
  for (let i = 0; i < MAX_GROUPS + 5; i++) many.addMany(2, undefined, labels(`${i}`));
  const counts = many.counts(FIGURES);
  const listed = counts.groups.reduce((sum, { count }) => sum + count, 0);
  assert.equal(listed + counts.otherEvents, counts.matched);
  assert.ok(counts.groups.length >= MAX_GROUPS / 2 && counts.groups.length <= MAX_GROUPS);
  const long = new EventCounter({ by: "source", top: 1000 });
  for (let i = 0; i < 300; i++) long.addMany(1, undefined, labels(`${i}`.padEnd(64 << 10, "x")));
  const { groups, otherEvents } = long.counts(FIGURES);
  assert.equal(groups.length + otherEvents, 300);
  assert.ok(groups.length >= 128 && groups.length <= 256, `${groups.length}`);
});

Deno.test("EventCounter finds the greatest groups, however late they begin and however many there are", () => {
  const options = { interval: 3600, by: "source", top: 2 } as const;
  const whole = new EventCounter(options);
  const merged = new EventCounter(options);
  for (let part = 0; part < 3; part++) {
    const counter = new EventCounter(options);
    for (let i = 0; i < MAX_GROUPS; i++) {
      for (const each of [whole, counter]) each.addMany(1, part * 3600, labels(`${part}-${i}`));
    }
    if (part === 0) continue;
    for (const each of [whole, counter]) each.addMany(70, part * 3600, labels("late"));
    for (const each of [whole, counter]) each.addMany(60, part * 3600, labels("later"));
    merged.merge(unpackCounts(structuredClone(packCounts(counter.partial()))));
  }
  for (const counter of [whole, merged]) {
    const { groups, otherEvents, matched } = counter.counts(FIGURES);
    assert.deepEqual(
      groups.map(({ key, count, buckets }) => [key, count, buckets.length]),
      [["late", 140, 2], ["later", 120, 2]],
    );
    assert.equal(otherEvents, matched - 260);
  }
});

function labels(source: string) {
  return { source, tags: [] };
}

Deno.test("EventCounter refuses options out of range, naming them", () => {
  for (const interval of [0, -1, NaN, Infinity]) {
    assert.throws(
      () => new EventCounter({ interval }),
      /^RangeError: Cannot count events as 'interval' must be a finite number more than 0/,
    );
  }
  for (const top of [-1, 1.5, Infinity]) assert.throws(() => new EventCounter({ top }), /'top'/);
});

Deno.test("countFound counts what a store finds, whatever order and limit", async () => {
  await using store = new MemoryStore();
  await store.save(events("a", 10));
  const counts = await countFound(store, { limit: 2, order: "desc", start: 5 }, { interval: 2 });
  assert.deepEqual(counts, {
    matched: 5,
    scanned: 10,
    cursor: 10,
    buckets: [{ start: 4, count: 1 }, { start: 6, count: 2 }, { start: 8, count: 2 }],
    groups: [],
    otherEvents: 0,
  });
});
