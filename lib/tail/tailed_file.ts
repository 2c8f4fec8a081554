import type { ByteReader } from "./byte_reader.ts";
import { FileBytes } from "./file_bytes.ts";
import {
  fileKey,
  type Fingerprint,
  fingerprintHead,
  HEAD_BYTES,
  type KnownContent,
  NO_FINGERPRINT,
} from "./file_identity.ts";
import type { FileLag } from "./file_lag.ts";
import {
  type ChangedPortion,
  type FilePiece,
  type FilePortion,
  type FileStart,
  NOTHING_READ,
  type TailedFileOptions,
} from "./file_portion.ts";
import { LagClock } from "./lag_clock.ts";
import { PieceReader } from "./piece_reader.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/**
 * A status that was the same for so long tells that the file is: clocks of file systems tick every few
 * milliseconds, those of network file systems every second.
 */
const SETTLED_MS = 2000;

/** A file that did not change for so long may be looked at less often. */
const QUIET_MS = 3000;

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
  readonly #bytes: FileBytes;
  readonly #pieces: PieceReader;
  readonly #context: TailContext;
  readonly #options: TailedFileOptions;
  readonly #limit: number;
  #frozenAt = Infinity;
  /** Of the bytes before the position. */
  #tail: Fingerprint;
  /** The last turn left something that only growth or time can complete. */
  #waiting = false;
  /** The last turn ended at a limit. */
  #hasMore = true;
  #size = -1;
  #mtime = -1;
  /** The time of its last change when it was last seen to have what was read of it. */
  #intactAt = 0;
  #changedAt = 0;
  #position: TailPosition | undefined;
  readonly #lag = new LagClock();

  /** Takes the reader over: it is closed with this object. */
  constructor(reader: ByteReader, context: TailContext, options: TailedFileOptions) {
    const info = reader.stat();
    this.key = fileKey(info);
    this.#reader = reader;
    this.#context = context;
    this.#options = options;
    this.#limit = options.limit ?? Infinity;
    this.#bytes = new FileBytes(reader, context);
    this.#pieces = new PieceReader(this.#bytes, context, options);
    this.#tail = options.start.tail ?? this.#bytes.tail(this.#pieces.offset);
    this.#mtime = changedAt(info);
    this.#intactAt = this.#mtime;
    this.#lookForLag(info);
  }

  /** How far the file was read. */
  get position(): TailPosition {
    const { identity, offset } = this.#pieces;
    const tail = this.#tail;
    const modifiedAt = this.#intactAt;
    const known = this.#position;
    // Whoever keeps positions of thousands of files is to keep the same object as all others.
    if (
      known?.identity === identity && known.offset === offset && known.tail === tail &&
      known.modifiedAt === modifiedAt
    ) return known;
    const { path } = this.#options;
    const readAt = this.#context.scheduler.now();
    return this.#position = { path, identity, offset, tail, readAt, modifiedAt };
  }

  /**
   * What tells a copy of the file: its position or, as long as nothing is before that, the unfinished
   * line behind it.
   */
  get trace(): TailPosition {
    const { position } = this;
    const { held } = this.#pieces;
    if (position.offset > 0 || held.length === 0) return position;
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
    const { offset } = this.#pieces;
    const end = Math.min(this.#lag.size, this.#limit, this.#frozenAt);
    const bytes = Math.max(0, end - offset);
    const since = bytes === 0 ? undefined : this.#lag.since(offset);
    return { offset, bytes, ...since === undefined ? {} : { since } };
  }

  /** Status of the open file. */
  stat(): Deno.FileInfo {
    return this.#reader.stat();
  }

  /** Whether all was read of a file of this size, and nothing of it waits. */
  isReadTo(size: number): boolean {
    return this.#pieces.offset === size && this.#pieces.held.length === 0;
  }

  /** Whether nothing about the file has changed for some time, and nothing of it waits. */
  get isQuiet(): boolean {
    if (this.#hasMore || this.#pieces.held.length > 0) return false;
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
    if (!changed && !this.#hasMore && !(this.#waiting && whole) && age > SETTLED_MS) {
      return NOTHING_READ;
    }
    const head = this.#bytes.head();
    const before = this.#content;
    if (info.size < before.offset) return this.#changed("shrunk", sizeBefore);
    if (!this.#holds(before) || !this.#isHeldIntact(info.size)) {
      return this.#changed("rewritten", sizeBefore);
    }
    this.#intactAt = this.#mtime;
    const size = Math.min(info.size, this.#limit, this.#frozenAt);
    this.#hasMore = false;
    if (size <= before.offset) return NOTHING_READ;
    if (this.#waiting && !changed && !whole) return NOTHING_READ;
    if (!this.#pieces.prepare(head, whole)) return NOTHING_READ;
    const portion = this.#pieces.read({ size, head, whole });
    this.#hasMore = portion.more;
    this.#waiting = !this.#hasMore;
    this.#tail = this.#bytes.tail(this.#pieces.offset);
    // It may have been truncated between any two of these steps.
    if (this.#holds(before) && this.#holds(this.#content)) return portion;
    return this.#takeBack(before, sizeBefore);
  }

  /** What was read may be of another content than what is before it. */
  #takeBack(before: KnownContent & FileStart, sizeBefore: number): FilePortion {
    this.#pieces.moveTo(before);
    this.#tail = before.tail;
    if (before.offset > 0) return this.#changed("rewritten", sizeBefore);
    this.#hasMore = true;
    return { ...NOTHING_READ, more: true };
  }

  /**
   * Goes back to the beginning of a line: it and what follows are read again.
   *
   * @param offset Not behind the position.
   */
  rewind(offset: number): void {
    const head = this.#bytes.head();
    const identity = { ...this.#pieces.identity, head: fingerprintHead(head, offset) };
    this.#pieces.moveTo({ identity, offset });
    this.#tail = this.#bytes.tail(offset);
    this.#pieces.prepare(head, true);
    this.#waiting = false;
  }

  /** Lets the next turn read even if the file did not change. */
  wake(): void {
    this.#hasMore = true;
  }

  /** The beginning of an unfinished line, which is delivered as it is, as its rest will never come. */
  takeHeld(): FilePiece | undefined {
    return this.#pieces.takeHeld();
  }

  /** Goes on in what the file holds now, which is not what was read from it. */
  restart(): void {
    const info = this.#reader.stat();
    const { identity, offset } = this.#pieces;
    const isRewritten = info.size < offset || !this.#holds(this.#content);
    const next = { ...identity, generation: identity.generation + 1 };
    if (isRewritten) {
      this.#pieces.restart({ identity: { ...next, head: NO_FINGERPRINT }, offset: 0 });
      this.#tail = NO_FINGERPRINT;
    } else {
      this.#pieces.restart({ identity: next, offset });
    }
    this.#intactAt = changedAt(info);
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
    this.#lag.saw(info.size, this.#pieces.offset, changedAt(info));
  }

  #changed(reason: ChangedPortion["reason"], sizeBefore: number): ChangedPortion {
    const unread = Math.max(0, sizeBefore - this.#pieces.offset);
    return { kind: "changed", reason, size: this.#size, unread };
  }

  /** What the file must have for what follows to be joined to what was read. */
  get #content(): KnownContent & FileStart {
    const { identity, offset } = this.#pieces;
    return { identity, offset, tail: this.#tail };
  }

  #holds(content: KnownContent): boolean {
    return this.#options.isImmutable || this.#bytes.hold(content);
  }

  #isHeldIntact(size: number): boolean {
    const { held, offset, readOffset } = this.#pieces;
    if (held.length === 0 || this.#options.isImmutable) return true;
    return size >= readOffset && this.#bytes.haveAt(offset, held.subarray(0, HEAD_BYTES));
  }
}
