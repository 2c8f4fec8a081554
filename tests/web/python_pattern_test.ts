import assert from "node:assert/strict";
import { highlightingOf, literalMatches, regexpMatches } from "../../lib/web/python_pattern.js";

Deno.test("highlightingOf takes plain text as text", () => {
  assert.deepEqual(highlightingOf("time out"), { kind: "literal", text: "time out" });
  assert.deepEqual(highlightingOf(""), { kind: "none" });
});

Deno.test("highlightingOf translates Python's syntax", () => {
  const cases: [string, string, string[]][] = [
    ["status=5\\d\\d", "a status=503 b", ["status=503"]],
    ["(?P<a>x)(?P=a)", "xx", ["xx"]],
    ["(?i)error", "an ERROR", ["ERROR"]],
    ["\\Aab\\Z", "ab", ["ab"]],
    ["(?s)a.b", "a\nb", ["a\nb"]],
  ];
  for (const [pattern, text, found] of cases) {
    const highlighting = highlightingOf(pattern);
    assert.ok(highlighting.kind === "regexp", pattern);
    const matches = regexpMatches(text, new RegExp(highlighting.source, highlighting.flags), 9);
    const texts = [];
    for (let i = 0; i < matches.length; i += 2) texts.push(text.slice(matches[i], matches[i + 1]));
    assert.deepEqual(texts, found, pattern);
  }
});

Deno.test("highlightingOf gives up on what JavaScript does not know", () => {
  for (
    const pattern of [
      "(?x) a b",
      "(a)?(?(1)b|c)",
      "(?#note)a",
      "a++",
      "\\N{DASH}",
      "(",
      "a".repeat(3000),
    ]
  ) {
    assert.equal(highlightingOf(pattern).kind, "none", pattern.slice(0, 20));
  }
});

Deno.test("literalMatches and regexpMatches find at most so many, and nothing empty", () => {
  assert.deepEqual(literalMatches("aXaXa", "a", 2), [0, 1, 2, 3]);
  assert.deepEqual(regexpMatches("ab", /b|x*/g, 5), [1, 2]);
  assert.deepEqual(regexpMatches("aaaa", /a/g, 2), [0, 1, 1, 2]);
});

Deno.test("regexpMatches never cuts a character in two", () => {
  assert.deepEqual(regexpMatches("a👍👍b", /./g, 9), [0, 1, 1, 3, 3, 5, 5, 6]);
  assert.deepEqual(regexpMatches("👍👍", /[^]\b|\udc4d./g, 9), [0, 4]);
  assert.deepEqual(regexpMatches("a👍", /a./g, 9), [0, 3]);
});
