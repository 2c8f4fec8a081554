import assert from "node:assert/strict";
import { ScrollScale } from "../../lib/web/scroll_scale.js";

Deno.test("ScrollScale of a short list is what the browser does", () => {
  const scale = new ScrollScale();
  scale.resize(10_000, 500);
  assert.equal(scale.height, 10_000);
  scale.scrolled(1234);
  assert.equal(scale.top, 1234);
  assert.equal(scale.scrollTop, 1234);
  assert.equal(scale.isAtEnd, false);
  scale.scrolled(9500);
  assert.equal(scale.isAtEnd, true);
});

Deno.test("ScrollScale of a long list moves by pixels when small, and in proportion when large", () => {
  const scale = new ScrollScale();
  scale.resize(220_000_000, 500);
  assert.equal(scale.height, 8_000_000);
  scale.scrolled(4_000_000 - 250);
  assert.ok(Math.abs(scale.top - (110_000_000 - 250)) < 30, `${scale.top}`);
  const { top } = scale;
  scale.scrolled(4_000_000 - 150);
  assert.equal(scale.top, top + 100);
  scale.scrolled(0);
  assert.equal(scale.top, 0);
  scale.scrolled(8_000_000 - 500);
  assert.equal(scale.top, 220_000_000 - 500);
  assert.equal(scale.isAtEnd, true);
});

Deno.test("ScrollScale stays within a list that gets shorter", () => {
  const scale = new ScrollScale();
  scale.resize(10_000, 500);
  scale.moveTo(Infinity);
  scale.resize(2000, 500);
  assert.equal(scale.top, 1500);
  scale.resize(100, 500);
  assert.equal(scale.top, 0);
  assert.equal(scale.height, 500);
});
