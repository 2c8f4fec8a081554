import assert from "node:assert/strict";
import { isDay, withFraction } from "../../lib/base/iso_time.ts";

Deno.test("isDay knows the days of each month, also in leap years", () => {
  for (const date of ["2024-02-29", "2000-02-29", "0000-01-01", "1969-12-31", "9999-12-31"]) {
    assert.ok(isDay(date), date);
  }
  for (
    const date of [
      "2026-02-29",
      "1900-02-29",
      "2026-04-31",
      "2026-13-01",
      "2026-00-10",
      "2026-01-00",
    ]
  ) {
    assert.ok(!isDay(date), date);
  }
});

Deno.test("withFraction gives the double nearest to all digits, also before 1970", () => {
  assert.equal(withFraction(1795341600, ".1"), 1795341600.1);
  assert.equal(withFraction(1795341600, ".123456789"), 1795341600.123456789);
  assert.equal(withFraction(0, ".5"), 0.5);
  assert.equal(withFraction(-2, ".75"), -1.25);
  assert.equal(withFraction(-2, ""), -2);
  assert.equal(withFraction(7, ""), 7);
});
