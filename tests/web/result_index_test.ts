import assert from "node:assert/strict";
import { bucketsOfCounts, makeBucket } from "../../lib/web/bucket.js";
import { nextUp } from "../../lib/web/double.js";
import { makeRow } from "../../lib/web/event_row.js";
import { ResultIndex } from "../../lib/web/result_index.js";
import { forSeeds, type Random } from "../random.ts";

type Index = InstanceType<typeof ResultIndex>;
type Row = ReturnType<typeof makeRow>;

function rowAt(timestamp: number, id: string): Row {
  return makeRow({ id, timestamp, source: "", tags: "" }, "", 0);
}

/** A sorted list of events, and the index that must show the same. */
class Model {
  readonly rows: Row[] = [];
  readonly index: Index;
  #next = 0;

  constructor(private readonly random: Random) {
    const count = random.int(0, 80);
    for (let i = 0; i < count; i++) this.#insert(random.below(100));
    const interval = random.pick([3, 10, 40]);
    const counts = new Map<number, number>();
    for (const { timestamp } of this.rows) {
      const start = Math.floor(timestamp / interval) * interval;
      counts.set(start, (counts.get(start) ?? 0) + 1);
    }
    const last = this.rows.at(-1)?.timestamp ?? 0;
    const whole = { from: -Infinity, to: nextUp(last) };
    this.index = new ResultIndex(bucketsOfCounts([...counts], interval, whole));
  }

  step(): void {
    const { random, index } = this;
    const bucket = index.buckets.length === 0 ? undefined : random.pick(index.buckets);
    switch (random.below(5)) {
      case 0:
        return void index.absorb(this.#insert(random.below(150)));
      case 1:
        if (bucket !== undefined) assert.equal(index.fill(bucket, this.#of(bucket)), 0);
        return;
      case 2:
        if (bucket !== undefined) index.unload(bucket);
        return;
      case 3: {
        if (bucket === undefined || bucket.count < 2) return;
        const middle = bucket.start + bucket.seconds / 2;
        if (!(middle > bucket.from && middle < bucket.to)) return;
        const halves = [
          { ...bucket, to: middle, seconds: middle - bucket.start, rows: undefined },
          { ...bucket, from: middle, start: middle, seconds: bucket.seconds / 2, rows: undefined },
        ].map((half) => makeBucket({ ...half, count: this.#of(half).length }));
        assert.equal(index.split(bucket, halves), 0);
        return;
      }
      case 4:
        return index.trim(random.int(0, 30));
    }
  }

  check(): void {
    const { rows, index } = this;
    assert.equal(index.total, rows.length);
    assert.equal(
      index.loaded,
      index.buckets.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0),
    );
    rows.forEach((row, rank) => {
      const bucket = index.bucketAt(row.timestamp);
      assert.ok(bucket !== undefined, `no bucket of ${row.timestamp}`);
      assert.equal(index.find(rank)?.bucket, bucket);
      if (bucket.rows !== undefined) {
        assert.equal(index.rowAt(rank), row);
        assert.equal(index.rankOf(row), rank);
      }
    });
    index.buckets.slice(1).forEach((bucket, at) =>
      assert.equal(bucket.from, index.buckets[at]?.to)
    );
    assert.equal(index.find(rows.length), undefined);
    assert.equal(index.find(-1), undefined);
  }

  #insert(timestamp: number): Row {
    const row = rowAt(timestamp, `${this.#next++}`);
    const at = this.rows.findIndex((other) => other.timestamp > timestamp);
    this.rows.splice(at === -1 ? this.rows.length : at, 0, row);
    return row;
  }

  #of({ from, to }: { readonly from: number; readonly to: number }): Row[] {
    return this.rows.filter(({ timestamp }) => timestamp >= from && timestamp < to);
  }
}

Deno.test("ResultIndex shows every event at its rank, whatever is loaded, divided or comes late", () =>
  forSeeds(200, (random) => {
    const model = new Model(random);
    model.check();
    for (let step = 0; step < 25; step++) {
      model.step();
      model.check();
    }
  }));

Deno.test("ResultIndex tells by how much a count was wrong", () => {
  const index = new ResultIndex(bucketsOfCounts([[0, 5], [10, 5]], 10, { from: 0, to: 20 }));
  const [first] = index.buckets;
  assert.ok(first !== undefined);
  assert.equal(index.fill(first, [rowAt(1, "a"), rowAt(2, "b")]), -3);
  assert.equal(index.total, 7);
});

Deno.test("bucketsOfCounts lets no moment belong to none", () => {
  const buckets = bucketsOfCounts([[0, 1], [50, 2], [60, 1]], 10, { from: -7, to: 99 });
  assert.deepEqual(
    buckets.map(({ from, to, count }) => [from, to, count]),
    [[-7, 50, 1], [50, 60, 2], [60, 99, 1]],
  );
});
