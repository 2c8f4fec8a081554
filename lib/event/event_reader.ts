import { isUtf8 } from "node:buffer";
import { NEWLINE, RETURN, SPACE } from "./ascii.ts";
import { RawEvent, readHeader } from "./raw_event.ts";
import { MAX_EVENT_BYTES, MAX_HEADER_BYTES } from "./text_format.ts";

/** Bytes that are not an event in Theia's text format. */
export class EventFormatError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "EventFormatError";
  /** Where the malformed bytes start, counted from the start of the message, file or stream. */
  readonly offset: number;
  /** How many bytes were passed over to reach the next event or the end of what was read. */
  readonly skipped: number;
  /** The rule that was broken, with the value. */
  readonly reason: string;

  /** For readers of the format. */
  constructor(offset: number, skipped: number, reason: string) {
    super(`Cannot read event at byte ${offset}: ${reason} (${skipped} bytes skipped)`);
    this.offset = offset;
    this.skipped = skipped;
    this.reason = reason;
  }
}

/** Options of {@linkcode EventReader}. */
export interface EventReaderOptions {
  /** Largest header plus content to take. @default {MAX_EVENT_BYTES} */
  readonly maxEventBytes?: number;
  /** Whether the bytes end here: what is incomplete then is malformed. @default {true} */
  readonly final?: boolean;
  /** Added to the offsets of errors: where the bytes start in a longer stream. @default {0} */
  readonly baseOffset?: number;
}

/** `event:`, with which every event starts. */
const PREFIX = new TextEncoder().encode("event:");

/**
 * The reason for bytes that begin as no event does. In a stream that is read in parts, they may go on
 * with what was passed over before.
 */
export const NO_PREAMBLE = "no 'event:' where one must start";

/** Longest preamble that can be valid: three numbers of at most 15 digits. */
const MAX_PREAMBLE_BYTES = PREFIX.length + 1 + 3 * 16;

type Sizes = {
  readonly start: number;
  readonly header: number;
  readonly content: number;
  readonly exact: boolean;
};

/**
 * Reads the events that stand one after another in a buffer, without copying them.
 *
 * Malformed bytes give one error and reading goes on at the next `event:` that starts a line. The
 * total of a preamble is not compared (Theia 0.9.2 never did); header and content sizes decide.
 * Text between the end of an event and the next preamble is reported as malformed; blank lines are not.
 *
 * @example
 * ```ts
 * import { EventFormatError, EventReader, RawEvent } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const bytes = new TextEncoder().encode("event: 29 27 2\nid:a\ntimestamp: 1600000000\nhi\njunk\n");
 * const [event, error] = new EventReader(bytes);
 * assert.ok(event instanceof RawEvent && event.content === "hi");
 * assert.ok(error instanceof EventFormatError && error.offset === 45);
 * ```
 */
export class EventReader implements Iterable<RawEvent | EventFormatError> {
  readonly #bytes: Uint8Array;
  readonly #maxEventBytes: number;
  readonly #final: boolean;
  readonly #baseOffset: number;
  readonly #isUtf8: boolean;
  #offset = 0;
  #needed = 0;

  /** Reads from the start of `bytes`, which must not change while events of it are in use. */
  constructor(bytes: Uint8Array, options: EventReaderOptions = {}) {
    this.#bytes = bytes;
    this.#maxEventBytes = options.maxEventBytes ?? MAX_EVENT_BYTES;
    this.#final = options.final ?? true;
    this.#baseOffset = options.baseOffset ?? 0;
    this.#isUtf8 = isUtf8(bytes);
  }

  /** How many bytes were consumed; with `final: false`, the rest belongs before the next chunk. */
  get offset(): number {
    return this.#offset;
  }

  /** With `final: false`: how many bytes from `offset` on the next event has at least, 0 when not known. */
  get needed(): number {
    return this.#needed;
  }

