import assert from "node:assert/strict";
import type { InputEvent } from "../../../lib/cli/screen/input_event.ts";
import { KeyDecoder } from "../../../lib/cli/screen/key_decoder.ts";
import { forSeeds } from "../../random.ts";

const encoder = new TextEncoder();

const key = (name: string, more = {}) => ({ kind: "key", key: name, ...more });
const text = (value: string, more = {}) => ({ kind: "text", text: value, ...more });
const ctrl = (letter: string) => ({ kind: "ctrl", letter });
const mouse = (action: string, row: number, column: number) => ({
  kind: "mouse",
  action,
  row,
  column,
});

/** What a terminal sends, and what it means. */
const ROWS: readonly (readonly [bytes: string, events: readonly unknown[]])[] = [
  ["a", [text("a")]],
  ["äß漢👍", [text("ä"), text("ß"), text("漢"), text("👍")]],
  ["\r\n\t\x7f\b", [key("enter"), key("enter"), key("tab"), key("backspace"), key("backspace")]],
  ["\x03\x1a\x0c", [ctrl("c"), ctrl("z"), ctrl("l")]],
  ["\x00\x1c\x1f", [ctrl("@"), ctrl("\\"), ctrl("_")]],
  ["\x1b[A\x1b[B\x1b[C\x1b[D", [key("up"), key("down"), key("right"), key("left")]],
  ["\x1bOA\x1bOH\x1bOF", [key("up"), key("home"), key("end")]],
  ["\x1bO\x03q\x1bO\x1b[A\x1bOä", [ctrl("c"), text("q"), key("up"), text("ä")]],
  ["\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~", ["home", "end", "home", "end", "home"].map((k) => key(k))],
  ["\x1b[5~\x1b[6~\x1b[3~\x1b[2~", ["pageup", "pagedown", "delete", "insert"].map((k) => key(k))],
  ["\x1b[1;5C\x1b[1;3D", [key("right", { ctrl: true }), key("left", { alt: true })]],
  ["\x1b[Z", [key("backtab")]],
  ["\x1bx\x1b\r", [text("x", { alt: true }), key("enter", { alt: true })]],
  ["\x1b[<64;5;3M\x1b[<65;1;1M", [mouse("wheelup", 2, 4), mouse("wheeldown", 0, 0)]],
  ["\x1b[<0;10;20M\x1b[<0;10;20m", [mouse("press", 19, 9), mouse("release", 19, 9)]],
  ["\x1b[<2;1;1M\x1b[<35;1;1M\x1b[<66;1;1M", []],
  ["\x1b[200~a b\r\nc\x1b[201~d", [{ kind: "paste", text: "a b\r\nc" }, text("d")]],
  ["\x1b[200~\x1b[A\x1b[20\x1b[201~", [{ kind: "paste", text: "\x1b[A\x1b[20" }]],
  ["\x1b[200~lost\x03q", [ctrl("c"), text("q")]],
  ["\x1b[I\x1b[O\x1b[?1;2c\x1b[>0;276;0cq", [text("q")]],
  ["\x1b[[Aq", [text("q")]],
  ["\xffq", [text("ÿ"), text("q")]],
];

function decode(chunks: readonly Uint8Array[]): InputEvent[] {
  const decoder = new KeyDecoder();
  return chunks.flatMap((chunk) => decoder.push(chunk));
}

Deno.test("KeyDecoder tells keys, text, pastes and the mouse", () => {
  for (const [bytes, events] of ROWS) {
    assert.deepEqual(decode([encoder.encode(bytes)]), events, JSON.stringify(bytes));
  }
});

Deno.test("KeyDecoder takes its bytes in pieces of any size", () => {
  for (const [sent, events] of ROWS) {
    const bytes = encoder.encode(sent);
    assert.deepEqual(decode(Array.from(bytes, (byte) => new Uint8Array([byte]))), events);
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepEqual(decode([bytes.subarray(0, cut), bytes.subarray(cut)]), events);
    }
  }
});

Deno.test("KeyDecoder takes an escape for the key when nothing follows", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(encoder.encode("\x1b")), []);
  assert.ok(decoder.isWaiting);
  assert.deepEqual(decoder.flush(), [key("escape")]);
  assert.ok(!decoder.isWaiting);
  assert.deepEqual(decoder.push(encoder.encode("\x1b\x1b")), [key("escape")]);
  assert.deepEqual(decoder.flush(), [key("escape")]);
  assert.deepEqual(decoder.push(encoder.encode("\x1b[")), []);
  assert.deepEqual(decoder.flush(), [text("[", { alt: true })]);
  assert.deepEqual(decoder.push(encoder.encode("[A")), [text("["), text("A")]);
});

Deno.test("KeyDecoder passes over bytes that are no character, and cuts what never ends", () => {
  const decoder = new KeyDecoder();
  assert.deepEqual(decoder.push(new Uint8Array([0xff, 0xc3, 0x28, 0xe2, 0x82, 0x61])), [
    text("("),
    text("a"),
  ]);
  assert.deepEqual(decoder.push(new Uint8Array([0xed, 0xa0, 0x80, 0x62])), [text("b")]);
  const endless = encoder.encode("\x1b[" + "1;".repeat(100));
  decoder.push(endless);
  decoder.flush();
  assert.deepEqual(decoder.push(encoder.encode("q")).at(-1), text("q"));
  const long = decoder.push(encoder.encode(`\x1b[200~${"x".repeat(200_000)}\x1b[201~q`));
  assert.equal(long.length, 2);
  assert.ok(long[0]?.kind === "paste" && long[0].text.length <= 70_000);
});

Deno.test("KeyDecoder survives any bytes, and understands what comes after them", () =>
  forSeeds(200, (random) => {
    const decoder = new KeyDecoder();
    for (let turn = 0; turn < 30; turn++) {
      const bytes = random.chance(0.5)
        ? random.bytes(random.int(0, 40))
        : encoder.encode(random.text("\x1b[]O<;0123456789~MmAB\x07\\x", 0, 30));
      for (const event of decoder.push(bytes)) {
        if (event.kind === "text") assert.doesNotMatch(event.text, /\p{Cc}|\ufffd/u);
        if (event.kind === "mouse") assert.ok(event.row >= 0 && event.column >= 0);
      }
      if (random.chance(0.2)) decoder.flush();
    }
    decoder.flush();
    // A paste may have begun; Ctrl-C is understood all the same.
    assert.deepEqual(decoder.push(new Uint8Array([3])).at(-1), ctrl("c"));
    assert.deepEqual(decoder.push(encoder.encode("j")), [text("j")]);
  }));
