import assert from "node:assert/strict";
import { asciiText, reprText } from "../../../lib/cli/format/python_repr.ts";

Deno.test("reprText chooses the quotes that need no escape", () => {
  assert.equal(reprText(""), "''");
  assert.equal(reprText("plain"), "'plain'");
  assert.equal(reprText("it's"), `"it's"`);
  assert.equal(reprText('say "hi"'), `'say "hi"'`);
  assert.equal(reprText(`it's "it"`), `'it\\'s "it"'`);
});

Deno.test("reprText escapes what is not printable", () => {
  assert.equal(reprText("\t\n\r\\"), "'\\t\\n\\r\\\\'");
  assert.equal(reprText("\0\x1b\x7f\x85"), "'\\x00\\x1b\\x7f\\x85'");
  assert.equal(reprText("\xa0\xad\u2028\u200b\ufeff"), "'\\xa0\\xad\\u2028\\u200b\\ufeff'");
  assert.equal(reprText("\u{e0001}"), "'\\U000e0001'");
});

Deno.test("reprText escapes lone surrogates and keeps pairs", () => {
  assert.equal(reprText("\ud800a\udc00😀"), "'\\ud800a\\udc00😀'");
});

Deno.test("reprText keeps printable characters of all scripts", () => {
  assert.equal(reprText("é漢 Ж😀~"), "'é漢 Ж😀~'");
});

Deno.test("asciiText escapes everything outside ASCII", () => {
  assert.equal(asciiText("é漢😀'\n"), `"\\xe9\\u6f22\\U0001f600'\\n"`);
  assert.equal(asciiText("\ud800"), "'\\ud800'");
});
