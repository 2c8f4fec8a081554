import assert from "node:assert/strict";
import { nextDown, nextUp } from "../../lib/base/doubles.ts";

Deno.test("nextUp and nextDown are the neighbouring doubles", () => {
  const rows = [0, 1, -1, 1.5e9, Number.MIN_VALUE, -Number.MIN_VALUE, 2 ** 53, 1795341600.1234567];
  for (const value of rows) {
    assert(nextUp(value) > value && nextDown(value) < value);
    assert.equal(nextDown(nextUp(value)), value);
  }
  assert.equal(nextUp(1), 1 + Number.EPSILON);
  assert.equal(nextDown(1), 1 - Number.EPSILON / 2);
  assert.equal(nextUp(Number.MAX_VALUE), Infinity);
  assert.equal(nextUp(Infinity), Infinity);
  assert.equal(nextUp(-Infinity), -Number.MAX_VALUE);
  assert.equal(nextUp(NaN), NaN);
});
