import type { RawEvent } from "../../event/raw_event.ts";
import { makeInert, makeInertLine } from "../../base/inert_text.ts";
import { fitText } from "../screen/cell_text.ts";
import { formatDate, formatTime } from "./local_time.ts";

/** How an expanded event is shown. */
export interface DetailOptions {
  readonly columns: number;
  /** Whether long lines go on in the next row. */
  readonly isWrapped: boolean;
  /** Whether its bytes are shown instead. */
  readonly isRaw: boolean;
}

/** A row of an expanded event; inert. */
export interface DetailRow {
  readonly kind: "label" | "text" | "bytes";
  readonly text: string;
}

/** Parts of a line that are made inert at a time: a line of a megabyte is cut into rows as they are needed. */
const PART_CHARACTERS = 4096;

/** A line that is not wrapped is shown so far. */
const MAX_LINE_CHARACTERS = 65_536;

const TAB = "    ";

/** Where the values of the labels begin. */
export const LABEL_COLUMNS = 11;

/**
 * An event as rows: its members, all headers, its content; or its bytes. Rows are made when they are asked
 * for, so that the first screen of a megabyte comes at once.
 */
export class DetailRows {
  readonly #rows: DetailRow[] = [];
  readonly #source: Iterator<DetailRow, void>;
  #isComplete = false;

  constructor(event: RawEvent, options: DetailOptions) {
    this.#source = options.isRaw ? bytesRows(event, options) : eventRows(event, options);
  }

  /** The row at a place; undefined after the last one. */
  at(index: number): DetailRow | undefined {
    while (!this.#isComplete && this.#rows.length <= index) {
      const next = this.#source.next();
      if (next.done === true) this.#isComplete = true;
      else this.#rows.push(next.value);
    }
    return this.#rows[index];
  }

  /** How many rows there are, which all are made for. */
  get length(): number {
    this.at(Infinity);
    return this.#rows.length;
  }
}

function* eventRows(event: RawEvent, options: DetailOptions): Generator<DetailRow, void> {
  const { timestamp } = event;
  const time = `${formatDate(timestamp)} ${formatTime(timestamp, "microsecond")}`;
  const labels: readonly (readonly [string, string])[] = [
    ["id", event.id],
    ["time", `${time}  (${timestamp})`],
    ["source", event.source],
    ["tags", event.tags.join(", ")],
    ...event.headers.map((line) => ["header", line] as const),
    ["content", `${event.contentEnd - event.contentStart} bytes`],
  ];
  for (const [name, value] of labels) {
    yield* labelRows(name, makeInertLine(value), options.columns);
  }
  yield { kind: "label", text: "" };
  yield* contentRows(event.content, options);
}

function* labelRows(name: string, value: string, columns: number): Generator<DetailRow, void> {
  let label = `${name}:`.padEnd(LABEL_COLUMNS);
  const room = Math.max(1, columns - LABEL_COLUMNS);
  let at = 0;
  do {
    const end = Math.max(fitText(value, room, at).end, Math.min(at + 1, value.length));
    yield { kind: "label", text: label + value.slice(at, end) };
    label = " ".repeat(LABEL_COLUMNS);
    at = end;
  } while (at < value.length);
}

function* contentRows(
  content: string,
  { columns, isWrapped }: DetailOptions,
): Generator<DetailRow, void> {
  for (let at = 0; at <= content.length;) {
    const newline = content.indexOf("\n", at);
    const end = newline < 0 ? content.length : newline;
    if (isWrapped) {
      yield* wrappedRows(content, at, end, columns);
    } else {
      const line = content.slice(at, Math.min(end, at + MAX_LINE_CHARACTERS));
      yield { kind: "text", text: inertPart(line) };
    }
    at = end + 1;
  }
}

function* wrappedRows(
  content: string,
  start: number,
  end: number,
  columns: number,
): Generator<DetailRow, void> {
  let rest = "";
  let at = start;
  do {
    let next = Math.min(end, at + PART_CHARACTERS);
    // No character of two units is cut apart.
    if (next < end && (content.charCodeAt(next - 1) & 0xfc00) === 0xd800) next--;
    rest += inertPart(content.slice(at, next));
    at = next;
    let cut = 0;
    // What may go on in the next part waits for it.
    while (at < end ? rest.length - cut > PART_CHARACTERS / 2 : cut < rest.length) {
      const fitting = Math.max(fitText(rest, columns, cut).end, cut + 1);
      yield { kind: "text", text: rest.slice(cut, fitting) };
      cut = fitting;
    }
    rest = rest.slice(cut);
  } while (at < end);
  if (start === end) yield { kind: "text", text: "" };
}

function inertPart(text: string): string {
  return makeInert(text).replaceAll("\t", TAB);
}

/** As many bytes in a row as its columns have room for, in eights. */
function* bytesRows(event: RawEvent, { columns }: DetailOptions): Generator<DetailRow, void> {
  const bytes = event.frame();
  const each = columns >= 76 ? 16 : 8;
  for (let at = 0; at < bytes.length; at += each) {
    const row = [...bytes.subarray(at, at + each)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0"));
    const left = hex.slice(0, 8).join(" ");
    const numbers = each === 8 ? left : `${left.padEnd(24)} ${hex.slice(8).join(" ")}`;
    const text = row.map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".");
    const place = at.toString(16).padStart(7, "0");
    yield { kind: "bytes", text: `${place} ${numbers.padEnd(each * 3)} ${text.join("")}` };
  }
}
