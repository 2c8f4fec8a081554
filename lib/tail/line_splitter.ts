import { concatBytes } from "../base/bytes.ts";

/** Longest content of a line: 512 KiB, so that the event it becomes stays well under 1 MiB. */
export const MAX_LINE_BYTES = 512 * 1024;

/** A buffer that grew beyond this for one long line is given back after it. */
const KEPT_BUFFER_BYTES = 16 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const NO_BYTES: Uint8Array<ArrayBuffer> = new Uint8Array(0);

/** How a line feed is written: one byte, or two in UTF-16. */
export type CodeUnit = "byte" | "utf-16le" | "utf-16be";

/** A line found in the bytes. */
export interface SplitLine {
  /** Where it begins in the file. */
  readonly offset: number;
  /** Where the next one begins: after its line end. */
  readonly end: number;
  /** Its content without LF or CRLF: a view that is valid until the splitter is used again. */
  readonly bytes: Uint8Array;
  /** True when `bytes` is only the beginning of a line over the limit. */
  readonly cut: boolean;
  /** False for what {@linkcode LineSplitter.end} returns. */
  readonly terminated: boolean;
}

/** Settings of a {@linkcode LineSplitter}. */
export interface LineSplitterOptions {
  /** Where in the file the first byte lies: the start of a line. @default {0} */
  readonly offset?: number;
  /** Longest content of a line, in bytes, at least 2. @default {MAX_LINE_BYTES} */
  readonly maxLineBytes?: number;
  /** How a line feed is written. @default {"byte"} */
  readonly codeUnit?: CodeUnit;
}

/**
 * Finds the lines in bytes that come in chunks of any size.
 *
 * A line ends with LF or CRLF. The last, unfinished one is held back, with at most the limit of its
 * bytes in memory; the rest of a longer one is passed over and the line is marked as cut.
 *
 * @example
 * ```ts
 * import { LineSplitter } from "./line_splitter.ts";
 * import assert from "node:assert/strict";
 *
 * const splitter = new LineSplitter();
 * const lines = [...splitter.push(new TextEncoder().encode("one\r\ntwo\nthr"))];
 * assert.deepEqual(lines.map((line) => [line.offset, line.end]), [[0, 5], [5, 9]]);
 * assert.equal(splitter.end()?.end, 12);
 * ```
 */
export class LineSplitter {
  readonly #max: number;
  readonly #unit: CodeUnit;
  readonly #unitBytes: number;
  #lineStart: number;
  /** How many bytes of the unfinished line came by; the first of them are held. */
  #seen = 0;
  #held = NO_BYTES;
  #heldLength = 0;
  /** Half a code unit at the end of a chunk. */
  #half = NO_BYTES;

  /**
   * Begins at the start of a line.
   *
   * @throws {RangeError} When the limit is under 2.
   */
  constructor(options: LineSplitterOptions = {}) {
    const max = options.maxLineBytes ?? MAX_LINE_BYTES;
    if (!(max >= 2)) {
      throw new RangeError(
        `Cannot split lines as 'maxLineBytes' must be at least 2: current value is ${max}`,
      );
    }
    this.#unit = options.codeUnit ?? "byte";
    this.#unitBytes = this.#unit === "byte" ? 1 : 2;
    this.#max = max - max % this.#unitBytes;
    this.#lineStart = options.offset ?? 0;
  }

  /** Where the unfinished line begins. */
  get lineStart(): number {
    return this.#lineStart;
  }

  /** The byte to push next. */
  get readOffset(): number {
    return this.#lineStart + this.#seen + this.#half.length;
  }

  /** The beginning of the unfinished line, or all of it: a view that is valid until the next push. */
  get held(): Uint8Array {
    return this.#held.subarray(0, this.#heldLength);
  }

  /** True when the unfinished line is over the limit already. */
  get overlong(): boolean {
    return this.#seen > this.#max + this.#unitBytes;
  }

