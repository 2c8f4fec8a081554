import assert from "node:assert/strict";
import { LiveRing } from "../../lib/web/live_ring.js";

Deno.test("LiveRing keeps the newest and hands out the oldest", () => {
  const ring = new LiveRing(3);
  const left = [1, 2, 3, 4, 5].map((item) => ring.push(item));
  assert.deepEqual(left, [undefined, undefined, undefined, 1, 2]);
  assert.deepEqual([0, 1, 2, 3, -1].map((index) => ring.at(index)), [
    3,
    4,
    5,
    undefined,
    undefined,
  ]);
  assert.equal(ring.size, 3);
});
