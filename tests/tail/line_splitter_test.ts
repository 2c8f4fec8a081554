import assert from "node:assert/strict";
import {
  LineSplitter,
  type LineSplitterOptions,
  MAX_LINE_BYTES,
} from "../../lib/tail/line_splitter.ts";

interface Found {
  readonly offset: number;
  readonly end: number;
  readonly text: string;
  readonly cut: boolean;
}

const encoder = new TextEncoder();

/** Pushes through one buffer that is overwritten each time, as a reader does. */
function split(chunks: readonly Uint8Array[], options: LineSplitterOptions = {}): Found[] {
  const splitter = new LineSplitter(options);
  const decoder = new TextDecoder(options.codeUnit === "byte" ? "utf-8" : options.codeUnit, {
    ignoreBOM: true,
  });
  const buffer = new Uint8Array(Math.max(1, ...chunks.map((chunk) => chunk.length)));
  const found: Found[] = [];
  for (const chunk of chunks) {
    buffer.set(chunk);
    for (const { offset, end, bytes, cut } of splitter.push(buffer.subarray(0, chunk.length))) {
      found.push({ offset, end, text: decoder.decode(bytes), cut });
    }
    buffer.fill(0x0a);
  }
  const last = splitter.end();
  if (last) {
    const { offset, end, bytes, cut } = last;
    found.push({ offset, end, text: decoder.decode(bytes), cut });
  }
  return found;
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * text.length));
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

const TEXTS = [
  "",
  "\n",
  "\r\n",
  "\r",
  "a",
  "a\nb\r\n\nd\r",
  "\r\r\n\n\r",
  "é\r\n漢字\n😀",
  "ab\ncdef\r\ngh\n",
];

Deno.test("LineSplitter finds the same lines at every split point and byte by byte", () => {
  for (const text of TEXTS) {
    const bytes = encoder.encode(text);
    const whole = split([bytes], { codeUnit: "byte" });
    assert.deepEqual(whole.map((line) => line.text), expectedLines(text), JSON.stringify(text));
    for (let at = 0; at <= bytes.length; at++) {
      for (let second = at; second <= bytes.length; second++) {
        const chunks = [bytes.slice(0, at), bytes.slice(at, second), bytes.slice(second)];
        assert.deepEqual(split(chunks, { codeUnit: "byte" }), whole);
      }
    }
    assert.deepEqual(
      split([...bytes].map((byte) => Uint8Array.of(byte)), { codeUnit: "byte" }),
      whole,
    );
  }
});

function expectedLines(text: string): string[] {
  const parts = text.split("\n");
  if (parts.at(-1) === "") parts.pop();
  return parts.map((part) => part.endsWith("\r") ? part.slice(0, -1) : part);
}

Deno.test("LineSplitter says where lines begin and end", () => {
  const found = split([encoder.encode("ab\n\r\nc")], { offset: 100, codeUnit: "byte" });
  assert.deepEqual(found.map(({ offset, end }) => [offset, end]), [[100, 103], [103, 105], [
    105,
    106,
  ]]);
});

Deno.test("LineSplitter splits UTF-16 at line feeds only, at every split point", () => {
  // U+0A0A and U+0A41 hold the byte of a line feed without being one.
  const text = "a\n\u0a0a\u0a41b\r\nc\u410a";
  for (const codeUnit of ["utf-16le", "utf-16be"] as const) {
    const bytes = utf16(text, codeUnit === "utf-16le");
    const whole = split([bytes], { codeUnit });
    assert.deepEqual(whole.map((line) => line.text), ["a", "\u0a0a\u0a41b", "c\u410a"]);
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(split([bytes.slice(0, at), bytes.slice(at)], { codeUnit }), whole);
    }
    assert.deepEqual(split([...bytes].map((byte) => Uint8Array.of(byte)), { codeUnit }), whole);
  }
});

Deno.test("LineSplitter cuts a line over the limit, at every split point, and goes on with the next", () => {
  for (const lineEnd of ["\n", "\r\n"]) {
    const bytes = encoder.encode(
      ["abcd", "abcde", "abcdefghijklm", "x", "0123456789"].join(lineEnd),
    );
    const whole = split([bytes], { maxLineBytes: 4, codeUnit: "byte" });
    assert.deepEqual(
      whole.map(({ text, cut }) => [text, cut]),
      [["abcd", false], ["abcd", true], ["abcd", true], ["x", false], ["0123", true]],
    );
    assert.equal(whole.at(-1)?.end, bytes.length);
    for (let at = 0; at <= bytes.length; at++) {
      const chunks = [bytes.slice(0, at), bytes.slice(at)];
      assert.deepEqual(split(chunks, { maxLineBytes: 4, codeUnit: "byte" }), whole);
    }
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(split(single, { maxLineBytes: 4, codeUnit: "byte" }), whole);
  }
});

