import assert from "node:assert/strict";
import { KeyDecoder } from "../../../lib/cli/screen/key_decoder.ts";
import { LineEditor, LineHistory } from "../../../lib/cli/tau/line_editor.ts";

function type(editor: LineEditor, keys: string): LineEditor {
  const decoder = new KeyDecoder();
  for (const event of decoder.push(new TextEncoder().encode(keys))) editor.input(event);
  return editor;
}

Deno.test("LineEditor edits as shells do", () => {
  const rows: readonly (readonly [keys: string, text: string])[] = [
    ["abc", "abc"],
    ["äb漢👍\x7f", "äb漢"],
    ["abc\x1b[D\x1b[DX", "aXbc"],
    ["abc\x01X\x05Y", "XabcY"],
    ["abc\x1b[HX\x1b[FY", "XabcY"],
    ["one two  \x17", "one "],
    ["one two\x15", ""],
    ["one two\x1b[D\x1b[D\x0b", "one t"],
    ["abc\x1b[H\x1b[3~\x04", "c"],
    ["one two\x1b[1;5D\x1b[1;5DX", "Xone two"],
    ["one two\x01\x1b[1;5CX", "oneX two"],
    ["\x1b[200~a\r\nb\tc\x1b[31m\x1b[201~", "a b c[31m"],
    ["\x7f\x1b[D\x1b[C\x1b[3~a", "a"],
  ];
  for (const [keys, text] of rows) {
    assert.equal(type(new LineEditor(), keys).text, text, JSON.stringify(keys));
  }
  assert.equal(type(new LineEditor("start"), "X").text, "startX");
});

Deno.test("LineEditor brings lines of the history, and what was typed before", () => {
  const history = new LineHistory();
  for (const line of ["one", "two", "one", "", "three"]) history.add(line);
  assert.deepEqual(history.lines, ["two", "one", "three"]);
  const editor = new LineEditor("", history);
  const up = "\x1b[A";
  const down = "\x1b[B";
  assert.equal(type(editor, `draft${up}`).text, "three");
  assert.equal(type(editor, up).text, "one");
  assert.equal(type(editor, up + up + up).text, "two");
  assert.equal(type(editor, down + down).text, "three");
  assert.equal(type(editor, down).text, "draft");
  assert.equal(type(editor, down).text, "draft");
});

Deno.test("LineEditor takes no more than a line needs", () => {
  assert.equal(type(new LineEditor(), `\x1b[200~${"x".repeat(50_000)}\x1b[201~`).text.length, 4096);
});
