import assert from "node:assert/strict";
import { axisTicks } from "../../lib/web/axis_ticks.js";
import { testInOwnProcess } from "../own_process.ts";

/** Ticks of a stretch between two ISO dates, as ISO dates. */
function ticksOf(start: string, end: string, most: number): readonly [string, ...string[]] {
  const [from, to] = [start, end].map((text) => Date.parse(text) / 1000);
  const { unit, ticks } = axisTicks(from ?? 0, to ?? 0, most, true);
  return [unit, ...ticks.map((seconds) => new Date(seconds * 1000).toISOString())];
}

Deno.test("axisTicks falls on round times of the clock", () => {
  assert.deepEqual(ticksOf("2026-11-26T10:03:07Z", "2026-11-26T11:03:07Z", 8), [
    "time",
    ...["10:10", "10:20", "10:30", "10:40", "10:50", "11:00"].map((clock) =>
      `2026-11-26T${clock}:00.000Z`
    ),
  ]);
});

Deno.test("axisTicks falls on days, Mondays, and the first days of months and years", () => {
  const midnight = (...days: string[]) => days.map((day) => `${day}T00:00:00.000Z`);
  assert.deepEqual(ticksOf("2026-11-20T12:00:00Z", "2026-11-23T12:00:00Z", 4), [
    "day",
    ...midnight("2026-11-21", "2026-11-22", "2026-11-23"),
  ]);
  assert.deepEqual(ticksOf("2026-11-01T12:00:00Z", "2026-11-29T00:00:00Z", 6), [
    "day",
    ...midnight("2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"),
  ]);
  assert.deepEqual(ticksOf("2025-12-15T00:00:00Z", "2026-05-20T00:00:00Z", 6), [
    "month",
    ...midnight("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01"),
  ]);
  assert.deepEqual(ticksOf("2005-07-01T00:00:00Z", "2026-11-26T00:00:00Z", 10), [
    "year",
    ...midnight("2010-01-01", "2015-01-01", "2020-01-01", "2025-01-01"),
  ]);
});

Deno.test("axisTicks never has many more than asked for, and ends for times that are no dates", () => {
  for (let exponent = -6; exponent < 16; exponent++) {
    for (const start of [0, 1.7e9, -6e10, 8.6e12, 1e15]) {
      const { ticks } = axisTicks(start, start + 3 * 10 ** exponent, 9, true);
      assert(ticks.length <= 11, `${start} ${exponent}: ${ticks.length}`);
    }
  }
});

Deno.test("axisTicks falls on midnights where clocks change", () => {
  const [from, to] = [Date.parse("2026-10-20") / 1000, Date.parse("2026-11-02") / 1000];
  for (const seconds of axisTicks(from, to, 12, false).ticks) {
    assert.equal(new Date(seconds * 1000).getHours(), 0);
  }
});

testInOwnProcess(
  "axisTicks falls on round times before and after clocks change",
  new URL("./axis_ticks_cases.ts", import.meta.url),
  { TZ: "Europe/Berlin" },
);
