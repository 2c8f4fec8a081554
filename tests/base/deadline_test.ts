import assert from "node:assert/strict";
import { DeadlineError, runWithDeadline } from "../../lib/base/deadline.ts";

Deno.test("runWithDeadline returns and throws what the function does", () => {
  assert.equal(runWithDeadline(60_000, () => 42), 42);
  assert.throws(() =>
    runWithDeadline(60_000, () => {
      throw new RangeError("own");
    }), RangeError);
});

Deno.test("runWithDeadline stops a loop and works again afterwards", () => {
  assert.throws(() =>
    runWithDeadline(20, () => {
      for (;;);
    }), DeadlineError);
  assert.equal(runWithDeadline(60_000, () => 1), 1);
});

Deno.test("runWithDeadline can be nested", () => {
  assert.equal(
    runWithDeadline(
      60_000,
      () => runWithDeadline(30_000, () => 1) + runWithDeadline(30_000, () => 2),
    ),
    3,
  );
});
