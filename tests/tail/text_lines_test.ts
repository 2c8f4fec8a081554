import assert from "node:assert/strict";
import { LineDecoder } from "../../lib/tail/line_decoder.ts";
import { LineSplitter } from "../../lib/tail/line_splitter.ts";
import { type TextLine, TextLines, type TextLinesOptions } from "../../lib/tail/text_lines.ts";
import { forSeeds, type Random } from "../random.ts";

const LABELS = [
  "utf-8",
  "latin1",
  "iso-8859-8",
  "shift_jis",
  "gb18030",
  "big5",
  "euc-kr",
  "iso-2022-jp",
  "utf-16le",
  "utf-16be",
];

/** Bytes that are right in one encoding or another, or in none. */
const PIECES: readonly (readonly number[])[] = [
  [0x0a],
  [0x0d, 0x0a],
  [0x0d],
  [0x61],
  [0x20, 0x62],
  [0],
  [0x0a, 0],
  [0, 0x0a],
  [0xc3, 0xa9],
  [0xe6, 0xbc, 0xa2],
  [0xf0, 0x9f, 0x98, 0x80],
  [0xef, 0xbb, 0xbf],
  [0xef, 0xbf, 0xbd],
  [0xff, 0xfe],
  [0xfe, 0xff],
  [0xe6, 0xbc],
  [0x88, 0x62],
  [0x81, 0x30, 0x81, 0x30],
  [0x1b, 0x24, 0x42, 0x30, 0x21],
  [0x1b, 0x28, 0x42],
  [0x1b, 0x28, 0x4a],
  [0x5c],
  [0xff],
  [0x80],
];

function randomBytes(random: Random, pieces: readonly (readonly number[])[]): Uint8Array {
  const bytes: number[] = [];
  for (let left = random.int(0, 60); left > 0; left--) bytes.push(...random.pick(pieces));
  return Uint8Array.from(bytes);
}

/** Some of the pieces only, so that also texts without any wrong bytes come up. */
function randomPieces(random: Random): (readonly number[])[] {
  const count = random.int(1, 6);
  return [[0x0a], [0x0d, 0x0a], ...Array.from({ length: count }, () => random.pick(PIECES))];
}

/** Line by line, all bytes at once. */
function slowly(bytes: Uint8Array, label: string, options: TextLinesOptions): TextLine[] {
  const decoder = new LineDecoder(label);
  const splitter = new LineSplitter({ ...options, codeUnit: decoder.codeUnit });
  const lines: TextLine[] = [];
  for (const line of splitter.push(bytes)) {
    const { offset, end, terminated } = line;
    const decoded = decoder.decodeLine(line.bytes, offset, line.cut);
    lines.push({ offset, end, ...decoded, keptBytes: line.bytes.length, terminated });
  }
  const last = splitter.end();
  if (last) {
    const { offset, end, terminated } = last;
    const decoded = decoder.decodeLine(last.bytes, offset, last.cut);
    lines.push({ offset, end, ...decoded, keptBytes: last.bytes.length, terminated });
  }
  return lines;
}

Deno.test("TextLines finds what LineSplitter and LineDecoder find, in any bytes and chunks", () =>
  forSeeds(4000, (random) => {
    const label = random.pick(LABELS);
    const bytes = randomBytes(random, randomPieces(random));
    const options = {
      offset: random.pick([0, 0, 2, 1000]),
      maxLineBytes: random.pick([2, 5, 20, 1000]),
    };
    const lines = new TextLines(new LineDecoder(label), options);
    const found: TextLine[] = [];
    const buffer = new Uint8Array(64);
    let at = 0;
    while (at < bytes.length) {
      const length = Math.min(random.int(1, 64), bytes.length - at);
      buffer.set(bytes.subarray(at, at + length));
      found.push(...lines.push(buffer.subarray(0, length)));
      buffer.fill(0x0a);
      at += length;
      assert.equal(lines.readOffset, options.offset + at);
    }
    const last = lines.end();
    if (last) found.push(last);
    assert.deepEqual(found, slowly(bytes, label, options), `${label} ${bytes}`);
  }));

Deno.test("TextLines counts as not pushed what follows the last line asked for", () =>
  forSeeds(1000, (random) => {
    const label = random.pick(LABELS);
    const bytes = randomBytes(random, randomPieces(random));
    const options = { offset: 8, maxLineBytes: 20 };
    const lines = new TextLines(new LineDecoder(label), options);
    const found: TextLine[] = [];
    while (lines.readOffset < 8 + bytes.length) {
      let wanted = random.int(1, 5);
      for (const line of lines.push(bytes.subarray(lines.readOffset - 8))) {
        found.push(line);
        if (--wanted > 0) continue;
        break;
      }
      if (wanted === 0) assert.equal(lines.readOffset, found.at(-1)?.end);
      assert.equal(lines.lineStart, found.at(-1)?.end ?? 8);
    }
    const last = lines.end();
    if (last) found.push(last);
    assert.deepEqual(found, slowly(bytes, label, options), `${label} ${bytes}`);
  }));

Deno.test("TextLines reads files of many blocks, with long lines and wrong bytes here and there", () =>
  forSeeds(10, (random) => {
    const parts = ["x".repeat(150_000), "\n?\n"];
    for (let i = 0; i < 4000; i++) {
      const long = random.chance(0.002) ? "漢".repeat(random.int(1, 60_000)) : "";
      parts.push(random.text(["abc ", "def", "\t", "é"], 0, 40), long, random.pick(["\n", "\r\n"]));
    }
    const bytes = new TextEncoder().encode(parts.join(""));
    bytes[150_001] = 0xff;
    for (let i = 0; i < 3; i++) bytes[random.below(bytes.length)] = 0xff;
    const options = { maxLineBytes: 100_000 };
    const lines = new TextLines(new LineDecoder(), options);
    const found: TextLine[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = random.int(1, 400_000);
      found.push(...lines.push(bytes.subarray(at, at + length)));
      at += length;
    }
    const last = lines.end();
    if (last) found.push(last);
    assert.deepEqual(found, slowly(bytes, "utf-8", options));
    assert.ok(found.some((line) => line.damaged) && found.some((line) => line.cut));
  }));

Deno.test("TextLines goes on elsewhere after a reset", () => {
  const lines = new TextLines(new LineDecoder(), { offset: 10 });
  assert.deepEqual([...lines.push(new TextEncoder().encode("half"))], []);
  assert.deepEqual([lines.lineStart, lines.readOffset, lines.held.length], [10, 14, 4]);
  lines.reset(100);
  const [line] = lines.push(new TextEncoder().encode("a\nb"));
  assert.deepEqual([line?.text, line?.offset, line?.end], ["a", 100, 102]);
  assert.equal(lines.overlong, false);
});

Deno.test("TextLines drops a byte order mark at the head of the file only", () => {
  const bytes = new TextEncoder().encode("\ufeffa\n\ufeffb\n");
  const lines = new TextLines(new LineDecoder());
  assert.deepEqual([...lines.push(bytes)].map(({ text }) => text), ["a", "\ufeffb"]);
});
