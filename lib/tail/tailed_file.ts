import {
  type FileIdentity,
  fileKey,
  type Fingerprint,
  fingerprintHead,
  HEAD_BYTES,
  headMatches,
  identify,
  NO_FINGERPRINT,
} from "./file_identity.ts";
import type { FilePiece, FilePortion, TailedFileOptions } from "./file_portion.ts";
import type { ByteReader } from "./byte_reader.ts";
import { LineSplitter, type SplitLine } from "./line_splitter.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** Heads of earlier generations that are kept to know copies by, as copytruncate leaves them. */
const MAX_FORMER_HEADS = 16;

const NOTHING: FilePortion = { pieces: [], more: false };

/**
 * Reads one open file on, turn by turn, noticing when it was truncated or rewritten.
 *
 * Between turns the position is kept and, in line mode, the unfinished last line. Whether the file
 * still has both is checked before anything is joined to them.
 */
export class TailedFile implements Disposable {
  /** Unique among open files. */
  readonly key: string;
  readonly #reader: ByteReader;
  readonly #context: TailContext;
  readonly #options: TailedFileOptions;
  readonly #splitter: LineSplitter;
  readonly #tailBuffer = new Uint8Array(HEAD_BYTES);
  readonly #headBuffer = new Uint8Array(HEAD_BYTES);
  #identity: FileIdentity;
  #formerHeads: readonly Fingerprint[] = [];
  #offset: number;
  /** The byte before the position is no line end: the line it belongs to was delivered without one. */
  #lineOpen: boolean;
  /** The last turn left something that only growth or time can complete. */
  #waiting = false;
  #size = -1;
  #mtime = -1;
  #changedAt = 0;
  #limit = Infinity;