  /** Forgets the unfinished line and goes on at another place. */
  reset(offset: number): void {
    this.#lineStart = offset;
    this.#seen = 0;
    this.#heldLength = 0;
    this.#half = NO_BYTES;
    if (this.#held.length > KEPT_BUFFER_BYTES) this.#held = NO_BYTES;
  }

  /**
   * Takes the next bytes and finds the lines that they complete.
   *
   * The bytes are looked at as lines are asked for. When the caller stops asking, what follows the
   * last line given counts as not pushed: {@linkcode LineSplitter.readOffset} says where to go on.
   *
   * @param chunk May be used for something else as soon as the last line was taken.
   */
  *push(chunk: Uint8Array): Generator<SplitLine, void, undefined> {
    const bytes = this.#half.length === 0 ? chunk : concatBytes([this.#half, chunk]);
    const end = bytes.length - bytes.length % this.#unitBytes;
    this.#half = NO_BYTES;
    let start = 0;
    while (start < end) {
      const newline = this.#findNewline(bytes, start, end);
      if (newline < 0) break;
      const line = this.#complete(bytes.subarray(start, newline));
      start = newline + this.#unitBytes;
      yield line;
    }
    this.#hold(bytes.subarray(start, end));
    if (end < bytes.length) this.#half = bytes.slice(end);
  }

  /** The unfinished line, if it has any bytes; what comes next begins a new one. */
  end(): SplitLine | undefined {
    this.#hold(this.#half);
    this.#half = NO_BYTES;
    if (this.#seen === 0) return undefined;
    return this.#take(this.#held.subarray(0, this.#heldLength), this.#seen, 0);
  }

  /** The line of which `part` is the last piece before the line feed. */
  #complete(part: Uint8Array): SplitLine {
    if (this.#seen === 0) return this.#take(part, part.length, this.#unitBytes);
    this.#hold(part);
    return this.#take(this.#held.subarray(0, this.#heldLength), this.#seen, this.#unitBytes);
  }

  /**
   * @param kept The beginning of the line, all of it where it is short enough.
   * @param length How long the line is without its line feed.
   */
  #take(kept: Uint8Array, length: number, newlineBytes: number): SplitLine {
    const offset = this.#lineStart;
    const whole = kept.length === length;
    const content = whole ? this.#withoutCarriageReturn(kept) : kept;
    const cut = content.length > this.#max;
    this.#lineStart = offset + length + newlineBytes;
    this.#seen = 0;
    this.#heldLength = 0;
    return {
      offset,
      end: this.#lineStart,
      bytes: cut ? content.subarray(0, this.#max) : content,
      cut,
      terminated: newlineBytes > 0,
    };
  }

  /** Copies as much as a line may have, and room for a carriage return that is none of its content. */
  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const most = this.#max + this.#unitBytes;
    const part = bytes.subarray(0, most - this.#heldLength);
    const needed = this.#heldLength + part.length;
    if (needed > this.#held.length) {
      const larger = new Uint8Array(Math.min(most, Math.max(needed, 2 * this.#held.length, 256)));
      larger.set(this.#held.subarray(0, this.#heldLength));
      this.#held = larger;
    }
    this.#held.set(part, this.#heldLength);
    this.#heldLength = needed;
    this.#seen += bytes.length;
  }

  #findNewline(bytes: Uint8Array, start: number, end: number): number {
    if (this.#unit === "byte") return bytes.indexOf(LF, start);
    const low = this.#unit === "utf-16le" ? 0 : 1;
    let found = bytes.indexOf(LF, start + low);
    while (found >= 0 && found < end) {
      const unit = found - low;
      if ((unit - start) % 2 === 0 && bytes[unit + 1 - low] === 0) return unit;
      found = bytes.indexOf(LF, found + 1);
    }
    return -1;
  }

  #withoutCarriageReturn(bytes: Uint8Array): Uint8Array {
    const unit = bytes.length - this.#unitBytes;
    if (unit < 0) return bytes;
    if (this.#unit === "byte") return bytes[unit] === CR ? bytes.subarray(0, unit) : bytes;
    const low = this.#unit === "utf-16le" ? unit : unit + 1;
    const high = this.#unit === "utf-16le" ? unit + 1 : unit;
    return bytes[low] === CR && bytes[high] === 0 ? bytes.subarray(0, unit) : bytes;
  }
}
