import assert from "node:assert/strict";
import { detectEncoding, encodingOf } from "../../lib/tail/detect_encoding.ts";
import { LineDecoder } from "../../lib/tail/line_decoder.ts";
import { TextLines } from "../../lib/tail/text_lines.ts";

const LE = [0xff, 0xfe];
const BE = [0xfe, 0xff];
const UTF8 = [0xef, 0xbb, 0xbf];

Deno.test("detectEncoding lets a byte order mark decide between UTF-8 and UTF-16", () => {
  for (const label of ["utf-8", "UTF8", "utf-16", "utf-16le", "utf-16be"]) {
    assert.equal(detectEncoding(Uint8Array.of(...LE, 0x61), label), "utf-16le", label);
    assert.equal(detectEncoding(Uint8Array.of(...BE), label), "utf-16be", label);
    assert.equal(detectEncoding(Uint8Array.of(...UTF8), label), "utf-8", label);
  }
});

Deno.test("detectEncoding keeps the label where there is no mark, or none in that encoding", () => {
  const heads = [[], [0xff], [0xfe], [0xef, 0xbb], [0x61, ...LE], [0xfe, 0xfe, 0xff]];
  for (const head of heads) {
    for (const label of ["utf-8", "utf-16", "utf-16be"]) {
      assert.equal(detectEncoding(Uint8Array.from(head), label), label);
    }
  }
  for (const mark of [LE, BE, UTF8]) {
    assert.equal(detectEncoding(Uint8Array.from(mark), "latin1"), "latin1");
    assert.equal(detectEncoding(Uint8Array.from(mark), "shift_jis"), "shift_jis");
  }
});

Deno.test("detectEncoding names an unknown encoding", () => {
  assert.throws(
    () => detectEncoding(new Uint8Array(3), "klingon"),
    /'encoding' must be .*'klingon'/,
  );
  assert.equal(encodingOf("latin1"), "windows-1252");
});

Deno.test("LineDecoder reads files in the encoding that their mark tells, byte by byte too", () => {
  const text = "für 漢\r\n😀\n";
  const files: readonly (readonly [string, Uint8Array])[] = [
    ["utf-8", new TextEncoder().encode(`\ufeff${text}`)],
    ["utf-16le", utf16(`\ufeff${text}`, true)],
    ["utf-16be", utf16(`\ufeff${text}`, false)],
  ];
  for (const [name, bytes] of files) {
    const label = detectEncoding(bytes, "utf-8");
    assert.equal(label, name);
    const whole = [...new TextLines(new LineDecoder(label)).push(bytes)];
    assert.deepEqual(whole.map((line) => line.text), ["für 漢", "😀"], name);
    const lines = new TextLines(new LineDecoder(label));
    const single = [...bytes].flatMap((byte) => [...lines.push(Uint8Array.of(byte))]);
    assert.deepEqual(single, whole, name);
  }
});

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}
