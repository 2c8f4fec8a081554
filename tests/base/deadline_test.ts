import assert from "node:assert/strict";
import { DeadlineError, runWithDeadline, runWithSecondChance } from "../../lib/base/deadline.ts";

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

Deno.test("runWithSecondChance runs again what took too long, once", () => {
  let runs = 0;
  const endless = (from: number) => {
    for (runs++; runs >= from;);
    return runs;
  };
  assert.equal(
    runWithSecondChance(30, () => {
      if (runs === 0) return endless(0);
      return runs;
    }),
    1,
  );
  assert.throws(() => runWithSecondChance(30, () => endless(2)), DeadlineError);
  assert.equal(runs, 3);
  assert.throws(() => {
    runWithSecondChance(60_000, () => {
      runs++;
      throw new RangeError("own");
    });
  }, RangeError);
  assert.equal(runs, 4);
});
