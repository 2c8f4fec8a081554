import assert from "node:assert/strict";
import { isOpen, parseRange, rangeText, resolveRange, widened } from "../../lib/web/time_range.js";

Deno.test("parseRange reads what rangeText writes", () => {
  for (
    const text of [
      "all",
      "5m",
      "15m",
      "1h",
      "24h",
      "7d",
      "90s",
      "3h",
      "2d",
      "5..7.25",
      "5..",
      "..7",
    ]
  ) {
    const range = parseRange(text);
    assert.ok(range !== undefined, text);
    assert.equal(rangeText(range), text);
  }
  assert.equal(rangeText({ kind: "last", seconds: 86_400 }), "24h");
  assert.equal(rangeText({ kind: "last", seconds: 61 }), "61s");
});

Deno.test("parseRange reads ISO 8601 with a zone", () => {
  assert.deepEqual(parseRange("2026-01-02T03:04:05Z..2026-01-02T04:04:05+01:00"), undefined);
  assert.deepEqual(parseRange("2026-01-02T03:04:05Z..2026-01-02T05:04:05+01:00"), {
    kind: "between",
    start: 1767323045,
    end: 1767326645,
  });
});

Deno.test("parseRange refuses what is no range", () => {
  for (
    const text of [
      "",
      "x",
      "0m",
      "..",
      "7..5",
      "5..5",
      "1..2..3",
      "a..b",
      "NaN..",
      "Infinity..",
      "1e9m",
    ]
  ) {
    assert.equal(parseRange(text), undefined, text);
  }
});

Deno.test("resolveRange counts relative ranges from now", () => {
  assert.deepEqual(resolveRange({ kind: "last", seconds: 60 }, 1000), {
    start: 940,
    end: undefined,
  });
  assert.deepEqual(resolveRange({ kind: "all" }, 1000), { start: undefined, end: undefined });
  assert.deepEqual(resolveRange({ kind: "between", start: 1 }, 9), { start: 1, end: undefined });
});

Deno.test("isOpen tells whether new events belong to a range", () => {
  assert.equal(isOpen({ kind: "all" }), true);
  assert.equal(isOpen({ kind: "between", start: 5 }), true);
  assert.equal(isOpen({ kind: "between", end: 5 }), false);
});

Deno.test("widened doubles a range around its middle", () => {
  assert.deepEqual(widened(10, 20), { kind: "between", start: 5, end: 25 });
});
