import assert from "node:assert/strict";
import { niceInterval } from "../../lib/web/interval.js";

Deno.test("niceInterval is easy to read off, and just enough", () => {
  assert.equal(niceInterval(3600, 100), 60);
  assert.equal(niceInterval(7200, 100), 120);
  assert.equal(niceInterval(100, 100), 1);
  assert.equal(niceInterval(0.5, 100), 0.005);
  assert.equal(niceInterval(0.1, 100), 0.001);
  assert.equal(niceInterval(365 * 86_400, 100), 5 * 86_400);
  for (let span = 1e-4; span < 1e12; span *= 1.7) {
    const interval = niceInterval(span, 100);
    assert.ok(interval * 100 >= span * (1 - 1e-6), `${span}`);
    assert.ok(interval * 100 <= Math.max(span * 8, 1e-3), `${span}: ${interval}`);
  }
});
