import { detectEncoding } from "./detect_encoding.ts";
import type { FileBytes } from "./file_bytes.ts";
import {
  type FileIdentity,
  fingerprintHead,
  HEAD_BYTES,
  NO_FINGERPRINT,
  withHead,
} from "./file_identity.ts";
import {
  type FilePiece,
  type FileStart,
  NOTHING_READ,
  type ReadPortion,
  type TailedFileOptions,
} from "./file_portion.ts";
import type { LineDecoder } from "./line_decoder.ts";
import type { TailContext } from "./tail_context.ts";
import { type TextLine, TextLines } from "./text_lines.ts";

/** A byte order mark of UTF-16 is two bytes, of which the first is one of the two highest. */
const LOWEST_MARK = 0xfe;

const NO_BYTES = new Uint8Array(0);

/** How a file is read, once its encoding is known. */
interface Reading {
  readonly decoder: LineDecoder;
  readonly splitter: TextLines;
}

/** How far a turn may read. */
export interface PieceReaderTurn {
  /** Where the file ends for this turn. */
  readonly size: number;
  /** The first bytes of the file. */
  readonly head: Uint8Array;
  /** Whether an unfinished last line or character is delivered, too. */
  readonly whole: boolean;
}

/**
 * Makes pieces of the bytes of one file, lines or whatever was appended, and keeps how far that went.
 *
 * It goes by the bytes that are there: whether they still belong to what was read before is the
 * business of whoever asks.
 */
export class PieceReader {
  readonly #bytes: FileBytes;
  readonly #context: TailContext;
  readonly #options: TailedFileOptions;
  #reading: Reading | undefined;
  #identity: FileIdentity;
  #offset: number;
  /** The byte before the position is no line end: the line it belongs to was delivered without one. */
  #lineOpen = false;

  /** Begins where the options say. */
  constructor(bytes: FileBytes, context: TailContext, options: TailedFileOptions) {
    const { identity, offset, tail } = options.start;
    this.#bytes = bytes;
    this.#context = context;
    this.#options = options;
    this.#offset = offset;
    this.#identity = withHead(identity, NO_FINGERPRINT);
    const head = bytes.head();
    this.prepare(head, false);
    // What was read before may be gone since the file was found to hold it.
    this.#identity = tail === undefined ? this.#identityAt(head, this.#offset) : identity;
  }

  /** The first byte that is in no piece. */
  get offset(): number {
    return this.#offset;
  }

  /** Who the file is; the fingerprint covers what lies before the offset. */
  get identity(): FileIdentity {
    return this.#identity;
  }

  /** The beginning of the unfinished line behind the offset, as far as it is kept. */
  get held(): Uint8Array {
    return this.#reading?.splitter.held ?? NO_BYTES;
  }

  /** The first byte that was not read; it is the offset, or behind the unfinished line. */
  get readOffset(): number {
    return this.#reading?.splitter.readOffset ?? this.#offset;
  }

