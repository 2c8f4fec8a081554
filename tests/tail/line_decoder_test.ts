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
  assert.deepEqual(new LineDecoder().decodeLine(bytes, 0, true), {
    text: "a",
    cut: true,
    damaged: false,
  });
});

Deno.test("LineDecoder names an unknown encoding", () => {
  assert.throws(() => new LineDecoder("klingon"), /'encoding' must be a label .* 'klingon'/);
});

Deno.test("LineDecoder says of a line whether its bytes are wrong, not whether it has U+FFFD", () => {
  const decoder = new LineDecoder();
  const cases: readonly (readonly [readonly number[], boolean])[] = [
    [[0x61, 0x62], false],
    [[0xef, 0xbf, 0xbd], false],
    [[0xff], true],
    [[0xef, 0xbf, 0xbd, 0xe6, 0xbc], true],
    [[0, 1, 0x7f], false],
    [[0xed, 0xa0, 0x80], true],
  ];
  for (const [bytes, damaged] of cases) {
    assert.equal(decoder.decodeLine(Uint8Array.from(bytes), 9, false).damaged, damaged, `${bytes}`);
  }
  const lone = new LineDecoder("utf-16le").decodeLine(Uint8Array.of(0x00, 0xd8), 9, false);
  assert.deepEqual(lone, { text: "\ufffd", cut: false, damaged: true });
});

Deno.test("LineDecoder does not take a character that the limit cuts for a wrong one", () => {
  for (const [label, text, bytes] of samples()) {
    const decoder = new LineDecoder(label);
    for (let length = 1; length <= bytes.length; length++) {
      const line = decoder.decodeLine(bytes.subarray(0, length), 9, true);
      assert.equal(line.damaged, false, `${label} ${length}`);
      assert.ok(text.startsWith(line.text), `${label} ${length}`);
      assert.equal(line.text.isWellFormed(), true, `${label} ${length}`);
    }
  }
});

Deno.test("LineDecoder never leaves half a pair of surrogates at a cut", () => {
  for (
    const [label, bytes] of [
      ["utf-16le", Uint8Array.of(0x61, 0, 0x3d, 0xd8, 0x00, 0xde)],
      ["utf-16be", Uint8Array.of(0, 0x61, 0xd8, 0x3d, 0xde, 0x00)],
    ] as const
  ) {
    const decoder = new LineDecoder(label);
    const texts = [2, 4, 6].map((length) =>
      decoder.decodeLine(bytes.subarray(0, length), 9, true).text
    );
    assert.deepEqual(texts, ["a", "a", "a😀"], label);
  }
});

Deno.test("LineDecoder keeps NUL, control characters and carriage returns inside a line", () => {
  const text = "a\0b\rc\x1b[31m\r\rd\x7f";
  const line = new LineDecoder().decodeLine(new TextEncoder().encode(text), 0, false);
  assert.deepEqual(line, { text, cut: false, damaged: false });
});

Deno.test("LineDecoder cuts no text of the largest line in any encoding beyond what an event may have", () => {
  for (const label of ["utf-8", "latin1", "utf-16le"]) {
    const bytes = new Uint8Array(512 * 1024).fill(0xe9);
    const { text, cut } = new LineDecoder(label).decodeLine(bytes, 9, false);
    const length = new TextEncoder().encode(text).length;
    assert.ok(length <= MAX_CONTENT_BYTES, label);
    // A character more would be too much.
    assert.ok(!cut || length > MAX_CONTENT_BYTES - 4, label);
  }
});
