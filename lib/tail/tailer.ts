import { BatchMaker } from "./batch_maker.ts";
import { PASSED_OVER } from "./compressed_opening.ts";
import { fileKey, holdsContent, identify, NO_FINGERPRINT } from "./file_identity.ts";
import { addLag, type FileLag, lagOfClosed, NO_LAG } from "./file_lag.ts";
import { FileOpener } from "./file_opener.ts";
import { FileQueue } from "./file_queue.ts";
import { FileReader } from "./file_reader.ts";
import { birthKey } from "./file_register.ts";
import { LineAssembler } from "./line_assembler.ts";
import { DEFAULT_ENCODING } from "./line_format.ts";
import { PathStatus } from "./path_status.ts";
import type { QueueTurn } from "./queue_turn.ts";
import { type ArrivedFile, isLinked, type OpenFile } from "./queued_file.ts";
import { changedAt, isCompressed } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import { toError } from "./tail_notice.ts";
import type { TailPosition } from "./tail_position.ts";
import type { TailerOptions } from "./tailer_options.ts";

/**
 * How old what is known of the sizes of files may be for {@linkcode Tailer.lag}: while files are read they
 * are looked at more often, and while nobody can take what is read a look at each costs little.
 */
const LAG_LOOK_MS = 3000;

/** What a file was like when it was closed. */
interface ParkedFile {
  readonly key: string;
  /** How far it was read; -1 for one that is to be opened again. */
  readonly size: number;
  readonly mtime: number;
}

/**
 * Follows one path, whatever files it names in the course of time.
 *
 * An open handle pins its inode, so comparing device and inode of the path with those of the handles
 * is exact; birth time and content are needed only for files that were let go.
 */
export class Tailer implements Disposable {
  /** As the user gave it. */
  readonly path: string;
  readonly #context: TailContext;
  readonly #status: PathStatus;
  readonly #options: TailerOptions;
  /** Only while a file is open or something is looked for: most of thousands of files rest. */
  #active: { readonly opener: FileOpener; readonly queue: FileQueue } | undefined;
  /** Whether there was a file at the start is not known yet. */
  #undecided: boolean;
  /** The compressed file at the path, which is read once. */
  #archive: string | undefined;
  /** Hints come for where a link leads to, and not for the link. */
  readonly #isLink: boolean;
  /** The file at the path was read through and closed, as there are too many; it was like this. */
  #parked: ParkedFile | undefined;
  /** It is to be opened again as soon as there is room. */
  #wantsRoom = false;
  #frozen = false;
  /** Nothing was at the path at the last look. */
  #isAway = false;
  #lookedAt = 0;
  /** What is not read of a file at the path that is not open, where that was looked at. */
  #closed: Omit<FileLag, "path"> | undefined;

  /**
   * Takes its first look at the path, so that what is appended from now on is read.
   *
   * @param context Shared by all that are followed together.
   * @throws {RangeError} When the encoding is unknown.
   */
  constructor(path: string, context: TailContext, options: TailerOptions = {}) {
    context.decoders.get(options.encoding ?? DEFAULT_ENCODING);
    this.path = path;
    this.#context = context;
    this.#options = options;
    this.#status = new PathStatus(path, context.observer);
    this.#isLink = isLink(path);
    this.#undecided = options.from !== "beginning";
    this.#takeUpUnfinished();
    this.#look();
    this.#queue.begin();
    if (context.register.isCrowded) this.#parkAtOnce();
  }

  /** True when nothing is at the path and nothing is left to read. */
  get gone(): boolean {
    return this.#status.kind === "missing" && (this.#active?.queue.isEmpty ?? true);
  }

