import assert from "node:assert/strict";
import { DeadlineError, runWithDeadline } from "../../lib/base/deadline.ts";

Deno.test("runWithDeadline returns and throws what the function does", () => {
  assert.equal(runWithDeadline(1000, () => 42), 42);
  assert.throws(() =>
    runWithDeadline(1000, () => {
      throw new RangeError("own");
    }), RangeError);
});

Deno.test("runWithDeadline stops a loop and works again afterwards", () => {
  assert.throws(() =>
    runWithDeadline(20, () => {
      for (;;);
    }), DeadlineError);
  assert.equal(runWithDeadline(1000, () => 1), 1);
});

Deno.test("runWithDeadline can be nested", () => {
  assert.equal(
    runWithDeadline(1000, () => runWithDeadline(500, () => 1) + runWithDeadline(500, () => 2)),
    3,
  );
});
