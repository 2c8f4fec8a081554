import assert from "node:assert/strict";
import { LineDecoder, MAX_CONTENT_BYTES } from "../../lib/tail/line_decoder.ts";

Deno.test("LineDecoder drops a byte order mark at the head of the file only", () => {
  const decoder = new LineDecoder();
  const bytes = new TextEncoder().encode("\ufeffa");
  assert.equal(decoder.decode(bytes, 0), "a");
  assert.equal(decoder.decode(bytes, 7), "\ufeffa");
});

Deno.test("LineDecoder turns wrong bytes into U+FFFD", () => {
  assert.equal(new LineDecoder().decode(Uint8Array.of(0x61, 0xff, 0x62), 0), "a\ufffdb");
});

Deno.test("LineDecoder counts whole characters at every cut", () => {
  for (const [label, text, bytes] of samples()) {
    const decoder = new LineDecoder(label);
    for (let length = 0; length <= bytes.length; length++) {
      const whole = decoder.wholeCharacters(bytes.subarray(0, length));
      assert.ok(length - whole < 4, `${label} ${length}`);
      const left = decoder.decode(bytes.subarray(0, whole), 1);
      const right = decoder.decode(bytes.subarray(whole), 1);
      assert.equal(left + right, text, `${label} ${length}`);
    }
  }
});

function samples(): [string, string, Uint8Array][] {
  const text = "aé漢😀z";
  return [
    ["utf-8", text, new TextEncoder().encode(text)],
    ["shift_jis", "aｱ漢字z", Uint8Array.of(0x61, 0xb1, 0x8a, 0xbf, 0x8e, 0x9a, 0x7a)],
    ["gb18030", "a漢😀", Uint8Array.of(0x61, 0x9d, 0x68, 0x94, 0x39, 0xfc, 0x36)],
    ["latin1", "für", Uint8Array.of(0x66, 0xfc, 0x72)],
  ];
}

Deno.test("LineDecoder takes a wrong end for whole", () => {
  assert.equal(new LineDecoder().wholeCharacters(Uint8Array.of(0x61, 0xff)), 2);
});

Deno.test("LineDecoder cuts a line whose text would be too large for an event", () => {
  const { text, cut } = new LineDecoder().decodeLine(new Uint8Array(500_000).fill(0xff), 0, false);
  assert.equal(cut, true);
  assert.equal(new TextEncoder().encode(text).length, MAX_CONTENT_BYTES);
});

Deno.test("LineDecoder never leaves half a character at a cut", () => {
  const bytes = new TextEncoder().encode("a漢").subarray(0, 3);
  assert.deepEqual(new LineDecoder().decodeLine(bytes, 0, true), { text: "a", cut: true });
});

Deno.test("LineDecoder names an unknown encoding", () => {
  assert.throws(() => new LineDecoder("klingon"), /'encoding' must be a label .* 'klingon'/);
});
