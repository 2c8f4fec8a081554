/** Tests of what depends on the time zone of the process, Berlin's; `axis_ticks_test.ts` runs them. */
import assert from "node:assert/strict";
import { axisTicks } from "../../lib/web/axis_ticks.js";

Deno.test("axisTicks falls on round times before and after clocks change", () => {
  assert.equal(new Date("2026-07-01T00:00:00Z").getHours(), 2);
  for (const day of ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]) {
    const change = Date.parse(day) / 1000;
    for (const hours of [0.5, 3, 12, 24, 48]) {
      const [start, end] = [change - hours * 3600, change + hours * 3600];
      const { ticks, step } = axisTicks(start, end, 8, false);
      assert.ok(ticks.length >= 4, `${ticks}`);
      assert.deepEqual(ticks, [...new Set(ticks)].sort((a, b) => a - b));
      for (const seconds of ticks) {
        const date = new Date(seconds * 1000);
        const clock = date.getHours() * 3600 + date.getMinutes() * 60 + date.getSeconds();
        assert.equal(clock % step, 0, `${date} by ${step} s`);
      }
    }
  }
});
