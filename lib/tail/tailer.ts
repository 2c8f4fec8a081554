import { BatchMaker } from "./batch_maker.ts";
import { fileKey } from "./file_identity.ts";
import type { FileLag } from "./file_lag.ts";
import { FileOpener } from "./file_opener.ts";
import { FileQueue } from "./file_queue.ts";
import { FileReader } from "./file_reader.ts";
import { isShortage } from "./handle_limit.ts";
import { LineAssembler } from "./line_assembler.ts";
import { DEFAULT_ENCODING } from "./line_format.ts";
import { ParkedFile } from "./parked_file.ts";
import { PathAbsence } from "./path_absence.ts";
import { PathArchive } from "./path_archive.ts";
import { PathHistory } from "./path_history.ts";
import { PathLag } from "./path_lag.ts";
import { isLink, PathStatus } from "./path_status.ts";
import type { QueueTurn } from "./queue_turn.ts";
import { type ArrivedFile, isLinked, type OpenFile } from "./queued_file.ts";
import { isCompressed } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import { toError } from "./tail_notice.ts";
import type { TailerOptions } from "./tailer_options.ts";

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
  /** Only where the path is that of a compressed file. */
  readonly #archive: PathArchive | undefined;
  readonly #parked: ParkedFile;
  /** Only where somebody asks. */
  #lag: PathLag | undefined;
  #lookedAt = 0;
  /** Hints come for where a link leads to, and not for the link. */
  readonly #isLink: boolean;
  #frozen = false;
  /** Only while nothing is at the path. */
  #absence: PathAbsence | undefined;

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
    this.#archive = isCompressed(path) ? new PathArchive(path, context) : undefined;
    this.#parked = new ParkedFile(context.register, this);
    this.#history.addUnfinished(this.#queue);
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
    // One that wants room is called when there is some.
    return this.#parked.isParked || (this.#active?.queue.isQuiet ?? true);
  }

  /** Says again where the files stand that are open. */
  place(): void {
    const last = this.#parked.isParked ? this.#context.register.lastAt(this.path) : undefined;
    if (last !== undefined) this.#context.onPlace(last);
    this.#active?.queue.place();
  }

  /** What is not read of the files of the path; looks at them when that was not done for some seconds. */
  lag(): FileLag {
    const { path } = this;
    const parts = { path, context: this.#context, parked: this.#parked, owner: this };
    return (this.#lag ??= new PathLag(parts, this.#lookedAt)).now(
      this.#active?.queue,
      this.#frozen,
    );
  }

  /** From now on reads only what is there now; later changes are not noticed any more. */
  freeze(): void {
    this.#look();
    this.#frozen = true;
    if (!this.#parked.isParked) this.#queue.freeze();
  }

  /**
   * Looks at the path and reads a batch of the oldest file that has something.
   *
   * @param final Delivers unfinished last lines, too.
   */
  read(final = false): QueueTurn {
    const wasParked = this.#parked.isParked;
    const info = this.#frozen && !wasParked ? undefined : this.#look();
    if (this.#parked.isParked) return { more: false, wantsRoom: this.#parked.wantsRoom };
    if (this.#frozen && wasParked) this.#queue.freeze();
    const turn = this.#queue.read(final, info);
    if (!turn.more && this.#context.register.isCrowded) {
      if (this.#parked.parkIfRead(this.#queue, info)) this.#active = undefined;
    }
    return turn;
  }

  /** Lets all files go; doing so twice is one. */
  [Symbol.dispose](): void {
    this.#active?.queue[Symbol.dispose]();
    this.#context.register.leave(this);
  }

  get #history(): PathHistory {
    return new PathHistory(this.path, this.#context);
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
    if (this.#lag === undefined) this.#lookedAt = this.#context.scheduler.now();
    else this.#lag.noticeLook();
    const info = this.#status.look();
    if (this.#undecided && this.#status.kind !== "unreadable") {
      this.#undecided = false;
      if (info) this.#beginAtEnd(info);
    }
    if (this.#parked.isParked && !this.#unpark(info)) return info;
    if (!info) {
      if (this.#status.kind === "missing") this.#noticeDeletion();
      return undefined;
    }
    this.#absence = undefined;
    if (this.#archive !== undefined) {
      this.#archive.look(info, this.#queue);
      return undefined;
    }
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

  #beginAtEnd(info: Deno.FileInfo): void {
    if (this.#archive !== undefined) return this.#archive.passOver(info);
    (this.#active ??= this.#activate()).opener.beginAtEnd(info);
  }

  #parkAtOnce(): void {
    const info = this.#status.look();
    if (this.#parked.parkAtOnce(this.#queue, info)) this.#active = undefined;
  }

  /**
   * Takes a closed file up again where its path shows a change.
   *
   * @returns False when there is none.
   */
  #unpark(info: Deno.FileInfo | undefined): boolean {
    if (this.#status.kind === "unreadable" || !this.#parked.unpark(info)) return false;
    const last = this.#context.register.lastAt(this.path);
    // It may have another name, and what was written to it before is still to be read.
    if (info === undefined && last !== undefined) this.#queue.addLost(last);
    return true;
  }

  #noticeDeletion(): void {
    const current = this.#queue.open.find(({ phase }) => phase.kind === "current");
    const news = (this.#absence ??= new PathAbsence(this.path)).look();
    if (news === "gone") this.#history.addDeleted(current, this.#queue);
    if (news === "passed") this.#history.addPassing(this.#queue);
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
    const wasIntact = this.#history.addBefore(reader, left, this.#queue);
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
}
