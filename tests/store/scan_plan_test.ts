import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { toRawEvent } from "../../lib/event/text_format.ts";
import { Database } from "../../lib/store/sqlite/database.ts";
import { packPart, unpackPart } from "../../lib/store/sqlite/scan_part.ts";
import { planScan } from "../../lib/store/sqlite/scan_plan.ts";
import { SpanCache } from "../../lib/store/sqlite/span_cache.ts";
import { Writer } from "../../lib/store/sqlite/writer.ts";
import { event, tempDirectory } from "./fixtures.ts";
import { forSeeds, type Random } from "../random.ts";

/** Adds blocks without content: only their spans count for a plan. */
function addSpans(path: string, spans: readonly (readonly [number, number])[]): void {
  new Writer(path)[Symbol.dispose]();
  using database = Database.openForWriting(path);
  database.transaction(() => {
    for (const [id, [min, max]] of spans.entries()) {
      database.run(
        "INSERT INTO block VALUES (?, ?, ?, 1, 1, 1, 1, 1, ?, NULL, NULL, 0)",
        id + 1,
        min,
        max,
        checksum([min, max, 1, 1, 1, 1, 1]),
      );
    }
  });
}

function checksum(figures: readonly number[]): number {
  return crc32(new Uint8Array(new Float64Array(figures).buffer));
}

const SHAPES: Readonly<Record<string, (random: Random, i: number) => [number, number]>> = {
  "one after another": (_, i) => [i * 10, i * 10 + 9],
  "touching": (_, i) => [i * 10, i * 10 + 10],
  "neighbours overlap": (random, i) => [i * 10 - random.below(15), i * 10 + random.below(15)],
  "all overlap": (random) => [random.below(5), 1e6 + random.below(5)],
  "anything": (random) => {
    const start = random.below(2000) - 1000;
    return [start, start + (random.chance(0.1) ? random.below(2000) : random.below(10))];
  },
  "one moment": () => [7, 7],
};

for (const [shape, spanOf] of Object.entries(SHAPES)) {
  Deno.test(`planScan divides time without gap or overlap, few blocks being in two parts: ${shape}`, async () => {
    await forSeeds(3, async (random) => {
      await using directory = await tempDirectory();
      const path = `${directory.path}/events.db`;
      const spans = Array.from({ length: random.int(1, 600) }, (_, i) => spanOf(random, i));
      addSpans(path, spans);
      using database = Database.openForReading(path);
      for (const order of ["asc", "desc"] as const) {
        const parts = planScan(database, { order });
        const rising = order === "asc" ? parts : parts.toReversed();
        assert.equal(rising[0]?.start, -Infinity);
        assert.equal(rising.at(-1)?.end, Infinity);
        for (const [i, part] of rising.entries()) {
          const next = rising[i + 1];
          if (next === undefined) continue;
          assert.ok(part.end < next.start);
          for (const time of [part.end, next.start, part.end + 0.5]) {
            const holders = parts.filter(({ start, end }) => start <= time && time <= end);
            assert.equal(holders.length, 1, `${time} is in ${holders.length} parts`);
          }
        }
        let read = 0;
        for (const part of parts) {
          read += part.spans.length;
          const expected = spans.filter(([min, max]) => max >= part.start && min <= part.end);
          assert.equal(part.spans.length, expected.length);
        }
        assert.ok(read <= spans.length * 1.5 + 1, `${read} blocks are read for ${spans.length}`);
        const divisible = shape === "one after another" || shape === "touching";
        if (divisible && spans.length > 200) assert.ok(parts.length > 5);
      }
    });
  });
}

Deno.test("planScan keeps to the time asked for and gives each waiting event to one part", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  addSpans(path, Array.from({ length: 100 }, (_, i) => [i * 10, i * 10 + 9]));
  using writer = new Writer(path);
  writer.save(
    Array.from({ length: 50 }, (_, i) => toRawEvent(event(`e${i}`, { timestamp: i * 20 }))),
  );
  using database = Database.openForReading(path);
  for (const order of ["asc", "desc"] as const) {
    const parts = planScan(database, { start: 105, end: 795, order });
    const rising = order === "asc" ? parts : parts.toReversed();
    assert.deepEqual([rising[0]?.start, rising.at(-1)?.end], [105, 795]);
    const times = rising.flatMap(({ journal }) => journal.map(({ event }) => event.timestamp));
    assert.deepEqual(times, Array.from({ length: 34 }, (_, i) => 120 + i * 20));
  }
});

Deno.test("unpackPart gives what packPart was given", () => {
  const part = {
    start: -Infinity,
    end: 3.5,
    spans: [
      { id: 1, minTimestamp: 0.5, maxTimestamp: 2, minArrival: 6, maxArrival: 9, events: 4 },
      {
        id: 2,
        minTimestamp: -Infinity,
        maxTimestamp: Infinity,
        minArrival: -Infinity,
        maxArrival: Infinity,
        events: 0,
      },
    ],
    journal: [{ event: toRawEvent(event("a", { content: "é" })), arrival: 7 }],
  };
  const again = unpackPart(packPart(part));
  assert.deepEqual(again.spans, part.spans);
  assert.deepEqual([again.start, again.end], [part.start, part.end]);
  assert.equal(again.journal[0]?.arrival, 7);
  assert.equal(again.journal[0]?.event.content, "é");
});

Deno.test("SpanCache sees blocks that were added, changed and removed", async () => {
  await using directory = await tempDirectory();
  const path = `${directory.path}/events.db`;
  using writer = new Writer(path);
  using database = Database.openForReading(path);
  const cache = new SpanCache(database);
  const read = () => database.snapshot(() => cache.read().map(({ events }) => events));
  const save = (prefix: string) =>
    writer.save(
      Array.from({ length: 3000 }, (_, i) => toRawEvent(event(`${prefix}${i}`, { timestamp: i }))),
    );
  assert.deepEqual(read(), []);
  save("a");
  assert.deepEqual(read(), [3000]);
  save("b");
  assert.deepEqual(read(), [3000, 3000]);
  writer.delete("a7");
  assert.deepEqual(read(), [2999, 3000]);
  save("c");
  writer.retain({ before: 1e9, maxBytes: Infinity });
  assert.deepEqual(read(), []);
  save("d");
  assert.deepEqual(read(), [3000]);
});
