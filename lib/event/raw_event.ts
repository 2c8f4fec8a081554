import { concatBytes } from "../base/bytes.ts";
import type { Event } from "./event.ts";
import { headerName, KNOWN_HEADERS } from "./event.ts";
import { COLON, isBlank, NEWLINE } from "./ascii.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Where an event lies in a buffer, and what its reader had to find out anyway. */
export interface RawEventSpan {
  /** First byte of the canonical frame (its preamble), or -1 when the buffer holds no canonical frame. */
  readonly frameStart: number;
  /** First byte of the header lines. */
  readonly headerStart: number;
  /** First byte of the content, one past the header. */
  readonly contentStart: number;
  /** One past the last byte of the content. */
  readonly contentEnd: number;
  /** First byte of the id's value; equal to `idEnd` when the header has no id. */
  readonly idStart: number;
  /** One past the last byte of the id's value. */
  readonly idEnd: number;
  /** Seconds since 1970; 0 when the header has no timestamp. */
  readonly timestamp: number;
}

/**
 * An event that keeps the bytes it was read from, so that it is stored and returned byte for byte.
 *
 * Strings are made only when a member is asked for: a collector moves most events without ever
 * decoding their content. The buffer is shared with other events and must not be written to.
 */
export class RawEvent implements Event {
  /** What the event was read from; shared, not to be written to. */
  readonly buffer: Uint8Array;
  /** First byte of the canonical frame in the buffer, -1 when it holds none. */
  readonly frameStart: number;
  /** First byte of the header lines in the buffer. */
  readonly headerStart: number;
  /** First byte of the content, one past the header. */
  readonly contentStart: number;
  /** One past the last byte of the content. */
  readonly contentEnd: number;
  /** First byte of the id's value. */
  readonly idStart: number;
  /** One past the last byte of the id's value; equal to `idStart` when there is no id. */
  readonly idEnd: number;
  /** Seconds since 1970; 0 when the header has no timestamp. */
  readonly timestamp: number;
  #id: string | undefined;
  #content: string | undefined;
  #header: Header | undefined;

  /** For readers of the format; others use {@linkcode RawEvent.fromParts} or `toRawEvent`. */
  constructor(buffer: Uint8Array, span: RawEventSpan) {
    this.buffer = buffer;
    this.frameStart = span.frameStart;
    this.headerStart = span.headerStart;
    this.contentStart = span.contentStart;
    this.contentEnd = span.contentEnd;
    this.idStart = span.idStart;
    this.idEnd = span.idEnd;
    this.timestamp = span.timestamp;
  }

  /**
   * Joins header lines and content into an event with a buffer of its own.
   *
   * @param header UTF-8 header lines, each ended by a newline; they must hold a valid timestamp or none.
   * @param content UTF-8 content.
   */
  static fromParts(header: Uint8Array, content: Uint8Array): RawEvent {
    const start = encoder.encode(preamble(header.length, content.length));
    const frame = concatBytes([start, header, content, new Uint8Array([NEWLINE])]);
    return RawEvent.fromFrame(frame, start.length, start.length + header.length);
  }

  /**
   * Takes a buffer that holds one canonical frame and nothing else.
   *
   * @param headerStart First byte of the header lines, one past the preamble.
   * @param contentStart First byte of the content.
   */
  static fromFrame(frame: Uint8Array, headerStart: number, contentStart: number): RawEvent {
    const { idStart, idEnd, timestamp } = readHeader(frame, headerStart, contentStart);
    return new RawEvent(frame, {
      frameStart: 0,
      headerStart,
      contentStart,
      contentEnd: frame.length - 1,
      idStart,
      idEnd,
      timestamp,
    });
  }

  get id(): string {
    return this.#id ??= decoder.decode(this.buffer.subarray(this.idStart, this.idEnd));
  }

  get source(): string {
    return this.#lines().source;
  }

  get tags(): readonly string[] {
    return this.#lines().tags;
  }

  get headers(): readonly string[] {
    return this.#lines().headers;
  }

  get content(): string {
    return this.#content ??= decoder.decode(this.contentBytes());
  }

  /** The content as UTF-8, a view into the buffer. */
  contentBytes(): Uint8Array {
    return this.buffer.subarray(this.contentStart, this.contentEnd);
  }

  /** The header lines as UTF-8, a view into the buffer. */
  headerBytes(): Uint8Array {
    return this.buffer.subarray(this.headerStart, this.contentStart);
  }

  /** How many bytes {@linkcode RawEvent.frame} has. */
  get frameLength(): number {
    if (this.frameStart >= 0) return this.contentEnd + 1 - this.frameStart;
    return this.#preamble().length + this.contentEnd - this.headerStart + 1;
  }

