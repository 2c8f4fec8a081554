import assert from "node:assert/strict";
import { readTime } from "../../../lib/base/time_text.ts";
import { formatDate, formatLocal, formatTime } from "../../../lib/cli/tau/local_time.ts";
import { forOneSeed } from "../../random.ts";

const DAY = new Date(2026, 10, 26).getTime() / 1000;

Deno.test("formatTime writes the digits that were meant, not the error of the number", () => {
  const time = DAY + 81_917.829;
  assert.equal(formatTime(time, "microsecond"), "22:45:17.829000");
  assert.equal(formatTime(time, "millisecond"), "22:45:17.829");
  assert.equal(formatTime(time), "22:45:17");
});

Deno.test("formatTime and formatDate go over to the next day together", () => {
  const last = DAY + 86_399.9999997;
  assert.equal(`${formatDate(last)} ${formatTime(last, "millisecond")}`, "2026-11-27 00:00:00.000");
  assert.equal(formatTime(-0.25, "millisecond").slice(5), ":59.750");
});

Deno.test("formatLocal writes any moment so that it is read as the same", () =>
  forOneSeed((random) => {
    for (let i = 0; i < 200; i++) {
      const whole = DAY + random.below(1e8);
      const meant = Number(`${whole}.${String(random.below(1000)).padStart(3, "0")}`);
      const text = formatLocal(meant);
      assert.match(text, /^\d{4}-\d\d-\d\dT/);
      assert.equal(readTime(text, 0), meant, text);
      const any = whole + random.next();
      assert.equal(readTime(formatLocal(any), 0), any);
    }
  }));
