import type { LineDecoder } from "./line_decoder.ts";
import { LineSplitter, MAX_LINE_BYTES, type SplitLine } from "./line_splitter.ts";

/**
 * Bytes that are decoded together: enough to make the cost of a call small, few enough for some wrong
 * bytes not to slow down a megabyte.
 */
const BLOCK_BYTES = 64 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** A line found in the bytes, as text. */
export interface TextLine {
  /** Where it begins in the file. */
  readonly offset: number;
  /** Where the next one begins: after its line end. */
  readonly end: number;
  /** Its content without LF or CRLF. */
  readonly text: string;
  /** True when something of the line is left out. */
  readonly cut: boolean;
  /** How many bytes of the content were taken: all of them, or as many as a line may have. */
  readonly keptBytes: number;
  /** True when some of its bytes are wrong in the encoding. */
  readonly damaged: boolean;
  /** False for what {@linkcode TextLines.end} returns. */
  readonly terminated: boolean;
}

/** Settings of {@linkcode TextLines}. */
export interface TextLinesOptions {
  /** Where in the file the first byte lies: the start of a line. @default {0} */
  readonly offset?: number;
  /** Longest content of a line, in bytes, at least 2. @default {MAX_LINE_BYTES} */
  readonly maxLineBytes?: number;
}

/**
 * Finds the lines in bytes that come in chunks of any size, and makes text of them.
 *
 * What comes out is what a {@linkcode LineSplitter} and a {@linkcode LineDecoder} make of each line;
 * where it cannot make a difference, many lines are decoded at once and cut out of the text.
 *
 * @example
 * ```ts
 * import { TextLines } from "./text_lines.ts";
 * import { LineDecoder } from "./line_decoder.ts";
 * import assert from "node:assert/strict";
 *
 * const lines = new TextLines(new LineDecoder());
 * const found = [...lines.push(new TextEncoder().encode("one\r\ntwo\nthr"))];
 * assert.deepEqual(found.map((line) => [line.text, line.offset]), [["one", 0], ["two", 5]]);
 * assert.equal(lines.end()?.text, "thr");
 * ```
 */
export class TextLines {
  readonly #decoder: LineDecoder;
  readonly #splitter: LineSplitter;
  readonly #max: number;

  /**
   * Begins at the start of a line.
   *
   * @throws {RangeError} When the limit is under 2.
   */
  constructor(decoder: LineDecoder, options: TextLinesOptions = {}) {
    this.#decoder = decoder;
    this.#max = options.maxLineBytes ?? MAX_LINE_BYTES;
    this.#splitter = new LineSplitter({ ...options, codeUnit: decoder.codeUnit });
  }

  /** Where the unfinished line begins. */
  get lineStart(): number {
    return this.#splitter.lineStart;
  }

  /** The byte to push next. */
  get readOffset(): number {
    return this.#splitter.readOffset;
  }

  /** The beginning of the unfinished line, or all of it: a view that is valid until the next push. */
  get held(): Uint8Array {
    return this.#splitter.held;
  }

  /** True when the unfinished line is over the limit already. */
  get overlong(): boolean {
    return this.#splitter.overlong;
  }

  /** Forgets the unfinished line and goes on at another place. */
  reset(offset: number): void {
    this.#splitter.reset(offset);
  }

  /**
   * Takes the next bytes and finds the lines that they complete.
   *
   * As with {@linkcode LineSplitter.push}, when the caller stops asking, what follows the last line
   * given counts as not pushed.
   *
   * @param chunk May be used for something else as soon as the last line was taken.
   */
  *push(chunk: Uint8Array): Generator<TextLine, void, undefined> {
    let start = 0;
    while (start < chunk.length) {
      const end = this.#blockEnd(chunk, start);
      const block = chunk.subarray(start, end);
      const lines = this.#isAtLine(block) ? this.#cutBlock(block) : undefined;
      if (lines === undefined) {
        for (const line of this.#splitter.push(block)) yield this.#decode(line);
      } else {
        for (const line of lines) {
          this.#splitter.reset(line.end);
          yield line;
        }
      }
      start = end;
    }
  }

  /** The unfinished line, if it has any bytes; what comes next begins a new one. */
  end(): TextLine | undefined {
    const line = this.#splitter.end();
    return line && this.#decode(line);
  }

  /** Where a line ends: the first where it was begun before or may have a mark, else the last in reach. */
  #blockEnd(chunk: Uint8Array, start: number): number {
    const isApart = this.#splitter.readOffset !== this.#splitter.lineStart || this.lineStart === 0;
    const reach = start + BLOCK_BYTES - 1;
    const last = isApart ? -1 : chunk.lastIndexOf(LF, Math.min(reach, chunk.length - 1));
    const newline = last >= start ? last : chunk.indexOf(LF, start);
    return newline < 0 ? chunk.length : newline + 1;
  }

  #isAtLine(block: Uint8Array): boolean {
    const { lineStart, readOffset } = this.#splitter;
    return lineStart > 0 && lineStart === readOffset && block.length <= BLOCK_BYTES &&
      block.at(-1) === LF;
  }

  /** The lines of a block, or `undefined` where one has to be looked at by itself. */
  #cutBlock(block: Uint8Array): TextLine[] | undefined {
    const text = this.#decoder.decodeLines(block);
    if (text === undefined) return undefined;
    // Where both are as long, every byte is a unit of the text, and the text is faster to search.
    const isEven = text.length === block.length;
    const first = this.lineStart;
    const lines: TextLine[] = [];
    let start = 0;
    let textStart = 0;
    while (start < block.length) {
      const textNewline = text.indexOf("\n", textStart);
      const newline = isEven ? textNewline : block.indexOf(LF, start);
      const hasReturn = textNewline > textStart && text.charCodeAt(textNewline - 1) === CR;
      const textEnd = hasReturn ? textNewline - 1 : textNewline;
      if (newline - start > this.#max) return undefined;
      lines.push({
        offset: first + start,
        end: first + newline + 1,
        text: text.slice(textStart, textEnd),
        cut: false,
        keptBytes: newline - start - (hasReturn ? 1 : 0),
        damaged: false,
        terminated: true,
      });
      start = newline + 1;
      textStart = textNewline + 1;
    }
    return lines;
  }

  #decode({ offset, end, bytes, cut, terminated }: SplitLine): TextLine {
    const decoded = this.#decoder.decodeLine(bytes, offset, cut);
    return { offset, end, ...decoded, keptBytes: bytes.length, terminated };
  }
}
