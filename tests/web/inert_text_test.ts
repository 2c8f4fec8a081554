import assert from "node:assert/strict";
import { inertPieces, inertText, isInert } from "../../lib/web/inert_text.js";

Deno.test("inertText leaves ordinary text of all languages", () => {
  for (const text of ["plain", "tab\there", "<script>", "äöü 日本語 עברית 👍🏽", ""]) {
    assert.equal(inertText(text), text);
    assert.ok(isInert(text));
  }
});

Deno.test("inertText shows what would be obeyed or not be seen", () => {
  assert.equal(inertText("a\x1b[31mb"), "a␛[31mb");
  assert.equal(inertText("\0"), "␀");
  assert.equal(inertText("a\nb\r"), "a⏎b␍");
  assert.equal(inertText("\x7f\x9b"), "␡‹009B›");
  assert.equal(inertText("\u2028\u200b\ufeff\u00ad"), "‹2028›‹200B›‹FEFF›‹00AD›");
  assert.equal(inertText("\ud800x\udc00"), "‹D800›x‹DC00›");
  assert.equal(inertText("\u{e0041}"), "‹E0041›");
  const bidi = [
    0x202a,
    0x202b,
    0x202c,
    0x202d,
    0x202e,
    0x2066,
    0x2067,
    0x2068,
    0x2069,
    0x200e,
    0x200f,
    0x61c,
  ];
  for (const code of bidi) {
    const hex = code.toString(16).toUpperCase().padStart(4, "0");
    assert.equal(inertText(String.fromCodePoint(code)), `‹${hex}›`);
  }
});

Deno.test("inertPieces tells marks from text, and keeps lines where asked", () => {
  assert.deepEqual(inertPieces("a\nb\0", true), [
    { text: "a\nb", isMark: false },
    { text: "␀", isMark: true },
  ]);
});
