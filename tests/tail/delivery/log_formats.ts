import { concatBytes } from "../../../lib/base/bytes.ts";
import { MAX_LINE_BYTES } from "../../../lib/tail/line_splitter.ts";
import type { MultilineRule } from "../../../lib/tail/multiline_rule.ts";

/** What is written, and how it is to be read. */
export interface LogFormat {
  readonly name: string;
  readonly encoding?: string;
  readonly multiline?: MultilineRule;
  /** What is appended ends within a line. */
  readonly isUnfinished?: boolean;
  /** What is appended for the n-th time: `isFirst` to a file that is new. */
  readonly part: (n: number, isFirst: boolean) => Uint8Array;
}

const HAN = "漢";

/** More than is read at once. */
const LONG_HAN = HAN.repeat(100_000);

const LONG_X = "x".repeat(10 * 1024 * 1024);

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function utf16(text: string): Uint8Array {
  return Uint8Array.from([...text].flatMap((character) => {
    const unit = character.charCodeAt(0);
    return [unit & 0xff, unit >> 8];
  }));
}

/** Every format. */
export const LOG_FORMATS: readonly LogFormat[] = [
  { name: "LF", part: (n) => utf8(`${n}-a\n${n}-b\n`) },
  { name: "CRLF", part: (n) => utf8(`${n}-a\r\n${n}-b\r\n`) },
  {
    name: "no final line end",
    isUnfinished: true,
    part: (n) => utf8(n === 0 ? `${n}-a\n` : `${n}-a\n${n}-b`),
  },
  {
    name: "a group over the cut",
    multiline: { kind: "indent" },
    part: (n, isFirst) =>
      utf8(`${isFirst && n > 0 ? `  ${n}-goes on\n` : ""}${n}-a\n${n}-b\n  ${n}-c\n`),
  },
  {
    name: "a character cut in two",
    part: (n) => {
      const text = utf8(`${n}-a${HAN}\n${n}-b${n === 0 ? "\n" : HAN}`);
      return n === 0 ? text : text.subarray(0, -1);
    },
  },
  {
    name: "characters over the borders of reads",
    part: (n) => utf8(`${n}:${LONG_HAN}\n${n}-a${LONG_HAN}\n${n}-b\n`),
  },
  {
    name: "UTF-16 with a byte order mark",
    part: (n, isFirst) => utf16(`${isFirst ? "\ufeff" : ""}${n}-a${HAN}\n${n}-ਊb\n`),
  },
  { name: "a line of 10 MB", part: (n) => utf8(`${n}-a\n${n === 1 ? LONG_X : "x"}\n${n}-b\n`) },
];

/** The lines of files that had these contents, one after another. */
export function linesOf(contents: readonly Uint8Array[]): string[] {
  return contents.flatMap((content) => {
    const decoder = new TextDecoder(content[0] === 0xff ? "utf-16le" : "utf-8");
    const lines = decoder.decode(content).split("\n").map((line) => line.replace(/\r$/, ""));
    if (lines.at(-1) === "") lines.pop();
    return lines.map((line) => line.slice(0, MAX_LINE_BYTES));
  });
}

/** The events of these lines: those that go on with the one before are joined to it. */
export function joined(format: LogFormat, lines: readonly string[]): string[] {
  if (format.multiline === undefined) return [...lines];
  const events: string[] = [];
  for (const line of lines) {
    const last = events.at(-1);
    if (line.startsWith(" ") && last !== undefined) events[events.length - 1] = `${last}\n${line}`;
    else events.push(line);
  }
  return events;
}

/** The events of files with these contents, of which no group goes on in the next. */
export function eventsOf(format: LogFormat, contents: readonly Uint8Array[]): string[] {
  return contents.flatMap((content) => joined(format, linesOf([content])));
}

/** The events of files with these contents, where groups go on from one to the next. */
export function eventsAcross(format: LogFormat, contents: readonly Uint8Array[]): string[] {
  return joined(format, linesOf(contents));
}

/** Bytes one after another. */
export function together(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes([...parts]);
}
