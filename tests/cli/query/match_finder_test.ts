import assert from "node:assert/strict";
import { MatchFinder } from "../../../lib/cli/query/match_finder.ts";
import { compilePattern } from "../../../lib/event/pattern.ts";

function find(pattern: string, text: string): string[] {
  const ranges = new MatchFinder(compilePattern(pattern, "search")).find(text);
  return ranges.map(({ start, end }) => text.slice(start, end));
}

Deno.test("MatchFinder finds all matches", () => {
  const rows: readonly (readonly [pattern: string, text: string, expected: readonly string[]])[] = [
    ["o", "foo boo", ["o", "o", "o", "o"]],
    ["(?i)ERR\\w*", "err and Error", ["err", "Error"]],
    ["x*", "axxb", ["xx"]],
    ["^a", "aa", ["a"]],
    ["end$", "the end\n", ["end"]],
    ["é+", "caféé", ["éé"]],
    ["\\bat\\b", "cat at bat", ["at"]],
    ["\\berror\\b", "café error there", ["error"]],
    ["none", "text", []],
    [".", "\ud800", []],
  ];
  for (const [pattern, text, expected] of rows) {
    assert.deepEqual(find(pattern, text), expected, pattern);
  }
});

Deno.test("MatchFinder finds no more matches in a text than are worth it", () => {
  assert.equal(find(".", "x".repeat(1 << 20)).length, 1000);
});

Deno.test("MatchFinder gives up a pattern that runs for ever, and soon does not try any more", () => {
  // Look-ahead keeps V8's linear engine from taking over.
  const finder = new MatchFinder(compilePattern("(?=(a+)+b)(a|a)*c", "search"));
  const text = "a".repeat(40);
  const startMs = performance.now();
  for (let i = 0; i < 1000; i++) assert.deepEqual(finder.find(text), []);
  // A thousand deadlines would take 50 s.
  assert(performance.now() - startMs < 25_000);
});

Deno.test("MatchFinder spends no more than a part of all time", () => {
  let nowMs = 0;
  const finder = new MatchFinder(compilePattern("a", "search"), () => nowMs += 400);
  const found = Array.from({ length: 10 }, () => finder.find("a").length);
  assert.deepEqual(found.slice(0, 3), [1, 1, 1]);
  assert.equal(found.at(-1), 0);
  nowMs += 1e6;
  assert.equal(finder.find("a").length, 1);
});