Deno.test("LineSplitter holds no more of a line than its limit", () => {
  const splitter = new LineSplitter({ maxLineBytes: 1000 });
  for (let i = 0; i < 100; i++) assert.equal([...splitter.push(new Uint8Array(999))].length, 0);
  assert.equal(splitter.held.length, 1001);
  assert.equal(splitter.overlong, true);
  assert.equal(splitter.readOffset, 99_900);
  const [line] = splitter.push(Uint8Array.of(0x0a));
  assert.equal(line?.end, 99_901);
  assert.equal(line?.bytes.length, 1000);
});

Deno.test("LineSplitter counts as not pushed what follows the last line asked for", () => {
  const splitter = new LineSplitter();
  const lines = splitter.push(encoder.encode("one\ntwo\nthree"));
  assert.equal(lines.next().value?.end, 4);
  lines.return();
  assert.equal(splitter.readOffset, 4);
  assert.equal(splitter.end(), undefined);
});

Deno.test("LineSplitter begins a new line after its end was asked for", () => {
  const splitter = new LineSplitter();
  assert.deepEqual([...splitter.push(encoder.encode("half"))], []);
  assert.equal(splitter.end()?.terminated, false);
  const [rest] = splitter.push(encoder.encode(" more\n"));
  assert.deepEqual([rest?.offset, rest?.end], [4, 10]);
});

Deno.test("LineSplitter refuses a limit under 2", () => {
  assert.throws(
    () => new LineSplitter({ maxLineBytes: 1 }),
    /'maxLineBytes' must be at least 2.* 1$/,
  );
});

Deno.test("LineSplitter leaves binary runs and lone carriage returns as they are", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  const splitter = new LineSplitter();
  const lines = [...splitter.push(bytes)].map((line) => [...line.bytes]);
  assert.deepEqual(lines, [[...bytes.subarray(0, 10)]]);
  assert.deepEqual([...splitter.end()?.bytes ?? []], [...bytes.subarray(11)]);
  const texts = split([encoder.encode("a\rb\r\r\n\0\0\n\r")], { codeUnit: "byte" });
  assert.deepEqual(texts.map(({ text }) => text), ["a\rb\r", "\0\0", ""]);
});

Deno.test("LineSplitter takes a line end for none of the content, exactly at the limit", () => {
  for (const codeUnit of ["byte", "utf-16le", "utf-16be"] as const) {
    const encode = (text: string) =>
      codeUnit === "byte" ? encoder.encode(text) : utf16(text, codeUnit === "utf-16le");
    const maxLineBytes = encode("abcd").length;
    for (const lineEnd of ["\n", "\r\n", "\r\r\n", "é\n"]) {
      const bytes = encode(`abcd${lineEnd}xyz\n`);
      const isCut = lineEnd.length > 2 || lineEnd === "é\n";
      for (let at = 0; at <= bytes.length; at++) {
        const found = split([bytes.slice(0, at), bytes.slice(at)], { codeUnit, maxLineBytes });
        assert.deepEqual(
          found.map(({ text, cut }) => [text, cut]),
          [["abcd", isCut], ["xyz", false]],
          `${codeUnit} ${JSON.stringify(lineEnd)} ${at}`,
        );
        assert.equal(found.at(-1)?.end, bytes.length);
      }
    }
  }
});

Deno.test("LineSplitter passes over the rest of a line of a gigabyte, in the memory of its limit", () => {
  const chunk = new Uint8Array(1 << 20).fill(0x78);
  const splitter = new LineSplitter({ offset: 5 });
  for (let i = 0; i < 1024; i++) {
    assert.equal([...splitter.push(chunk)].length, 0);
    assert.ok(splitter.held.buffer.byteLength <= MAX_LINE_BYTES + 1);
  }
  const [line, next] = [...splitter.push(encoder.encode("\r\nnext\n"))].map((found) => ({
    ...found,
    bytes: found.bytes.length,
  }));
  const end = 5 + (1 << 30) + 2;
  assert.deepEqual(line, { offset: 5, end, bytes: MAX_LINE_BYTES, cut: true, terminated: true });
  assert.deepEqual(next, { offset: end, end: end + 5, bytes: 4, cut: false, terminated: true });
});

Deno.test("LineSplitter finds a line of 10 MB whole where the limit allows it", () => {
  const bytes = new Uint8Array(10_000_000).fill(0x78);
  bytes[9_999_999] = 0x0a;
  const splitter = new LineSplitter({ maxLineBytes: 10_000_000 });
  for (let at = 0; at < bytes.length; at += 256 * 1024) {
    for (const line of splitter.push(bytes.subarray(at, at + 256 * 1024))) {
      assert.deepEqual([line.bytes.length, line.cut], [9_999_999, false]);
    }
  }
  assert.equal(splitter.lineStart, 10_000_000);
});
