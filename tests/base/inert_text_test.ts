import assert from "node:assert/strict";
import { makeInert } from "../../lib/base/inert_text.ts";

Deno.test("makeInert shows control characters and keeps everything else", () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ["plain, tab\tand\nnewline", "plain, tab\tand\nnewline"],
    ["\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"],
    ["over\rwritten\b\x07", "over\\rwritten\\b\\x07"],
    ["\x9b2J \x7f \0", "\\x9b2J \\x7f \\x00"],
    ["Grüße 漢字 😀", "Grüße 漢字 😀"],
  ];
  for (const [text, expected] of rows) assert.equal(makeInert(text), expected);
});
