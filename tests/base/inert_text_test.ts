import assert from "node:assert/strict";
import { escapeUnseen, makeInert, makeInertLine } from "../../lib/base/inert_text.ts";

Deno.test("makeInert shows control characters and keeps everything else", () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ["plain, tab\tand\nnewline", "plain, tab\tand\nnewline"],
    ["\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"],
    ["over\rwritten\b\x07", "over\\rwritten\\b\\x07"],
    ["\x9b2J \x7f \0", "\\x9b2J \\x7f \\x00"],
    ["Grüße 漢字 😀 ❤️", "Grüße 漢字 😀 ❤️"],
    ["<b>&amp;</b>", "<b>&amp;</b>"],
  ];
  for (const [text, expected] of rows) assert.equal(makeInert(text), expected);
});

Deno.test("makeInert shows what turns the direction, hides, breaks lines or is half a character", () => {
  const rows: readonly (readonly [text: string, expected: string])[] = [
    ["user\u202etxt.exe\u202c", "user\\u202etxt.exe\\u202c"],
    ["\u2066a\u2069 \u200e\u200f\u061c", "\\u2066a\\u2069 \\u200e\\u200f\\u061c"],
    ["pass\u200bword \u200d \ufeff\u2060", "pass\\u200bword \\u200d \\ufeff\\u2060"],
    ["one\u2028two\u2029three\x85", "one\\u2028two\\u2029three\\x85"],
    ["\ud800 and \udc00\ud800 but 😀", "\\ud800 and \\udc00\\ud800 but 😀"],
    ["tag \u{e0041}\u{e007f}", "tag \\u{e0041}\\u{e007f}"],
    ["soft\u00adhyphen", "soft\\xadhyphen"],
  ];
  for (const [text, expected] of rows) assert.equal(makeInert(text), expected);
});

Deno.test("makeInert leaves nothing of format and control characters", () => {
  // Characters of category Cf that are shown, such as the sign of an Arabic number, are no danger.
  const shown =
    /^[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}]$/u;
  for (let point = 0; point <= 0x10ffff; point++) {
    const character = String.fromCodePoint(point);
    if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character) || shown.test(character)) continue;
    if (character === "\n" || character === "\t") continue;
    assert.match(makeInert(character), /^\\/, point.toString(16));
  }
});

Deno.test("makeInertLine leaves one line", () => {
  assert.equal(makeInertLine("a\nb\tc\x1b\u2028"), "a\\nb\\tc\\x1b\\u2028");
  assert.equal(makeInertLine("plain"), "plain");
});

Deno.test("escapeUnseen changes nothing for who reads the text as JSON", () => {
  const text = "a\x9b2J \u202e \u{e0041} \x7f 😀";
  const escaped = escapeUnseen(JSON.stringify(text));
  assert.match(escaped, /^[ -~😀]*$/u);
  assert.equal(JSON.parse(escaped), text);
});
