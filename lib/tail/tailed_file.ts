import type { ByteReader } from "./byte_reader.ts";
import {
  type FileIdentity,
  fileKey,
  type Fingerprint,
  fingerprintHead,
  fingerprintTail,
  HEAD_BYTES,
  holdsContent,
  type KnownContent,
  NO_FINGERPRINT,
} from "./file_identity.ts";
import type { FilePiece, FilePortion, TailedFileOptions } from "./file_portion.ts";
import { detectEncoding } from "./detect_encoding.ts";
import type { FileLag } from "./file_lag.ts";
import { LagClock } from "./lag_clock.ts";
import type { LineDecoder } from "./line_decoder.ts";
import { type TextLine, TextLines } from "./text_lines.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";
import { changedAt } from "./rotation_names.ts";

/**
 * A status that was the same for so long tells that the file is: clocks of file systems tick every few
 * milliseconds, those of network file systems every second.
 */
const SETTLED_MS = 2000;

/** A file that did not change for so long may be looked at less often. */
const QUIET_MS = 3000;

const LF = 0x0a;

/** A byte order mark of UTF-16 is two bytes, of which the first is one of the two highest. */
const LOWEST_MARK = 0xfe;

const NOTHING: FilePortion = { kind: "read", pieces: [], more: false };

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
  readonly #limit: number;
  #frozenAt = Infinity;
  #lines: { readonly decoder: LineDecoder; readonly splitter: TextLines } | undefined;
  #identity: FileIdentity;
  #offset: number;
  #tail: Fingerprint;
  /** The byte before the position is no line end: the line it belongs to was delivered without one. */
  #lineOpen = false;
  /** The last turn left something that only growth or time can complete. */
  #waiting = false;
  /** The last turn ended at a limit. */
  #hasMore = true;
  #size = -1;
  #mtime = -1;
  /** The time of its last change when it was last seen to have what was read of it. */
  #intactAt = 0;
  #changedAt = 0;
  readonly #lag = new LagClock();

  /** Takes the reader over: it is closed with this object. */
  constructor(reader: ByteReader, context: TailContext, options: TailedFileOptions) {
    const { identity, offset } = options.start;
    const info = reader.stat();
    this.key = fileKey(info);
    this.#reader = reader;
    this.#context = context;
    this.#options = options;
    this.#limit = options.limit ?? Infinity;
    this.#offset = offset;
    this.#identity = { ...identity, head: NO_FINGERPRINT };
    const head = this.#readHead();
    this.#prepare(head, false);
    this.#identity = this.#identityAt(head, this.#offset);
    this.#tail = this.#readTail();
    this.#mtime = changedAt(info);
    this.#intactAt = this.#mtime;
    this.#lookForLag(info);
  }

  /** How far the file was read. */
  get position(): TailPosition {
    return {
      path: this.#options.path,
      identity: this.#identity,
      offset: this.#offset,
      tail: this.#tail,
      readAt: this.#context.scheduler.now(),
      modifiedAt: this.#intactAt,
    };
  }

  /**
   * What tells a copy of the file: its position or, as long as nothing is before that, the unfinished
   * line behind it.
   */
  get trace(): TailPosition {
    const { position } = this;
    const held = this.#lines?.splitter.held;
    if (this.#offset > 0 || held === undefined || held.length === 0) return position;
    const offset = held.length;
    const head = fingerprintHead(held, offset);
    const tail = fingerprintHead(held.subarray(-HEAD_BYTES), offset);
    return { ...position, identity: { ...position.identity, head }, offset, tail };
  }

  /**
   * How many bytes are behind the position, and since when.
   *
   * @param look Looks at the status of the file instead of going by the last look.
   */
  lag(look: boolean): Omit<FileLag, "path"> {
    if (look) this.#lookForLag(this.#reader.stat());
    const end = Math.min(this.#lag.size, this.#limit, this.#frozenAt);
    const bytes = Math.max(0, end - this.#offset);
    const since = bytes === 0 ? undefined : this.#lag.since(this.#offset);
    return { offset: this.#offset, bytes, ...since === undefined ? {} : { since } };
  }

  /** Status of the open file. */
  stat(): Deno.FileInfo {
    return this.#reader.stat();
  }

  /** Whether all was read of a file of this size, and nothing of it waits. */
  isReadTo(size: number): boolean {
    return this.#offset === size && !this.#lines?.splitter.held.length;
  }

  /** Whether nothing about the file has changed for some time, and nothing of it waits. */
  get isQuiet(): boolean {
    if (this.#hasMore || this.#lines?.splitter.held.length) return false;
    return this.#context.scheduler.now() - this.#changedAt >= QUIET_MS;
  }

  /** From now on reads no further than the file reaches now. */
  freeze(): void {
    const info = this.#reader.stat();
    this.#frozenAt = info.size;
    this.#lookForLag(info);
    this.#hasMore = true;
  }

  /**
   * Reads from the position on, within the limits of a batch.
   *
   * @param final Delivers an unfinished last line, too, without waiting for its file to be idle.
   * @param info The status of the file where the caller has it already.
   */
  read(final = false, info: Deno.FileInfo = this.#reader.stat()): FilePortion {
    const sizeBefore = this.#size;
    const changed = this.#observe(info);
    const age = this.#context.scheduler.now() - this.#changedAt;
    const idle = age >= this.#context.limits.idleLineMs;
    const whole = final || idle;
    if (!changed && !this.#hasMore && !(this.#waiting && whole) && age > SETTLED_MS) return NOTHING;
    const head = this.#readHead();
    const before = { identity: this.#identity, offset: this.#offset, tail: this.#tail };
    if (info.size < this.#offset) return this.#changed("shrunk", sizeBefore);
    if (!this.#holds(before) || !this.#isHeldIntact(info.size)) {
      return this.#changed("rewritten", sizeBefore);
    }
    this.#intactAt = this.#mtime;
    const size = Math.min(info.size, this.#limit, this.#frozenAt);
    this.#hasMore = false;
    if (size <= this.#offset) return NOTHING;
    if (this.#waiting && !changed && !whole) return NOTHING;
    if (!this.#prepare(head, whole)) return NOTHING;
    const portion = this.#options.split === "diff"
      ? this.#readDiff(size, head, whole)
      : this.#readLines(size, head, whole);
    this.#hasMore = portion.kind === "read" && portion.more;
    this.#waiting = !this.#hasMore;
    if (!this.#holds(before)) {
      this.#identity = before.identity;
      this.#offset = before.offset;
      this.#lines = undefined;
      return this.#changed("rewritten", sizeBefore);
    }
    this.#tail = this.#readTail();
    return portion;
  }

  /**
   * Goes back to the beginning of a line: it and what follows are read again.
   *
   * @param offset Not behind the position.
   */
  rewind(offset: number): void {
    const head = this.#readHead();
    this.#identity = { ...this.#identity, head: fingerprintHead(head, offset) };
    this.#offset = offset;
    this.#tail = this.#readTail();
    this.#lines = undefined;
    this.#prepare(head, true);
    this.#waiting = false;
  }

  /** Lets the next turn read even if the file did not change. */
  wake(): void {
    this.#hasMore = true;
  }

  /** The beginning of an unfinished line, which is delivered as it is, as its rest will never come. */
  takeHeld(): FilePiece | undefined {
    const line = this.#lines?.splitter.end();
    if (line === undefined) return undefined;
    const pieces: FilePiece[] = [];
    this.#pushPiece(line, pieces);
    return pieces[0];
  }

  /** Goes on in what the file holds now, which is not what was read from it. */
  restart(): void {
    const info = this.#reader.stat();
    const isRewritten = info.size < this.#offset ||
      !this.#holds({ identity: this.#identity, offset: this.#offset, tail: this.#tail });
    if (isRewritten) this.#offset = 0;
    this.#identity = {
      ...this.#identity,
      generation: this.#identity.generation + 1,
      head: isRewritten ? NO_FINGERPRINT : this.#identity.head,
    };
    if (isRewritten) this.#tail = NO_FINGERPRINT;
    this.#intactAt = changedAt(info);
    this.#lines = undefined;
    this.#lineOpen = false;
    this.#waiting = false;
    this.#hasMore = true;
    this.#changedAt = this.#context.scheduler.now();
  }

  /** Closes the file; closing twice is one. */
  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }

  #observe(info: Deno.FileInfo): boolean {
    const mtime = changedAt(info);
    if (info.size === this.#size && mtime === this.#mtime) return false;
    this.#size = info.size;
    this.#mtime = mtime;
    this.#changedAt = this.#context.scheduler.now();
    this.#lookForLag(info);
    return true;
  }

  #lookForLag(info: Deno.FileInfo): void {
    this.#lag.saw(info.size, this.#offset, changedAt(info));
  }

  #changed(reason: "shrunk" | "rewritten", sizeBefore: number): FilePortion {
    const unread = Math.max(0, sizeBefore - this.#offset);
    return { kind: "changed", reason, size: this.#size, unread };
  }

  #holds(content: KnownContent): boolean {
    return this.#options.isImmutable ||
      holdsContent(this.#reader, content, this.#context.tailBuffer);
  }

  #isHeldIntact(size: number): boolean {
    if (this.#lines === undefined || this.#options.isImmutable) return true;
    const { held, readOffset } = this.#lines.splitter;
    if (held.length === 0) return true;
    if (size < readOffset) return false;
    const known = held.subarray(0, HEAD_BYTES);
    const now = this.#readChunk(this.#offset, this.#offset + known.length);
    return now.length === known.length && now.every((byte, index) => byte === known[index]);
  }

  /** Decides how the file is to be read, as soon as it has enough bytes to tell. */
  #prepare(head: Uint8Array, whole: boolean): boolean {
    if (this.#lines !== undefined) return true;
    if (!canTellEncoding(head) && !(whole && head.length > 0)) return false;
    const decoder = this.#context.decoders.get(detectEncoding(head, this.#options.encoding));
    const unitBytes = decoder.codeUnit === "byte" ? 1 : 2;
    this.#offset -= this.#offset % unitBytes;
    const { maxLineBytes } = this.#context.limits;
    const splitter = new TextLines(decoder, { offset: this.#offset, maxLineBytes });
    this.#lines = { decoder, splitter };
    this.#lineOpen = this.#offset > 0 && !this.#endsLine(this.#offset - unitBytes, decoder);
    return true;
  }

  #readLines(size: number, head: Uint8Array, whole: boolean): FilePortion {
    const { splitter } = this.#prepared();
    const { maxBatchLines, maxBatchBytes } = this.#context.limits;
    const begin = splitter.readOffset;
    const pieces: FilePiece[] = [];
    while (splitter.readOffset < size) {
      const chunk = this.#readChunk(splitter.readOffset, size);
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

  #readDiff(size: number, head: Uint8Array, whole: boolean): FilePortion {
    const { decoder } = this.#prepared();
    const chunk = this.#readChunk(this.#offset, size);
    const isEnd = this.#offset + chunk.length >= size;
    const length = whole && isEnd ? chunk.length : decoder.wholeCharacters(chunk);
    if (length === 0) return NOTHING;
    const offset = this.#offset;
    const end = offset + length;
    this.#offset = end;
    this.#identity = this.#identityAt(head, end);
    const text = decoder.decode(chunk.subarray(0, length), offset);
    const piece = { offset, end, text, identity: this.#identity };
    return { kind: "read", pieces: [piece], more: !isEnd };
  }

  #prepared(): { readonly decoder: LineDecoder; readonly splitter: TextLines } {
    if (this.#lines === undefined) throw new Error("Cannot read lines before the file is prepared");
    return this.#lines;
  }

  /** A view into the shared buffer, empty at the end of the file. */
  #readChunk(offset: number, size: number): Uint8Array {
    const { buffer } = this.#context;
    const room = buffer.subarray(0, Math.min(buffer.length, size - offset));
    return buffer.subarray(0, this.#reader.readAt(offset, room));
  }

  /** The first bytes: a view that holds until another file's are read. */
  #readHead(): Uint8Array {
    const { headBuffer } = this.#context;
    return headBuffer.subarray(0, this.#reader.readAt(0, headBuffer));
  }

  #readTail(): Fingerprint {
    return fingerprintTail(this.#reader, this.#offset, this.#context.tailBuffer);
  }

  #identityAt(head: Uint8Array, offset: number): FileIdentity {
    if (this.#identity.head.length === HEAD_BYTES) return this.#identity;
    return { ...this.#identity, head: fingerprintHead(head, offset) };
  }

  #endsLine(offset: number, { codeUnit }: LineDecoder): boolean {
    const unit = new Uint8Array(codeUnit === "byte" ? 1 : 2);
    if (this.#reader.readAt(offset, unit) < unit.length) return true;
    if (codeUnit === "byte") return unit[0] === LF;
    return codeUnit === "utf-16le"
      ? unit[0] === LF && unit[1] === 0
      : unit[0] === 0 && unit[1] === LF;
  }
}

function canTellEncoding(head: Uint8Array): boolean {
  return head.length >= 2 || (head.length === 1 && head[0] !== undefined && head[0] < LOWEST_MARK);
}