  /** The next event, an error for malformed bytes before the next one, or undefined when no more can be read. */
  next(): RawEvent | EventFormatError | undefined {
    const bytes = this.#bytes;
    while (isLineEnd(bytes[this.#offset])) this.#offset++;
    if (this.#offset >= bytes.length) return undefined;
    const sizes = this.#readPreamble();
    if (sizes === undefined) return undefined;
    if (typeof sizes === "string") return this.#malformed(sizes);
    const contentStart = sizes.start + sizes.header;
    const contentEnd = contentStart + sizes.content;
    if (contentEnd > bytes.length) {
      if (!this.#final) {
        this.#needed = contentEnd - this.#offset;
        return undefined;
      }
      return this.#malformed(
        `sizes ask for ${contentEnd - this.#offset} bytes, only ${
          bytes.length - this.#offset
        } follow`,
      );
    }
    return this.#readEvent(sizes, contentStart, contentEnd);
  }

  /** Yields what {@linkcode EventReader.next} returns, to the end. */
  *[Symbol.iterator](): IterableIterator<RawEvent | EventFormatError> {
    for (let item = this.next(); item !== undefined; item = this.next()) yield item;
  }

  #readEvent(sizes: Sizes, contentStart: number, contentEnd: number): RawEvent | EventFormatError {
    const bytes = this.#bytes;
    if (!this.#isText(sizes.start, contentStart, contentEnd)) {
      return this.#malformed("header or content is not valid UTF-8, or a size cuts a character");
    }
    const span = readHeader(bytes, sizes.start, contentStart);
    if (!Number.isFinite(span.timestamp)) return this.#malformed("timestamp is not a number");
    const isFrame = sizes.exact && bytes[contentEnd] === NEWLINE;
    const event = new RawEvent(bytes, {
      frameStart: isFrame ? this.#offset : -1,
      headerStart: sizes.start,
      contentStart,
      contentEnd,
      idStart: span.idStart,
      idEnd: span.idEnd,
      timestamp: span.timestamp,
    });
    this.#offset = bytes[contentEnd] === NEWLINE ? contentEnd + 1 : contentEnd;
    return event;
  }

  /** Where the whole buffer is UTF-8, a region is too unless a boundary stands inside a character. */
  #isText(headerStart: number, contentStart: number, contentEnd: number): boolean {
    if (!this.#isUtf8) {
      return isUtf8(this.#bytes.subarray(headerStart, contentStart)) &&
        isUtf8(this.#bytes.subarray(contentStart, contentEnd));
    }
    return !isContinuation(this.#bytes[contentStart]) && !isContinuation(this.#bytes[contentEnd]);
  }

  /** The sizes, the reason why there are none, or undefined when more bytes are needed to tell. */
  #readPreamble(): Sizes | string | undefined {
    const bytes = this.#bytes;
    const start = this.#offset;
    for (let i = 0; i < PREFIX.length; i++) {
      if (start + i >= bytes.length) {
        return this.#final ? NO_PREAMBLE : undefined;
      }
      if (bytes[start + i] !== PREFIX[i]) return NO_PREAMBLE;
    }
    const numbers = start + PREFIX.length;
    const hasSpace = bytes[numbers] === SPACE;
    const total = readSize(bytes, hasSpace ? numbers + 1 : numbers, SPACE);
    const header = readSize(bytes, total.end, SPACE);
    const content = readSize(bytes, header.end, NEWLINE);
    if (content.value < 0) {
      const isShort = bytes.length - start < MAX_PREAMBLE_BYTES &&
        bytes.indexOf(NEWLINE, start) < 0;
      return isShort && !this.#final
        ? undefined
        : "preamble is not 'event: <total> <header> <content>'";
    }
    if (header.value > MAX_HEADER_BYTES) {
      return `header of ${header.value} bytes exceeds the limit of ${MAX_HEADER_BYTES}`;
    }
    const size = header.value + content.value;
    if (size > this.#maxEventBytes) {
      return `event of ${size} bytes exceeds the limit of ${this.#maxEventBytes}`;
    }
    const exact = hasSpace && total.value === size &&
      !(total.padded || header.padded || content.padded);
    return { start: content.end, header: header.value, content: content.value, exact };
  }

  #malformed(reason: string): EventFormatError {
    const start = this.#offset;
    this.#offset = this.#findNextEvent(start + 1);
    return new EventFormatError(this.#baseOffset + start, this.#offset - start, reason);
  }

  /** The next `event:` at the start of a line, or where it could still begin at the end of the buffer. */
  #findNextEvent(from: number): number {
    const bytes = this.#bytes;
    for (let at = bytes.indexOf(NEWLINE, from - 1); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      let i = 0;
      while (i < PREFIX.length && bytes[at + 1 + i] === PREFIX[i]) i++;
      if (i === PREFIX.length) return at + 1;
      if (!this.#final && at + 1 + i >= bytes.length) return at + 1;
    }
    return bytes.length;
  }
}

type Size = { readonly value: number; readonly end: number; readonly padded: boolean };

const NO_SIZE: Size = { value: -1, end: -1, padded: false };

/** A decimal number ended by `terminator`; `end` is the byte after that. */
function readSize(bytes: Uint8Array, start: number, terminator: number): Size {
  if (start < 0) return NO_SIZE;
  let value = 0;
  let at = start;
  for (; at - start < 16; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === terminator && at > start) {
      return { value, end: at + 1, padded: at - start > 1 && bytes[start] === 0x30 };
    }
    if (byte < 0x30 || byte > 0x39) return NO_SIZE;
    value = value * 10 + byte - 0x30;
  }
  return NO_SIZE;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === NEWLINE || byte === RETURN;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
