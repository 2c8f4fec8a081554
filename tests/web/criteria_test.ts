import assert from "node:assert/strict";
import { compilePattern } from "../../lib/event/pattern.ts";
import { nextDown } from "../../lib/web/double.js";
import {
  beforeEnd,
  escapePattern,
  exactPattern,
  makeCriteria,
  splitTags,
  toParameters,
} from "../../lib/web/criteria.js";

Deno.test("makeCriteria leaves out what is not asked for", () => {
  const range = { start: undefined, end: undefined };
  assert.deepEqual(makeCriteria({ content: "", source: "", tags: " , " }, range), {});
  assert.deepEqual(
    makeCriteria({ content: "c", source: "s", tags: "a, b" }, { start: 1, end: 2 }),
    { content: "c", source: "s", tags: ["a", "b"], start: 1, end: nextDown(2) },
  );
});

Deno.test("beforeEnd never gives 0, which would be open", () => {
  assert.equal(beforeEnd(Number.MIN_VALUE), -Number.MIN_VALUE);
});

Deno.test("toParameters repeats tags and keeps all digits", () => {
  const parameters = toParameters({ tags: ["a", "b"], start: 1795719380.5860001 }, {
    x: undefined,
  });
  assert.equal(parameters.toString(), "tags=a&tags=b&start=1795719380.5860002");
  assert.equal(Number(parameters.get("start")), 1795719380.5860001);
});

Deno.test("escapePattern and exactPattern match just the text", () => {
  const text = "a.b*c[d]{2}(e)|f^g$h+i?j\\k-l/m";
  assert.equal(compilePattern(exactPattern(text), "match").test(text), true);
  assert.equal(compilePattern(exactPattern(text), "match").test(`${text}x`), false);
  assert.equal(compilePattern(escapePattern("a.b"), "match").test("axb"), false);
});

Deno.test("splitTags passes over blanks", () => {
  assert.deepEqual(splitTags(" a ,, b.* "), ["a", "b.*"]);
});

Deno.test("escapePattern matches just the text also after a field cut and changed it", () => {
  for (const text of [" q", "a\rb", "\u00a0wide\u3000", "tab\tand\x85 blank", "\ufeff", " "]) {
    const typed = splitTags(escapePattern(text).replace(/[\r\n]/g, "")).join();
    assert.equal(compilePattern(typed, "fullmatch").test(text), true, JSON.stringify(text));
    assert.equal(compilePattern(typed, "fullmatch").test(text.trim() + "x"), false);
  }
});