  /** Decides how the file is to be read, as soon as it has enough bytes to tell. */
  prepare(head: Uint8Array, whole: boolean): boolean {
    if (this.#reading !== undefined) return true;
    if (!canTellEncoding(head) && !(whole && head.length > 0)) return false;
    const decoder = this.#context.decoders.get(detectEncoding(head, this.#options.encoding));
    const unitBytes = decoder.codeUnit === "byte" ? 1 : 2;
    this.#offset -= this.#offset % unitBytes;
    const { maxLineBytes } = this.#context.limits;
    const splitter = new TextLines(decoder, { offset: this.#offset, maxLineBytes });
    this.#reading = { decoder, splitter };
    this.#lineOpen = this.#offset > 0 && !this.#bytes.endLineAt(this.#offset - unitBytes, decoder);
    return true;
  }

  /**
   * Reads on, within the limits of a batch.
   *
   * @throws {Error} Before it is prepared.
   */
  read(turn: PieceReaderTurn): ReadPortion {
    if (this.#reading === undefined) {
      throw new Error("Cannot read lines before the file is prepared");
    }
    return this.#options.split === "diff"
      ? this.#readDiff(this.#reading, turn)
      : this.#readLines(this.#reading, turn);
  }

  /** The beginning of an unfinished line, which is delivered as it is, as its rest will never come. */
  takeHeld(): FilePiece | undefined {
    const line = this.#reading?.splitter.end();
    if (line === undefined) return undefined;
    const pieces: FilePiece[] = [];
    this.#pushPiece(line, pieces);
    return pieces[0];
  }

  /** Goes elsewhere in the file, forgetting the unfinished line. */
  moveTo({ identity, offset }: FileStart): void {
    this.#identity = identity;
    this.#offset = offset;
    this.#reading = undefined;
  }

  /** The same, to where a line begins, whatever was delivered of the one before. */
  restart(start: FileStart): void {
    this.moveTo(start);
    this.#lineOpen = false;
  }

  #readLines({ splitter }: Reading, { size, head, whole }: PieceReaderTurn): ReadPortion {
    const { maxBatchLines, maxBatchBytes } = this.#context.limits;
    const begin = splitter.readOffset;
    const pieces: FilePiece[] = [];
    while (splitter.readOffset < size) {
      const chunk = this.#bytes.chunk(splitter.readOffset, size);
      if (chunk.length === 0) return { kind: "read", pieces, more: false };
      for (const line of splitter.push(chunk)) {
        this.#takeLine(line, head, pieces);
        const full = pieces.length >= maxBatchLines || this.#offset - begin >= maxBatchBytes;
        if (full) return { kind: "read", pieces, more: true };
      }
      if (splitter.readOffset - begin >= maxBatchBytes) return { kind: "read", pieces, more: true };
    }
    const last = whole ? splitter.end() : undefined;
    if (last) this.#takeLine(last, head, pieces);
    return { kind: "read", pieces, more: false };
  }

  #takeLine(line: TextLine, head: Uint8Array, pieces: FilePiece[]): void {
    this.#offset = line.end;
    this.#identity = this.#identityAt(head, line.end);
    this.#pushPiece(line, pieces);
    this.#lineOpen = !line.terminated;
  }

  /** A line end alone that follows a line delivered without one is no line. */
  #pushPiece({ offset, end, text, cut, keptBytes }: TextLine, pieces: FilePiece[]): void {
    if (this.#lineOpen && text === "") return;
    const piece = { offset, end, text, identity: this.#identity };
    if (!cut) {
      pieces.push(piece);
      return;
    }
    const lineBytes = end - offset;
    pieces.push({ ...piece, cutFrom: lineBytes });
    const { path } = this.#options;
    this.#context.observer({ kind: "line-cut", path, offset, lineBytes, keptBytes });
  }

  #readDiff({ decoder }: Reading, { size, head, whole }: PieceReaderTurn): ReadPortion {
    const chunk = this.#bytes.chunk(this.#offset, size);
    const isEnd = this.#offset + chunk.length >= size;
    const length = whole && isEnd ? chunk.length : decoder.wholeCharacters(chunk);
    if (length === 0) return NOTHING_READ;
    const offset = this.#offset;
    const end = offset + length;
    this.#offset = end;
    this.#identity = this.#identityAt(head, end);
    const text = decoder.decode(chunk.subarray(0, length), offset);
    const piece = { offset, end, text, identity: this.#identity };
    return { kind: "read", pieces: [piece], more: !isEnd };
  }

  #identityAt(head: Uint8Array, offset: number): FileIdentity {
    if (this.#identity.head.length === HEAD_BYTES) return this.#identity;
    return withHead(this.#identity, fingerprintHead(head, offset));
  }
}

function canTellEncoding(head: Uint8Array): boolean {
  return head.length >= 2 || (head.length === 1 && head[0] !== undefined && head[0] < LOWEST_MARK);
}
