import assert from "node:assert/strict";
import {
  formatBytes,
  formatClock,
  formatCount,
  formatDate,
  formatInstant,
  formatSpan,
  formatZone,
  fromInputValue,
  shortCount,
  toInputValue,
} from "../../lib/web/time_format.js";

const TIME = Date.UTC(2026, 10, 26, 18, 56, 20) / 1000;

Deno.test("formatClock and formatDate show what the double says, not a bit less", () => {
  assert.equal(formatClock(TIME + 0.586, true), "18:56:20.586");
  assert.equal(formatClock(TIME + 0.586, true, 6), "18:56:20.586000");
  assert.equal(formatClock(TIME + 0.9999996, true), "18:56:21.000");
  assert.equal(formatClock(TIME, true, 0), "18:56:20");
  assert.equal(formatDate(TIME, true), "2026-11-26");
  assert.equal(formatInstant(-0.5, true), "1969-12-31 23:59:59.500");
});

Deno.test("times beyond what a date can hold are shown as numbers", () => {
  assert.equal(formatInstant(1e18, true), "1000000000000000000 s");
  assert.equal(formatClock(1e300, true), "1e+300");
});

Deno.test("formatZone names the zone", () => {
  assert.equal(formatZone(TIME, true), "UTC");
  assert.match(formatZone(TIME, false), /^UTC/);
});

Deno.test("fromInputValue reads what toInputValue writes", () => {
  for (const utc of [true, false]) {
    assert.equal(fromInputValue(toInputValue(TIME + 0.25, utc), utc), TIME + 0.25);
  }
  assert.equal(toInputValue(undefined, true), "");
  assert.equal(fromInputValue("", true), undefined);
});

Deno.test("spans, counts and sizes have few digits", () => {
  assert.equal(formatSpan(60), "1 min");
  assert.equal(formatSpan(5400), "1.5 h");
  assert.equal(formatSpan(0.25), "250 ms");
  assert.equal(formatCount(1234567), "1,234,567");
  assert.equal(shortCount(9999), "9,999");
  assert.equal(shortCount(1234567), "1.23M");
  assert.equal(formatBytes(1), "1 byte");
  assert.equal(formatBytes(1_048_576), "1.05 MB");
});
