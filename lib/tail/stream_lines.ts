import { concatBytes } from "../base/bytes.ts";
import { detectEncoding, MARK_BYTES } from "./detect_encoding.ts";
import { type FileIdentity, NO_FINGERPRINT } from "./file_identity.ts";
import type { FilePiece } from "./file_portion.ts";
import { LineDecoder } from "./line_decoder.ts";
import { DEFAULT_ENCODING } from "./line_format.ts";
import type { TailObserver } from "./tail_notice.ts";
import { type TextLine, TextLines } from "./text_lines.ts";

/** A stream is no file; ids of different streams are told apart otherwise. */
const NOBODY: FileIdentity = {
  dev: 0,
  ino: 0,
  birthtimeMs: null,
  generation: 0,
  head: NO_FINGERPRINT,
};

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** Settings of {@linkcode StreamLines}. */
export interface StreamLinesOptions {
  /** Names the stream in notices. */
  readonly path: string;
  /** A label that `TextDecoder` knows; a byte order mark decides within UTF-8 and UTF-16. @default {"utf-8"} */
  readonly encoding?: string | undefined;
  /** Longest content of a line; a longer one is cut. */
  readonly maxLineBytes: number;
  /** Is told of lines that were cut. */
  readonly observer: TailObserver;
}

/**
 * Makes lines of the chunks of a stream.
 *
 * @example
 * ```ts
 * import { StreamLines } from "./stream_lines.ts";
 * import assert from "node:assert/strict";
 *
 * const lines = new StreamLines({ path: "-", maxLineBytes: 1000, observer: () => {} });
 * lines.push(new TextEncoder().encode("one\ntwo"));
 * assert.deepEqual(lines.take(10, 1000).map(({ text }) => text), ["one"]);
 * assert.deepEqual(lines.end().map(({ text }) => text), ["two"]);
 * ```
 */
export class StreamLines {
  readonly #options: StreamLinesOptions;
  readonly #encoding: string;
  /** The beginning of the stream, until it is known whether it is a byte order mark. */
  #head = NO_BYTES;
  #splitter: TextLines | undefined;
  /** Those of the chunk pushed last that were not taken yet. */
  #lines: Iterator<TextLine, void, undefined> | undefined;
  /** The line that goes on was delivered in part already. */
  #lineOpen = false;

  /**
   * Begins at the first byte of a stream.
   *
   * @throws {RangeError} When the encoding is unknown or the limit under 2.
   */
  constructor(options: StreamLinesOptions) {
    this.#options = options;
    this.#encoding = options.encoding ?? DEFAULT_ENCODING;
    this.#makeSplitter(this.#encoding);
  }

  /** Whether lines of the last chunk are left to be taken. */
  get hasMore(): boolean {
    return this.#lines !== undefined;
  }

  /** Whether there is an unfinished line. */
  get isUnfinished(): boolean {
    const splitter = this.#splitter;
    return splitter ? splitter.readOffset !== splitter.lineStart : this.#head.length > 0;
  }

  /** Adds a chunk; only when all lines of the one before were taken. */
  push(chunk: Uint8Array): void {
    if (this.#splitter) {
      this.#lines = this.#splitter.push(chunk);
      return;
    }
    this.#head = concatBytes([this.#head, chunk]);
    if (this.#head.length >= MARK_BYTES) this.#begin();
  }

  /** Takes lines until there are enough or the chunk is used up. */
  take(maxLines: number, maxBytes: number): FilePiece[] {
    const pieces: FilePiece[] = [];
    const begin = this.#splitter?.lineStart ?? 0;
    while (this.#lines) {
      const { value: line } = this.#lines.next();
      if (!line) {
        this.#lines = undefined;
        break;
      }
      this.#pushPiece(line, pieces);
      if (pieces.length >= maxLines || line.end - begin >= maxBytes) break;
    }
    return pieces;
  }

  /** Takes what is left, the unfinished line among it; what comes next is another line. */
  end(): FilePiece[] {
    const pieces: FilePiece[] = [];
    if (!this.#splitter) this.#begin();
    while (this.#lines) pieces.push(...this.take(Infinity, Infinity));
    const line = this.#splitter?.end();
    if (line) this.#pushPiece(line, pieces);
    return pieces;
  }

  /** Forgets the lines that were not taken, and the unfinished one. */
  clear(): void {
    this.#lines = undefined;
    this.#head = NO_BYTES;
    this.#splitter?.reset(this.#splitter.lineStart);
  }

  #begin(): void {
    this.#splitter = this.#makeSplitter(detectEncoding(this.#head, this.#encoding));
    this.#lines = this.#splitter.push(this.#head);
    this.#head = NO_BYTES;
  }

  #makeSplitter(encoding: string): TextLines {
    const { maxLineBytes } = this.#options;
    return new TextLines(new LineDecoder(encoding), { maxLineBytes });
  }

  /** A line end alone that follows a line delivered without one is no line. */
  #pushPiece({ offset, end, text, cut, keptBytes, terminated }: TextLine, pieces: FilePiece[]) {
    const isRest = this.#lineOpen && text === "";
    this.#lineOpen = !terminated;
    if (isRest) return;
    const piece = { offset, end, text, identity: NOBODY };
    const lineBytes = end - offset;
    pieces.push(cut ? { ...piece, cutFrom: lineBytes } : piece);
    if (!cut) return;
    const { path, observer } = this.#options;
    observer({ kind: "line-cut", path, offset, lineBytes, keptBytes });
  }
}
