import assert from "node:assert/strict";
import { nextDown, nextUp } from "../../lib/web/double.js";
import { forSeeds } from "../random.ts";

Deno.test("nextUp and nextDown give the neighbouring doubles", () => {
  assert.equal(nextUp(1), 1 + Number.EPSILON);
  assert.equal(nextDown(1), 1 - Number.EPSILON / 2);
  assert.equal(nextUp(0), Number.MIN_VALUE);
  assert.equal(nextDown(0), -Number.MIN_VALUE);
  assert.equal(nextUp(-Number.MIN_VALUE) === 0, true);
});

Deno.test("nextUp and nextDown undo each other and leave nothing between", () =>
  forSeeds(20, (random) => {
    for (let i = 0; i < 100; i++) {
      const value = (random.next() - 0.5) * 10 ** random.int(-12, 12);
      const up = nextUp(value);
      assert.ok(up > value);
      assert.equal(nextDown(up), value);
      const middle = value + (up - value) / 2;
      assert.ok(middle === value || middle === up);
    }
  }));
