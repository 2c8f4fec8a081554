import assert from "node:assert/strict";
import { bucketOfAll, bucketOfNewest } from "../../lib/web/bucket.js";
import { nextUp } from "../../lib/web/double.js";
import { makeRow } from "../../lib/web/event_row.js";

function rowsAt(...times: readonly number[]) {
  return times.map((timestamp, at) => {
    return makeRow({ id: `${at}`, timestamp, source: "", tags: "" }, "", 0);
  });
}

Deno.test("bucketOfAll holds its last event, and begins where the range does", () => {
  const { from, to, start, count } = bucketOfAll(rowsAt(3, 4), 1);
  assert.deepEqual({ from, to, start, count }, { from: 1, to: nextUp(4), start: 3, count: 2 });
});

Deno.test("bucketOfNewest leaves the oldest moment, of which some may be missing", () => {
  const rows = rowsAt(3, 3, 4, 5);
  const bucket = bucketOfNewest(rows);
  assert.deepEqual(bucket.rows, rows.slice(2));
  assert.deepEqual([bucket.from, bucket.to, bucket.count], [nextUp(3), nextUp(5), 2]);
});

Deno.test("bucketOfNewest of one moment has no rows, but their number", () => {
  const bucket = bucketOfNewest(rowsAt(3, 3, 3));
  assert.deepEqual([bucket.from, bucket.to, bucket.count, bucket.rows], [
    3,
    nextUp(3),
    3,
    undefined,
  ]);
});