  /** Takes the reader over: it is closed with this object. */
  constructor(reader: ByteReader, context: TailContext, options: TailedFileOptions) {
    const { codeUnit } = options.decoder;
    const unitBytes = codeUnit === "byte" ? 1 : 2;
    const offset = options.offset ?? 0;
    const info = reader.stat();
    this.key = fileKey(info);
    this.#reader = reader;
    this.#context = context;
    this.#options = options;
    this.#offset = offset - offset % unitBytes;
    this.#splitter = new LineSplitter({
      codeUnit,
      offset: this.#offset,
      maxLineBytes: context.limits.maxLineBytes,
    });
    this.#identity = this.#identityAt(
      identify(info, options.generation),
      this.#readHead(),
      this.#offset,
    );
    this.#lineOpen = this.#offset > 0 && !this.#endsLine(this.#offset - unitBytes, unitBytes);
  }

  /** How far the file was read. */
  get position(): TailPosition {
    return {
      path: this.#options.path,
      identity: this.#identity,
      offset: this.#offset,
      tail: this.#readTail(),
      readAt: this.#context.scheduler.now(),
      modifiedAt: this.#mtime,
    };
  }

  /** The head now and, after truncation, those before: a file with one of them is a copy. */
  get heads(): readonly Fingerprint[] {
    return [...this.#formerHeads, this.#identity.head];
  }

  /** Status of the open file. */
  stat(): Deno.FileInfo {
    return this.#reader.stat();
  }

  /** From now on reads no further than the file reaches now. */
  freeze(): void {
    this.#limit = this.#reader.stat().size;
  }

  /**
   * Reads from the position on, within the limits of a batch.
   *
   * @param final Delivers an unfinished last line, too, without waiting for its file to be idle.
   * @param info The status of the file where the caller has it already.
   */
  read(final = false, info: Deno.FileInfo = this.#reader.stat()): FilePortion {
    const changed = this.#observe(info);
    const head = this.#readHead();
    if (info.size < this.#offset) return this.#startOver("shrunk", info.size);
    if (!headMatches(head, this.#identity.head)) return this.#startOver("rewritten", info.size);
    if (!this.#isHeldIntact(info.size)) return this.#giveUpHeld();
    const size = Math.min(info.size, this.#limit);
    if (size <= this.#offset) return NOTHING;
    const idle = this.#context.scheduler.now() - this.#changedAt >= this.#context.limits.idleLineMs;
    if (this.#waiting && !changed && !final && !idle) return NOTHING;
    const known = this.#identity.head;
    const portion = this.#options.split === "diff"
      ? this.#readDiff(size, head, final || idle)
      : this.#readLines(size, head, final || idle);
    this.#waiting = !portion.more;
    const after = this.#readHead();
    const torn = after.length >= known.length && !headMatches(after, known);
    return torn ? this.#startOver("rewritten", info.size) : portion;
  }

  /** Closes the file; closing twice is one. */
  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }

  #observe(info: Deno.FileInfo): boolean {
    const mtime = info.mtime?.getTime() ?? 0;
    if (info.size === this.#size && mtime === this.#mtime) return false;
    this.#size = info.size;
    this.#mtime = mtime;
    this.#changedAt = this.#context.scheduler.now();
    return true;
  }

  /** Goes back to the beginning of the file; what is held of its former content is delivered. */
  #startOver(reason: "shrunk" | "rewritten", size: number): FilePortion {
    const { path, offset } = this.position;
    this.#context.observer({ kind: "truncated", path, reason, offset, size });
    const portion = this.#giveUpHeld();
    this.#identity = { ...this.#identity, head: NO_FINGERPRINT };
    this.#offset = 0;
    this.#lineOpen = false;
    this.#splitter.reset(0);
    return portion;
  }

  /** Delivers an unfinished line that is not in the file any more. */
  #giveUpHeld(): FilePortion {
    const pieces: FilePiece[] = [];
    const { head } = this.#identity;
    const { held } = this.#splitter;
    const former = head.length > 0 ? head : fingerprintHead(held, held.length);
    this.#formerHeads = [...this.#formerHeads, former].slice(-MAX_FORMER_HEADS);
    const line = this.#splitter.end();
    if (line) this.#pushPiece(line, pieces);
    this.#identity = { ...this.#identity, generation: this.#identity.generation + 1 };
    this.#splitter.reset(this.#offset);
    this.#waiting = false;
    this.#changedAt = this.#context.scheduler.now();
    return { pieces, more: true };
  }

  #isHeldIntact(size: number): boolean {
    const { held, readOffset } = this.#splitter;
    if (held.length === 0) return true;
    if (size < readOffset) return false;
    const known = held.subarray(0, HEAD_BYTES);
    const now = this.#readChunk(this.#offset, this.#offset + known.length);
    return now.length === known.length && now.every((byte, index) => byte === known[index]);
  }

  #readLines(size: number, head: Uint8Array, whole: boolean): FilePortion {
    const splitter = this.#splitter;
    const { maxBatchLines, maxBatchBytes } = this.#context.limits;
    const begin = splitter.readOffset;
    const pieces: FilePiece[] = [];
    while (splitter.readOffset < size) {
      const chunk = this.#readChunk(splitter.readOffset, size);
      if (chunk.length === 0) return { pieces, more: false };
      for (const line of splitter.push(chunk)) {
        this.#takeLine(line, head, pieces);
        const full = pieces.length >= maxBatchLines || this.#offset - begin >= maxBatchBytes;
        if (full) return { pieces, more: true };
      }
      if (splitter.readOffset - begin >= maxBatchBytes) return { pieces, more: true };
    }
    const last = whole ? splitter.end() : undefined;
    if (last) this.#takeLine(last, head, pieces);
    return { pieces, more: false };
  }

  #takeLine(line: SplitLine, head: Uint8Array, pieces: FilePiece[]): void {
    this.#offset = line.end;
    this.#identity = this.#identityAt(this.#identity, head, line.end);
    this.#pushPiece(line, pieces);
    this.#lineOpen = !line.terminated;
  }

  /** A line end alone that follows a line delivered without one is no line. */
  #pushPiece(line: SplitLine, pieces: FilePiece[]): void {
    if (this.#lineOpen && line.bytes.length === 0) return;
    const { text, cut } = this.#options.decoder.decodeLine(line.bytes, line.offset, line.cut);
    const piece = { offset: line.offset, text, identity: this.#identity };
    if (!cut) {
      pieces.push(piece);
      return;
    }
    const lineBytes = line.end - line.offset;
    pieces.push({ ...piece, cutFrom: lineBytes });
    this.#context.observer({
      kind: "line-cut",
      path: this.#options.path,
      offset: line.offset,
      lineBytes,
      keptBytes: line.bytes.length,
    });
  }

  #readDiff(size: number, head: Uint8Array, whole: boolean): FilePortion {
    const chunk = this.#readChunk(this.#offset, size);
    const isEnd = this.#offset + chunk.length >= size;
    const { decoder } = this.#options;
    const length = whole && isEnd ? chunk.length : decoder.wholeCharacters(chunk);
    if (length === 0) return NOTHING;
    const offset = this.#offset;
    this.#offset += length;
    this.#identity = this.#identityAt(this.#identity, head, this.#offset);
    const text = decoder.decode(chunk.subarray(0, length), offset);
    return { pieces: [{ offset, text, identity: this.#identity }], more: !isEnd };
  }

  /** A view into the shared buffer, empty at the end of the file. */
  #readChunk(offset: number, size: number): Uint8Array {
    const { buffer } = this.#context;
    const room = buffer.subarray(0, Math.min(buffer.length, size - offset));
    return buffer.subarray(0, this.#reader.readAt(offset, room));
  }

  #readHead(): Uint8Array {
    return this.#headBuffer.subarray(0, this.#reader.readAt(0, this.#headBuffer));
  }

  #readTail(): Fingerprint {
    const length = Math.min(this.#offset, HEAD_BYTES);
    const bytes = this.#tailBuffer.subarray(0, length);
    return fingerprintHead(
      bytes.subarray(0, this.#reader.readAt(this.#offset - length, bytes)),
      length,
    );
  }

  #identityAt(identity: FileIdentity, head: Uint8Array, offset: number): FileIdentity {
    if (identity.head.length === HEAD_BYTES) return identity;
    return { ...identity, head: fingerprintHead(head, offset) };
  }

  #endsLine(offset: number, unitBytes: number): boolean {
    const unit = new Uint8Array(unitBytes);
    if (this.#reader.readAt(offset, unit) < unitBytes) return true;
    if (unitBytes === 1) return unit[0] === 0x0a;
    return this.#options.decoder.codeUnit === "utf-16le"
      ? unit[0] === 0x0a && unit[1] === 0
      : unit[0] === 0 && unit[1] === 0x0a;
  }
}
