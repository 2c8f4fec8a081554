import assert from "node:assert/strict";
import { ShapeModel } from "../../lib/web/shape_model.js";
import { forSeeds } from "../random.ts";

Deno.test("ShapeModel makes bars side by side of counts and of events that arrive", () => {
  const shape = new ShapeModel();
  shape.count(125);
  shape.add({ interval: 6, counts: [[0, 1], [6, 2], [60, 4]] });
  assert.deepEqual(shape.bars(0, 180, 3), [
    { start: 0, end: 60, count: 3 },
    { start: 60, end: 120, count: 4 },
    { start: 120, end: 180, count: 1 },
  ]);
  assert.deepEqual(shape.extent, { start: 0, end: 126 });
});

Deno.test("ShapeModel counts every event once, however far the bars are", () =>
  forSeeds(40, (random) => {
    const shape = new ShapeModel();
    const base = random.pick([0, 1.7e9]);
    const span = 10 ** random.int(-1, 6);
    shape.add({ interval: span / 1000, counts: [] });
    const count = random.int(1, 300);
    for (let i = 0; i < count; i++) shape.count(base + random.next() * span);
    for (const most of [10, 100, 250]) {
      const bars = shape.bars(base, base + span, most);
      assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), count);
      assert.ok(bars.length <= most + 1, `${bars.length} bars, ${most} wanted`);
      bars.slice(1).forEach((bar, at) => assert.equal(bar.start, bars[at]?.end));
    }
  }));

Deno.test("ShapeModel has all events within its extent", () =>
  forSeeds(40, (random) => {
    const shape = new ShapeModel();
    const interval = random.pick([0.1, 0.5, 6, 60]);
    shape.add({ interval, counts: [] });
    const count = random.int(1, 50);
    for (let i = 0; i < count; i++) shape.count(1.7e9 + interval * random.int(0, 500));
    const { start, end } = shape.extent ?? { start: 0, end: 0 };
    const bars = shape.bars(start, end, random.int(10, 200));
    assert.equal(bars.reduce((sum, bar) => sum + bar.count, 0), count);
  }));

Deno.test("ShapeModel does not grow for ever", () => {
  const shape = new ShapeModel();
  shape.add({ interval: 1, counts: [] });
  for (let i = 0; i < 50_000; i++) shape.count(i);
  assert.equal(shape.bars(0, 50_000, 50).reduce((sum, { count }) => sum + count, 0), 50_000);
});
