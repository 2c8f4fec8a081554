import assert from "node:assert/strict";
import { charKind } from "../../../lib/cli/screen/char_width.ts";
import {
  cellAt,
  cutText,
  cutTextStart,
  fitText,
  textWidth,
} from "../../../lib/cli/screen/cell_text.ts";

Deno.test("textWidth counts columns as terminals do", () => {
  const rows: readonly (readonly [text: string, width: number])[] = [
    ["", 0],
    ["plain", 5],
    ["Grüße", 5],
    ["漢字", 4],
    ["ｱ", 1],
    ["Ａ", 2],
    ["한글", 4],
    ["👍", 2],
    ["🇩🇪", 2],
    ["e\u0301", 1],
    ["\u0301", 1],
    ["❤\ufe0f", 1],
    ["\u{20000}", 2],
    ["Привет", 6],
    ["שלום", 4],
  ];
  for (const [text, width] of rows) assert.equal(textWidth(text), width, text);
});

Deno.test("cellAt makes what a terminal would obey, or cannot show, a replacement character", () => {
  const obeyed = ["\x00", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u200d", "\u2028", "\ud83d"];
  for (const text of [...obeyed, "\ue000", "\u{e0001}", "\u0378"]) {
    assert.deepEqual(cellAt(text, 0).text, "\ufffd", JSON.stringify(text));
    assert.equal(charKind(text.codePointAt(0) ?? 0), "unshowable");
  }
});

Deno.test("cellAt keeps few marks over a character, and passes over the others", () => {
  const text = `a${"\u0301".repeat(500)}b`;
  const cell = cellAt(text, 0);
  assert.equal(cell.text, `a${"\u0301".repeat(3)}`);
  assert.equal(text.slice(cell.end), "b");
  assert.equal(textWidth(text), 2);
});

Deno.test("fitText never cuts a character apart", () => {
  assert.deepEqual(fitText("漢字", 3), { end: 1, width: 2 });
  assert.deepEqual(fitText("ab👍", 3), { end: 2, width: 2 });
  assert.deepEqual(fitText("ae\u0301", 2), { end: 3, width: 2 });
  assert.deepEqual(fitText("abcdef", 3, 2), { end: 5, width: 3 });
});

Deno.test("cutText marks what is missing, at the end or at the start", () => {
  assert.equal(cutText("abcdef", 4), "abc…");
  assert.equal(cutText("漢字漢字", 4), "漢…");
  assert.equal(cutText("abc", 3), "abc");
  assert.equal(cutTextStart("/var/log/app.log", 8), "…app.log");
  assert.equal(cutTextStart("short", 8), "short");
});
