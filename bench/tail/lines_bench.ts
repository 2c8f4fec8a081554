import { concatBytes } from "../../lib/base/bytes.ts";
import { identify } from "../../lib/tail/file_identity.ts";
import type { FilePiece } from "../../lib/tail/file_portion.ts";
import { READ_BYTES } from "../../lib/tail/file_reader.ts";
import { LineDecoder } from "../../lib/tail/line_decoder.ts";
import { LineGrouper } from "../../lib/tail/line_grouper.ts";
import { LineSplitter } from "../../lib/tail/line_splitter.ts";
import { MAX_BATCH_LINES } from "../../lib/tail/tail_context.ts";
import { type TextLine, TextLines } from "../../lib/tail/text_lines.ts";
import { TimeParser } from "../../lib/tail/time_parser.ts";
import { realLogs } from "../../tests/shared_data.ts";
import { CONTENT_130 } from "../sample.ts";
import { count, median, printTable } from "../table.ts";

const BYTES = 64 * 1024 * 1024;
const ROUNDS = 7;
const READ_AT = 1.7e9;
const IDENTITY = identify({ dev: 1, ino: 1, birthtime: null });

/** From bytes to lines, their text, their groups and their times, beside a count of the line feeds. */
export function benchLines(): void {
  const encoder = new TextEncoder();
  const logs = concatBytes(realLogs().map(({ path }) => Deno.readFileSync(path)));
  measure("real logs", logs);
  measure("130 bytes a line", encoder.encode(`${CONTENT_130}\n`));
  measure("130 bytes a line, not ASCII", encoder.encode(`${CONTENT_130.slice(2)}é\n`));
}

function measure(name: string, sample: Uint8Array): void {
  const bytes = repeat(sample);
  const lines = countNewlines(bytes);
  const rows = Object.entries(WORK).map(([label, run]) => {
    const seconds = median(Array.from({ length: ROUNDS }, () => timed(() => run(bytes))));
    return { label, mb: bytes.length / 1e6 / seconds, lines: lines / seconds };
  });
  const newlines = rows[0]?.mb ?? 1;
  printTable(
    `lines: ${name}, ${(bytes.length / 1e6).toFixed(0)} MB, ${
      count(lines)
    } lines, median of ${ROUNDS}`,
    [
      ["", "MB/s", "lines/s", "of a count"],
      ...rows.map(({ label, mb, lines }) => [
        label,
        mb.toFixed(0),
        count(lines),
        (mb / newlines).toFixed(3),
      ]),
    ],
  );
}

const WORK: Readonly<Record<string, (bytes: Uint8Array) => void>> = {
  "count of line feeds": (bytes) => void countNewlines(bytes),
  "lines (LineSplitter)": (bytes) => {
    const splitter = new LineSplitter();
    for (const chunk of chunks(bytes)) for (const _ of splitter.push(chunk));
  },
  "text, line by line (LineDecoder)": decodeEach,
  "text (TextLines)": (bytes) => {
    for (const _ of textLines(bytes));
  },
  "text, times": (bytes) => {
    const times = TimeParser.create("auto");
    for (const line of textLines(bytes)) times.parse(line.text, READ_AT);
  },
  "text, groups by indentation": (bytes) => group(new LineGrouper({ kind: "indent" }), bytes),
  "text, groups by a pattern": (bytes) => {
    group(new LineGrouper({ kind: "start", pattern: String.raw`^(\[|\d|\w{3} )` }), bytes);
  },
  "text, groups by a pattern, times": (bytes) => {
    const grouper = new LineGrouper({ kind: "start", pattern: String.raw`^(\[|\d|\w{3} )` });
    group(grouper, bytes, TimeParser.create("auto"));
  },
};

function decodeEach(bytes: Uint8Array): void {
  const splitter = new LineSplitter();
  const decoder = new LineDecoder();
  for (const chunk of chunks(bytes)) {
    for (const { bytes, offset, cut } of splitter.push(chunk)) {
      decoder.decodeLine(bytes, offset, cut);
    }
  }
}

function group(grouper: LineGrouper, bytes: Uint8Array, times?: TimeParser): void {
  let pieces: FilePiece[] = [];
  for (const { offset, end, text } of textLines(bytes)) {
    pieces.push({ offset, end, text, identity: IDENTITY });
    if (pieces.length < MAX_BATCH_LINES) continue;
    for (const { text } of grouper.push(pieces, 0)) times?.parse(text, READ_AT);
    pieces = [];
  }
}

function* textLines(bytes: Uint8Array): Generator<TextLine> {
  const lines = new TextLines(new LineDecoder());
  for (const chunk of chunks(bytes)) yield* lines.push(chunk);
}

function* chunks(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += READ_BYTES) yield bytes.subarray(at, at + READ_BYTES);
}

function countNewlines(bytes: Uint8Array): number {
  let found = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) found++;
  return found;
}

function repeat(sample: Uint8Array): Uint8Array {
  return concatBytes(Array.from({ length: Math.ceil(BYTES / sample.length) }, () => sample));
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return (performance.now() - started) / 1000;
}
