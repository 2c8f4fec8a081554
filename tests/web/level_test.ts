import assert from "node:assert/strict";
import { levelOf } from "../../lib/web/level.js";

const CASES: readonly (readonly [string, string | undefined])[] = [
  ["2026-01-01 12:00:00 ERROR it broke", "error"],
  ["[WARN] slow", "warning"],
  ["[warn] slow", "warning"],
  ["level=error msg=x", "error"],
  ['{"time":1,"level":"warning","msg":"ERROR"}', "warning"],
  ['{"severity": "DEBUG"}', "debug"],
  ["<3>kernel: oops", "error"],
  ["<190>app: hello", "info"],
  ["<13>user: notice", "info"],
  ["error: cannot open", "error"],
  ["FATAL", "error"],
  ["12:00 INFO  x", "info"],
  ["TRACE x", "debug"],
  ["no errors here, all information is fine", undefined],
  ["GET /error/ERROR-404-page", undefined],
  ["", undefined],
  [`${"x".repeat(300)} ERROR`, undefined],
];

Deno.test("levelOf finds the level near the beginning", () => {
  for (const [content, level] of CASES) assert.equal(levelOf(content), level, content.slice(0, 60));
});
