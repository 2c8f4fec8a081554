import assert from "node:assert/strict";
import { parseDuration } from "../../lib/base/duration_text.ts";

Deno.test("parseDuration reads lengths of time", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["90s", 90],
    ["15m", 900],
    ["2h", 7200],
    ["30d", 2_592_000],
    ["4W", 2_419_200],
    [" 1h30m ", 5400],
    ["1.5d", 129_600],
    ["250ms", 0.25],
  ];
  for (const [text, seconds] of cases) assert.equal(parseDuration(text), seconds, text);
  for (const text of ["", "30", "d", "30 d", "-3d", "0s", "1..5d", "3y", "30d ago", "1e3s"]) {
    assert.throws(() => parseDuration(text), TypeError, text);
  }
});
