import assert from "node:assert/strict";
import { GuardedMatcher, matchWithDeadline } from "../../lib/event/guarded_matcher.ts";
import { compileCriteria, createEvent, CriteriaError, toRawEvent } from "../../lib/event/mod.ts";

/** Patterns that V8's linear engine cannot take over, and which never end on {@linkcode VICTIM}. */
const HOSTILE: readonly string[] = [
  "(?i)^(a+)+$(?<!b)",
  "^(?=(a+)+b)a*[!]c",
  "^(a+)+\\1$",
];

const VICTIM = toRawEvent(createEvent({ content: `${"a".repeat(64)}!` }));
const HARMLESS = toRawEvent(createEvent({ content: "b" }));

Deno.test("GuardedMatcher finds the events that match", async () => {
  using matcher = new GuardedMatcher({ content: "(?=b)b" });
  assert.deepEqual(await matcher.matching([VICTIM, HARMLESS, VICTIM, HARMLESS]), [1, 3]);
  assert.deepEqual(await matcher.matching([]), []);
});

Deno.test("GuardedMatcher ends a hostile pattern by the deadline while this thread goes on", async () => {
  for (const content of HOSTILE) {
    using matcher = new GuardedMatcher({ content });
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    await assert.rejects(
      matcher.matching([VICTIM]),
      (error) => error instanceof CriteriaError && /took longer than 1000 ms/.test(error.message),
      content,
    );
    clearInterval(timer);
    assert.ok(turns > 20, `only ${turns} turns beside ${content}`);
    assert.deepEqual(await matcher.matching([HARMLESS]), []);
  }
});

Deno.test("GuardedMatcher serves other criteria after a hostile one", async () => {
  using hostile = new GuardedMatcher({ content: HOSTILE[0] ?? "" });
  using other = new GuardedMatcher({ content: "(?=b)b" });
  const failed = assert.rejects(hostile.matching([VICTIM]), CriteriaError);
  assert.deepEqual(await other.matching([HARMLESS]), [0]);
  await failed;
});

Deno.test("GuardedMatcher for live does not wait for a hostile find", async () => {
  using find = new GuardedMatcher({ content: HOSTILE[0] ?? "" }, { purpose: "find" });
  using live = new GuardedMatcher({ content: "(?=b)b" });
  // Both threads are there, so that the order below is not about starting them.
  await Promise.all([find.matching([HARMLESS]), live.matching([HARMLESS])]);
  let isOver = false;
  const failed = assert.rejects(find.matching([VICTIM]), CriteriaError).then(() => isOver = true);
  assert.deepEqual(await live.matching([HARMLESS]), [0]);
  assert.equal(isOver, false);
  await failed;
});

Deno.test("GuardedMatcher refuses a pattern at once", () => {
  assert.throws(() => new GuardedMatcher({ content: "(" }), CriteriaError);
});

Deno.test("matchWithDeadline stops a hostile pattern in this thread", () => {
  for (const content of HOSTILE) {
    const started = performance.now();
    assert.throws(
      () => matchWithDeadline(compileCriteria({ content }), [VICTIM], 50),
      CriteriaError,
    );
    assert.ok(performance.now() - started < 1000);
  }
});
