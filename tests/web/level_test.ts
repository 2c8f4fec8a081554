import assert from "node:assert/strict";
import { levelOf as levelOfPrograms } from "../../lib/cli/level.ts";
import { levelOf } from "../../lib/web/level.js";
import { forSeeds } from "../random.ts";

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

const PIECES = [
  ...'[]<>(){}|:=", /.'.split(""),
  ..."ERROR error warn WARN info notice debug trace level severity lvl fatal 50 x E/ 13".split(" "),
];

Deno.test("levelOf says the same as the programs in a terminal", () =>
  forSeeds(300, (random) => {
    const content = random.text(PIECES, 0, 12);
    assert.equal(levelOf(content), levelOfPrograms(content), content);
  }));