  /** Whether nothing has happened for some time, so that looking seldom will do. */
  get isQuiet(): boolean {
    if (this.#isLink || this.#status.kind === "unreadable") return false;
    return this.#parked === undefined ? this.#queue.isQuiet : !this.#wantsRoom;
  }

  /** Says again where the files stand that are open. */
  place(): void {
    const parked = this.#parked && this.#context.register.lastAt(this.path);
    if (parked !== undefined) this.#context.onPlace(parked);
    this.#active?.queue.place();
  }

  /** What is not read of the files of the path; looks at them when that was not done for some seconds. */
  lag(): FileLag {
    const now = this.#context.scheduler.now();
    const isStale = now - this.#lookedAt >= LAG_LOOK_MS;
    const lag = this.#active?.queue.lag(isStale) ?? NO_LAG;
    if (isStale && !this.#frozen) {
      this.#lookedAt = now;
      this.#closed = this.#lagOfClosed();
    }
    const parked = this.#parked && { offset: this.#parked.size, bytes: 0 };
    return { path: this.path, ...addLag(lag, this.#closed ?? parked ?? NO_LAG) };
  }

  /** From now on reads only what is there now; later changes are not noticed any more. */
  freeze(): void {
    this.#look();
    this.#frozen = true;
    if (this.#parked === undefined) this.#queue.freeze();
  }

  /**
   * Looks at the path and reads a batch of the oldest file that has something.
   *
   * @param final Delivers unfinished last lines, too.
   */
  read(final = false): QueueTurn {
    const wasParked = this.#parked !== undefined;
    const info = this.#frozen && !wasParked ? undefined : this.#look();
    if (this.#parked !== undefined) return { more: false, wantsRoom: this.#wantsRoom };
    if (this.#frozen && wasParked) this.#queue.freeze();
    const turn = this.#queue.read(final, info);
    if (!turn.more && this.#context.register.isCrowded) this.#parkIfRead(info);
    return turn;
  }

  /** Lets all files go; doing so twice is one. */
  [Symbol.dispose](): void {
    this.#active?.queue[Symbol.dispose]();
    this.#context.register.leave(this);
  }

  get #queue(): FileQueue {
    return (this.#active ??= this.#activate()).queue;
  }

  #activate(): { readonly opener: FileOpener; readonly queue: FileQueue } {
    const { path } = this;
    const context = this.#context;
    const { encoding = DEFAULT_ENCODING, split = "line", tags = [], multiline, times } =
      this.#options;
    const opener = new FileOpener(path, context, this);
    const queue = new FileQueue({
      path,
      context,
      split,
      encoding,
      opener,
      batches: new BatchMaker({ source: path, tags, times }, context),
      assembler: new LineAssembler(multiline, context.limits.multilineTimeoutMs, context.scheduler),
      owner: this,
      onError: (error) => this.#status.report(error),
    });
    return { opener, queue };
  }

  /** Finds out which file the path names; its status if there is one that is followed. */
  #look(): Deno.FileInfo | undefined {
    this.#lookedAt = this.#context.scheduler.now();
    this.#closed = undefined;
    const info = this.#status.look();
    if (this.#undecided && this.#status.kind !== "unreadable") {
      this.#undecided = false;
      if (info) this.#beginAtEnd(info);
    }
    if (this.#parked !== undefined && !this.#unpark(info)) return info;
    if (!info) {
      if (this.#status.kind === "missing") this.#noticeDeletion();
      return undefined;
    }
    this.#isAway = false;
    if (isCompressed(this.path)) return this.#lookAtArchive(info);
    const key = fileKey(info);
    const known = this.#queue.open.find((open) => open.key === key);
    if (known?.phase.kind === "current") return info;
    const left = this.#leave();
    if (known) {
      known.phase = { kind: "current" };
      this.#queue.moveToEnd(known);
    } else if (!this.#context.register.isTaken(key, this)) {
      this.#open(left);
    }
    return undefined;
  }

  #lagOfClosed(): Omit<FileLag, "path"> | undefined {
    try {
      const info = Deno.statSync(this.path);
      const key = fileKey(info);
      const isOpen = this.#queue.open.some((open) => open.key === key) ||
        this.#context.register.isTaken(key, this);
      if (isOpen || !info.isFile || isCompressed(this.path)) return undefined;
      return lagOfClosed(info, this.#parked?.key === key ? this.#parked.size : 0);
    } catch {
      // Whoever looks next tells why there is nothing.
      return undefined;
    }
  }

  #beginAtEnd(info: Deno.FileInfo): void {
    if (!isCompressed(this.path)) {
      return (this.#active ??= this.#activate()).opener.beginAtEnd(info);
    }
    if (this.#context.register.recall(info) !== undefined) return;
    const position = {
      path: this.path,
      identity: identify(info),
      offset: PASSED_OVER,
      tail: NO_FINGERPRINT,
      readAt: this.#context.scheduler.now(),
      modifiedAt: changedAt(info),
    };
    this.#context.register.remember(position);
    this.#context.onPlace(position);
  }

  #parkAtOnce(): void {
    const info = this.#status.look();
    const { only } = this.#queue;
    if (info === undefined || only?.key !== fileKey(info)) return;
    // Where there is something to read, it is opened again as soon as there is room.
    if (only.file.isReadTo(info.size)) this.#park(info);
    else {
      this.#close(only, { key: only.key, size: -1, mtime: -1 });
      this.#wantsRoom = true;
    }
  }

  /** Closes a file of which nothing is left to read: it is opened again when it is another or grows. */
  #park(info: Deno.FileInfo): void {
    const { only } = this.#queue;
    if (!only?.file.isReadTo(info.size)) return;
    this.#close(only, { key: fileKey(info), size: info.size, mtime: changedAt(info) });
  }

  #parkIfRead(info: Deno.FileInfo | undefined): void {
    const now = info ?? this.#queue.only?.file.stat();
    if (now !== undefined) this.#park(now);
  }

  #close(only: OpenFile, parked: ParkedFile): void {
    this.#queue.close(only);
    this.#active = undefined;
    this.#parked = parked;
  }

  /**
   * Takes a closed file up again where its path shows a change.
   *
   * @returns False when there is none.
   */
  #unpark(info: Deno.FileInfo | undefined): boolean {
    if (this.#status.kind === "unreadable") return false;
    const { key, size, mtime } = this.#parked ?? {};
    if (info && fileKey(info) === key && info.size === size && changedAt(info) === mtime) {
      return false;
    }
    this.#wantsRoom = !this.#context.register.hasRoomFor(this);
    if (this.#wantsRoom) return false;
    this.#parked = undefined;
    const last = this.#context.register.lastAt(this.path);
    // It may have another name, and what was written to it before is still to be read.
    if (info === undefined && last !== undefined) this.#queue.addLost(last);
    return true;
  }

  /** A compressed file never grows: it is read once. */
  #lookAtArchive(info: Deno.FileInfo): undefined {
    const state = `${fileKey(info)}:${info.mtime?.getTime()}:${info.size}`;
    if (state === this.#archive || !this.#queue.isEmpty) return;
    this.#archive = state;
    this.#queue.addCompressed(this.path);
  }

  #noticeDeletion(): void {
    const current = this.#queue.open.find(({ phase }) => phase.kind === "current");
    if (!this.#isAway) this.#takeUpMissing(current);
    this.#isAway = true;
    if (!current || isLinked(current)) return;
    current.phase = { kind: "vanished", since: this.#context.scheduler.now() };
  }

  /**
   * The path names another file: those that it named are read to their end first.
   *
   * @returns The one that it named last.
   */
  #leave(): ArrivedFile | OpenFile | undefined {
    let left: ArrivedFile | OpenFile | undefined;
    for (const open of this.#queue.open) {
      if (open.phase.kind !== "current" && open.phase.kind !== "vanished") continue;
      open.phase = { kind: "leaving" };
      left = open;
      this.#context.observer({ kind: "rotated", path: this.path });
    }
    return left;
  }

  #open(left: ArrivedFile | OpenFile | undefined): void {
    const reader = this.#openReader();
    if (reader === undefined) return;
    const now = reader.stat();
    const wasIntact = left !== undefined || this.#addMissed(reader, now);
    if (left !== undefined) this.#queue.addNewcomers(this.#positionOf(left), now);
    this.#status.clear();
    this.#queue.arrive(reader, { kind: "current" }, wasIntact);
  }

  /** Nothing where the file cannot be opened or is read already, here or by another. */
  #openReader(): FileReader | undefined {
    try {
      const reader = FileReader.open(this.path);
      const key = fileKey(reader.stat());
      const isOpen = this.#queue.open.some((open) => open.key === key);
      if (!isOpen && this.#context.register.claim(key, this, { path: this.path, reader })) {
        return reader;
      }
      reader[Symbol.dispose]();
    } catch (error) {
      if (isShortage(error)) this.#context.register.noticeShortage();
      if (!(error instanceof Deno.errors.NotFound)) this.#status.report(toError(error));
    }
    return undefined;
  }

  /**
   * Nothing is open: finds what was at the path since it was read last, perhaps by an earlier run.
   *
   * @returns Whether the file has what was read of it, if anything was.
   */
  #addMissed(reader: FileReader, now: Deno.FileInfo): boolean {
    const { register } = this.#context;
    const last = register.lastAt(this.path);
    const known = register.recall(now);
    const isIntact = known === undefined || this.#holds(reader, known);
    if (known !== undefined && !isIntact) this.#queue.addLost(known, fileKey(now));
    if (last === undefined) return isIntact;
    // Of an empty file nothing tells whether it is another one by now.
    const isSame = known === last && isIntact &&
      (known.offset > 0 || known.modifiedAt === changedAt(now));
    if (known !== last) this.#queue.addLost(last, fileKey(now));
    if (!isSame) this.#queue.addNewcomers(last, now);
    return isIntact;
  }

  /** Nothing is at the path any more: what had it after the last look may have another name already. */
  #takeUpMissing(current: ArrivedFile | OpenFile | undefined): void {
    if (isCompressed(this.path)) return;
    if (current !== undefined) return this.#queue.addNewcomers(this.#positionOf(current));
    const last = this.#context.register.lastAt(this.path);
    if (last === undefined) return;
    this.#queue.addLost(last);
    this.#queue.addNewcomers(last);
  }

  #positionOf(left: ArrivedFile | OpenFile): TailPosition {
    if (left.kind === "file") return left.file.position;
    const info = left.reader.stat();
    return {
      path: this.path,
      identity: identify(info),
      offset: 0,
      tail: NO_FINGERPRINT,
      readAt: this.#context.scheduler.now(),
      modifiedAt: left.seenAt ?? changedAt(info),
    };
  }

  #holds(reader: FileReader, position: TailPosition): boolean {
    return holdsContent(reader, position, this.#context.tailBuffer);
  }

  /** Files of an earlier run that were rotated, and to which something was added since. */
  #takeUpUnfinished(): void {
    const { register } = this.#context;
    const last = register.lastAt(this.path);
    if (last === undefined || !register.hasFormer(this.path)) return;
    for (const { path, info, isCompressed } of this.#context.relatives.find(this.path)) {
      if (isCompressed || path === this.path) continue;
      const known = register.recall(info);
      if (known === undefined || known === last || known.path !== this.path) continue;
      if (info.size > known.offset && birthKey(known.identity) !== birthKey(last.identity)) {
        this.#queue.addLost(known);
      }
    }
  }
}

function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}

/** The system has no more handles, for this program or for all. */
function isShortage(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "EMFILE" || error.code === "ENFILE");
}
