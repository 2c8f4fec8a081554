import assert from "node:assert/strict";
import { compilePattern } from "../../lib/event/pattern.ts";
import { splitTags } from "../../lib/web/criteria.js";
import {
  escapePattern,
  exactPattern,
  sourcePattern,
  tagPattern,
} from "../../lib/web/value_pattern.js";

Deno.test("escapePattern and exactPattern match just the text", () => {
  const text = "a.b*c[d]{2}(e)|f^g$h+i?j\\k-l/m";
  assert.equal(compilePattern(exactPattern(text).pattern, "match").test(text), true);
  assert.equal(compilePattern(exactPattern(text).pattern, "match").test(`${text}x`), false);
  assert.equal(compilePattern(escapePattern("a.b"), "match").test("axb"), false);
});

Deno.test("escapePattern matches just the text also after a field cut and changed it", () => {
  for (const text of [" q", "a\rb", "\u00a0wide\u3000", "tab\tand\x85 blank", "\ufeff", " "]) {
    const typed = splitTags(escapePattern(text).replace(/[\r\n]/g, "")).join();
    assert.equal(compilePattern(typed, "fullmatch").test(text), true, JSON.stringify(text));
    assert.equal(compilePattern(typed, "fullmatch").test(text.trim() + "x"), false);
  }
});

Deno.test("patterns of values too long for an address match their beginnings", () => {
  for (const character of [".", "\t", "ä", "😀"]) {
    const text = character.repeat(20_000);
    const { pattern, isExact } = exactPattern(text);
    assert.equal(isExact, false);
    for (const made of [pattern, sourcePattern(text), tagPattern(text)]) {
      const length = encodeURIComponent(made).length;
      assert(length > 1500 && length < 4100, `${length} of ${character}`);
    }
    assert.equal(compilePattern(pattern, "match").test(text), true);
    assert.equal(compilePattern(sourcePattern(text), "match").test(text), true);
    assert.equal(compilePattern(tagPattern(text), "fullmatch").test(text), true);
    assert.equal(compilePattern(tagPattern(text), "fullmatch").test(`x${text}`), false);
  }
});

Deno.test("sourcePattern and tagPattern match just the text where it is short", () => {
  assert.equal(exactPattern("a.b").isExact, true);
  assert.equal(sourcePattern("a.b"), "a\\.b$");
  assert.equal(tagPattern("a.b"), "a\\.b");
});
