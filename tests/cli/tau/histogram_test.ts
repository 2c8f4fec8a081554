import { formatInterval } from "../../../lib/cli/tau/draw_histogram.ts";
import assert from "node:assert/strict";
import { countHistogram } from "../../../lib/cli/tau/count_histogram.ts";
import { Histogram, intervalFor } from "../../../lib/cli/tau/histogram.ts";
import { TimeRanges } from "../../../lib/cli/tau/time_ranges.ts";
import { createEvent } from "../../../lib/event/event.ts";
import { forSeeds } from "../../random.ts";
import { StoreFinder } from "./store_finder.ts";

const { signal } = new AbortController();

Deno.test("intervalFor gives lengths that people read, for as many stretches as there is room for", () => {
  assert.equal(intervalFor(3600, 80), 60);
  assert.equal(intervalFor(86_400, 80), 1200);
  assert.equal(intervalFor(0, 80), 0.001);
  assert.equal(intervalFor(1e12, 80) * 80 >= 1e12, true);
  for (const seconds of [0.5, 7, 59, 61, 4000, 90_000, 1e7, 1e9, 1e10]) {
    const interval = intervalFor(seconds, 80);
    assert.ok(Math.floor(seconds / interval) + 1 <= 80, `${seconds}`);
  }
});

Deno.test("countHistogram counts what is found over the time in which something is found", () =>
  forSeeds(30, async (random) => {
    await using finder = new StoreFinder();
    // Two events far away, as a broken clock makes them, and what the filter finds in between.
    const middle = 1_700_000_000;
    const span = random.pick([0.01, 5, 1000, 1e6]);
    const found = Array.from(
      { length: random.int(1, 200) },
      () => createEvent({ timestamp: middle + random.next() * span, content: "found" }),
    );
    await finder.push([
      ...found,
      createEvent({ timestamp: 1, content: "other" }),
      createEvent({ timestamp: 4e9, content: "other" }),
    ]);
    const data = await countHistogram(finder, { content: "found" }, 80, signal);
    assert.ok(data !== undefined);
    assert.ok(data.counts.length <= 81, `${data.counts.length}`);
    const histogram = new Histogram(data);
    assert.equal(histogram.total, found.length);
    const end = data.start + data.counts.length * data.interval;
    for (const { timestamp } of found) assert.ok(timestamp >= data.start && timestamp < end);
    if (found.length > 20) assert.ok(end - data.start < Math.max(span, 0.1) * 100);
  }));

Deno.test("countHistogram gives nothing for an empty store, and keeps to the times of the criteria", async () => {
  await using finder = new StoreFinder();
  assert.equal(await countHistogram(finder, {}, 80, signal), undefined);
  await finder.push([5, 15, 25].map((timestamp) => createEvent({ timestamp })));
  const data = await countHistogram(finder, { start: 10, end: 30 }, 21, signal);
  assert.deepEqual(data?.start, 10);
  assert.equal(data?.interval, 1);
  assert.deepEqual(data?.counts.flatMap((count, i) => count > 0 ? [i] : []), [5, 15]);
});

Deno.test("Histogram takes events that arrive, joins stretches into columns, and knows parts", () => {
  const histogram = new Histogram({ start: 100, interval: 10, counts: [1, 0, 3] });
  histogram.add(105);
  histogram.add(149.9);
  assert.deepEqual(histogram.columns(10), { counts: [2, 0, 3, 0, 1], start: 100, interval: 10 });
  assert.deepEqual(histogram.columns(3), { counts: [2, 3, 1], start: 100, interval: 20 });
  assert.equal(histogram.partBefore(100), 0);
  assert.equal(histogram.partBefore(110), 2 / 6);
  assert.equal(histogram.partBefore(1000), 1);
  assert.equal(histogram.timeAt(0), 100);
  assert.equal(histogram.timeAt(2 / 6), 110);
  assert.equal(histogram.timeAt(1), 150);
  assert.ok(!histogram.isStale);
  histogram.add(99);
  assert.ok(histogram.isStale);
  const far = new Histogram({ start: 0, interval: 1, counts: [0] });
  far.add(1e15);
  assert.ok(far.isStale);
  assert.ok(far.columns(1e9).counts.length < 5000);
});

Deno.test("TimeRanges narrows around a moment, keeps the end open where it is the last, and widens again", () => {
  const ranges = new TimeRanges();
  const bars = { counts: new Array(100).fill(1), start: 0, interval: 1 };
  assert.ok(ranges.narrow(50, bars));
  assert.deepEqual(ranges.within({ start: 45 }), { start: 45, end: 60 });
  assert.deepEqual(ranges.within({ content: "x" }), { content: "x", start: 40, end: 60 });
  assert.ok(ranges.narrow(41, { counts: new Array(20).fill(1), start: 40, interval: 1 }));
  assert.deepEqual(ranges.current, { start: 40, end: 44 });
  assert.ok(ranges.widen() && ranges.widen());
  assert.ok(!ranges.widen());
  assert.ok(ranges.narrow(99, bars));
  assert.deepEqual(ranges.current, { start: 80, end: undefined });
  assert.ok(!ranges.narrow(0, { counts: [1], start: 0, interval: 0.001 }));
});

Deno.test("formatInterval tells whole numbers", () => {
  const rows = [[90 * 86_400, "90d"], [14 * 86_400, "2w"], [7200, "2h"], [90, "90s"]] as const;
  for (const [seconds, text] of rows) assert.equal(formatInterval(seconds), text);
  assert.equal(formatInterval(0.3), "300ms");
  assert.equal(formatInterval(8 * 0.1), "800ms");
});
