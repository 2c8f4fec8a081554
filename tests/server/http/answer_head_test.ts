import assert from "node:assert/strict";
import { AnswerHead, type HeadWaits } from "../../../lib/server/http/answer_head.ts";
import { HttpProblem } from "../../../lib/server/http/problem.ts";

/** Longer than any test. */
const NEVER_MS = 3_600_000;

const WAITS: HeadWaits = { soundMs: NEVER_MS, doubtfulMs: NEVER_MS, turnMs: NEVER_MS };

Deno.test("AnswerHead is due after the wait for what may be wrong", async () => {
  const rows = [
    ["none", { ...WAITS, soundMs: 1 }],
    ["counts", { ...WAITS, doubtfulMs: 1 }],
  ] as const;
  for (const [doubt, waits] of rows) {
    using head = new AnswerHead(doubt, waits);
    await head.due;
  }
});

Deno.test("AnswerHead is due some time after a pattern got its turn, however often it is told", async () => {
  using head = new AnswerHead("patterns", { ...WAITS, doubtfulMs: 1 });
  head.takeTurn();
  head.takeTurn();
  await head.due;
});

Deno.test("AnswerHead ends the waiting of a pattern that gets no turn with 503", async () => {
  using head = new AnswerHead("patterns", { ...WAITS, turnMs: 1 });
  await assert.rejects(head.due, (error) => {
    assert.ok(error instanceof HttpProblem);
    assert.equal(error.details.status, 503);
    assert.ok(error.details.headers?.["retry-after"]);
    return true;
  });
});

Deno.test("AnswerHead leaves no timer, also when it is told of a turn later", () => {
  const head = new AnswerHead("patterns", WAITS);
  head[Symbol.dispose]();
  head.takeTurn();
  head[Symbol.dispose]();
});