  /** The event in Theia's text format: a view into the buffer where that holds it, else a copy. */
  frame(): Uint8Array {
    if (this.frameStart >= 0) return this.buffer.subarray(this.frameStart, this.contentEnd + 1);
    const frame = new Uint8Array(this.frameLength);
    const { written } = encoder.encodeInto(this.#preamble(), frame);
    frame.set(this.buffer.subarray(this.headerStart, this.contentEnd), written);
    frame[frame.length - 1] = NEWLINE;
    return frame;
  }

  /** The same event, which keeps its strings to itself: they go when it goes. */
  view(): RawEvent {
    return new RawEvent(this.buffer, this);
  }

  /** A plain copy of the members, which shares no memory with the buffer. */
  toEvent(): Event {
    return {
      id: this.id,
      timestamp: this.timestamp,
      source: this.source,
      tags: [...this.tags],
      content: this.content,
      headers: [...this.headers],
    };
  }

  #preamble(): string {
    return preamble(this.contentStart - this.headerStart, this.contentEnd - this.contentStart);
  }

  #lines(): Header {
    return this.#header ??= parseHeader(decoder.decode(this.headerBytes()));
  }
}

/** The first line of an event in the text format. */
export function preamble(headerBytes: number, contentBytes: number): string {
  return `event: ${headerBytes + contentBytes} ${headerBytes} ${contentBytes}\n`;
}

/** What {@linkcode parseHeader} finds. */
export interface Header {
  /** Empty when there is none. */
  readonly source: string;
  /** Empty when there are none. */
  readonly tags: readonly string[];
  /** Lines of other names, as they came. */
  readonly headers: readonly string[];
}

/**
 * Source, tags and unknown lines of a header. The first line of a name counts, as in
 * {@linkcode readHeader}.
 */
export function parseHeader(text: string): Header {
  let source: string | undefined;
  let tags: string | undefined;
  const headers: string[] = [];
  for (const line of text.split("\n")) {
    const name = headerName(line);
    if (!KNOWN_HEADERS.includes(name)) {
      if (line !== "") headers.push(line.endsWith("\r") ? line.slice(0, -1) : line);
    } else if (!line.includes(":")) {
      headers.push(line);
    } else if (name === "source") {
      source ??= headerValue(line);
    } else if (name === "tags") {
      tags ??= headerValue(line);
    }
  }
  return { source: source ?? "", tags: tags ? tags.split(",") : [], headers };
}

function headerValue(line: string): string {
  return line.slice(line.indexOf(":") + 1).trim();
}

/** What {@linkcode readHeader} finds. */
export type HeaderSpan = Pick<RawEventSpan, "idStart" | "idEnd" | "timestamp">;

/**
 * Finds id and timestamp in header bytes without decoding them.
 *
 * Lines of other names are not looked at once both are found, so where a name stands twice the first
 * one counts. `timestamp` is 0 when there is none and NaN when its text is not a number.
 */
export function readHeader(bytes: Uint8Array, start: number, end: number): HeaderSpan {
  let idStart = 0;
  let idEnd = 0;
  let timestamp: number | undefined;
  let line = start;
  while (line < end && (idEnd === 0 || timestamp === undefined)) {
    let lineEnd = bytes.indexOf(NEWLINE, line);
    if (lineEnd < 0 || lineEnd > end) lineEnd = end;
    if (idEnd === 0 && startsWithName(bytes, line, lineEnd, "id")) {
      [idStart, idEnd] = trim(bytes, line + 3, lineEnd);
      if (idStart === idEnd) idStart = idEnd = 0;
    } else if (timestamp === undefined && startsWithName(bytes, line, lineEnd, "timestamp")) {
      timestamp = readTimestamp(bytes, ...trim(bytes, line + 10, lineEnd));
    }
    line = lineEnd + 1;
  }
  return { idStart, idEnd, timestamp: timestamp ?? 0 };
}

function startsWithName(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const colon = start + name.length;
  if (colon >= end || bytes[colon] !== COLON) return false;
  for (let i = 0; i < name.length; i++) {
    if (((bytes[start + i] ?? 0) | 0x20) !== name.charCodeAt(i)) return false;
  }
  return true;
}

function trim(bytes: Uint8Array, start: number, end: number): [number, number] {
  while (start < end && isBlank(bytes[start] ?? 0)) start++;
  while (end > start && isBlank(bytes[end - 1] ?? 0)) end--;
  return [start, end];
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a decimal number as `Number` does.
 *
 * Ten integer digits with up to nine decimals, the usual case, are added up as integer and fraction:
 * from 2³⁰ on, where doubles are 2⁻²² or more apart, no sum of two correctly rounded parts of that
 * length can fall on the other side of a rounding boundary, so the result is the correctly rounded one.
 */
function readTimestamp(bytes: Uint8Array, start: number, end: number): number {
  const dot = start + 10;
  if (end - start <= 20 && end > dot && bytes[dot] === 0x2e) {
    const seconds = readDigits(bytes, start, dot);
    const fraction = readDigits(bytes, dot + 1, end);
    if (seconds >= 2 ** 30 && fraction >= 0) return seconds + fraction / 10 ** (end - dot - 1);
  }
  const text = decoder.decode(bytes.subarray(start, end));
  return NUMBER.test(text) ? Number(text) : NaN;
}

/** The value of a run of digits, -1 when another byte stands in it. */
function readDigits(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = (bytes[i] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
