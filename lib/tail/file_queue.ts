import { fileKey } from "./file_identity.ts";
import type { FileLag } from "./file_lag.ts";
import { FilePlaces } from "./file_places.ts";
import type { ChangedPortion } from "./file_portion.ts";
import type { FileReader } from "./file_reader.ts";
import { FileStarter } from "./file_starter.ts";
import { MissedFiles } from "./missed_files.ts";
import type { FileQueueParts } from "./queue_parts.ts";
import { MORE, NOTHING, type QueueTurn } from "./queue_turn.ts";
import type { ArrivedFile, LostFile, OpenFile, Phase, QueuedFile } from "./queued_file.ts";
import { QueuedFiles } from "./queued_files.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import { toError } from "./tail_notice.ts";
import type { TailPosition } from "./tail_position.ts";

/** There is nothing in a file yet, and those behind it have their turn. */
const STILL_EMPTY: QueueTurn = { more: false };

/**
 * Reads the files of a path one after another, the oldest first.
 *
 * What is not open yet has its turn in the same order: a lost file is looked for, a compressed one is
 * decompressed, before what follows it is read.
 */
export class FileQueue implements Disposable {
  readonly #parts: FileQueueParts;
  readonly #context: TailContext;
  readonly #files: QueuedFiles;
  readonly #places: FilePlaces;
  readonly #missed: MissedFiles;
  readonly #starter: FileStarter;

  constructor(parts: FileQueueParts) {
    const files = new QueuedFiles(parts);
    const places = new FilePlaces(parts);
    const missed = new MissedFiles(parts, files, places);
    this.#parts = parts;
    this.#context = parts.context;
    this.#files = files;
    this.#places = places;
    this.#missed = missed;
    this.#starter = new FileStarter({ ...parts, files, places, missed });
  }

  /** True when nothing is left to read, now or later. */
  get isEmpty(): boolean {
    return this.#files.size === 0 && !this.#parts.assembler.isWaiting;
  }

  /** The files that are open, the oldest first. */
  get open(): readonly (OpenFile | ArrivedFile)[] {
    return this.#files.open;
  }

  /** Whether there is but the file at the path, and it does not change. */
  get isQuiet(): boolean {
    if (this.#parts.assembler.isWaiting) return false;
    return [...this.#files].every((queued) =>
      queued.kind === "file" && queued.phase.kind === "current" && queued.file.isQuiet
    );
  }

  /** The file at the path, if there is no other and no lines of it wait. */
  get only(): OpenFile | undefined {
    const only = this.#files.first;
    if (only?.kind !== "file" || only.phase.kind !== "current" || this.#files.size > 1) {
      return undefined;
    }
    return this.#parts.assembler.isWaiting ? undefined : only;
  }

  /** Closes a file; where it was read to is remembered. */
  close(queued: OpenFile): void {
    this.#files.remove(queued);
  }

  /** Says again where the files stand that are open. */
  place(): void {
    for (const { file } of this.#files.begun) this.#context.onPlace(file.position);
  }

  /**
   * What is not read of all files.
   *
   * @param look Looks at their status instead of going by the last look.
   */
  lag(look: boolean): Omit<FileLag, "path"> {
    return this.#files.lag(look);
  }

  /**
   * Adds a file behind all others and takes the reader over.
   *
   * @param wasIntact Whether it has what was read of it, if anything was.
   */
  arrive(reader: FileReader, phase: Phase, wasIntact: boolean): void {
    const info = reader.stat();
    const key = fileKey(info);
    const foundAt = this.#context.scheduler.now();
    const seenAt = changedAt(info);
    this.#files.add({ kind: "arrived", reader, key, phase, wasIntact, seenAt, foundAt });
  }

  /** Puts a file that is open behind all others. */
  moveToEnd(queued: OpenFile | ArrivedFile): void {
    this.#files.moveToEnd(queued);
  }

  /** Adds a compressed file behind all others. */
  addCompressed(path: string): void {
    this.#files.add(...this.#missed.compressed(path));
  }

  /** Adds the rest of a file that is not where it was. */
  addLost(position: TailPosition, notIn?: string): void {
    this.#files.add(this.#missed.lost(position, notIn));
  }

  /** Adds the files that had the path since a position was read. */
  addNewcomers(last: TailPosition, now?: Deno.FileInfo): void {
    this.#files.add(...this.#missed.since(last, now));
  }

  /** From now on reads only what is there now. */
  freeze(): void {
    this.#starter.freeze();
    for (const queued of this.#files.begun) this.#guard(queued, () => queued.file.freeze());
  }

  /** Finds out where the first file begins if it is new, without reading it. */
  begin(): void {
    const { first } = this.#files;
    if (first?.kind === "arrived") this.#guard(first, () => this.#starter.begin(first));
  }

  /**
   * Reads a batch of the oldest file that has something.
   *
   * @param final Delivers unfinished last lines, too.
   * @param info The status of the current file where the caller has it already.
   */
  read(final: boolean, info: Deno.FileInfo | undefined): QueueTurn {
    for (const queued of this.#files) {
      const turn = this.#guard(queued, () => this.#readOne(queued, final, info)) ?? NOTHING;
      if (turn.more || turn.batch !== undefined) return { ...turn, more: true };
      if (queued.kind !== "file" && turn !== STILL_EMPTY) return turn;
    }
    return this.#flushGroup(final);
  }

  /** Lets all files go; doing so twice is one. */
  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
  }

  /** Delivers what waits for lines of another file, if that has taken too long. */
  #flushGroup(final: boolean): QueueTurn {
    const { assembler, batches } = this.#parts;
    if (!assembler.isWaiting || !(final || assembler.isDue)) return NOTHING;
    const { lines, spans } = assembler.flush();
    return lines.length === 0 ? NOTHING : { batch: batches.make(lines, spans), more: true };
  }

  /**
   * A file beside the path has its turn when there is something in it: a copy that was only made has nothing
   * yet that tells what it is a copy of.
   */
  #isStillEmpty(queued: ArrivedFile, final: boolean): boolean {
    if (queued.path === undefined || queued.reader.stat().size > 0) return false;
    const age = this.#context.scheduler.now() - queued.foundAt;
    if (final || age >= this.#context.limits.lingerMs) this.#files.remove(queued);
    return true;
  }

  #readOne(queued: QueuedFile, final: boolean, info: Deno.FileInfo | undefined): QueueTurn {
    switch (queued.kind) {
      case "arrived":
        return this.#isStillEmpty(queued, final) ? STILL_EMPTY : this.#starter.begin(queued);
      case "lost":
        return this.#starter.search(queued);
      case "compressed":
        return this.#starter.openArchive(queued);
      case "file":
        return this.#readFile(queued, final, queued.phase.kind === "current" ? info : undefined);
    }
  }

  #readFile(queued: OpenFile, final: boolean, info: Deno.FileInfo | undefined): QueueTurn {
    const { file, phase, archive } = queued;
    const { assembler, batches } = this.#parts;
    this.#placeIfDelivered(queued);
    if (this.#addMissed(queued)) return MORE;
    const isGrowing = archive?.state.kind === "reading";
    const over = this.#isOver(phase);
    const isLast = final || over || phase.kind === "leaving" || phase.kind === "archived";
    if (assembler.isDue) file.wake();
    const from = file.position.offset;
    const portion = file.read(isLast && !isGrowing, info);
    if (portion.kind === "changed") return this.#change(queued, portion);
    // It may have been truncated since that was looked for, and what was read be what came after that.
    if (from === 0 && portion.pieces.length > 0 && this.#addMissed(queued, from)) {
      file.rewind(from);
      file.wake();
      return MORE;
    }
    const more = portion.more || isGrowing;
    if (!more && phase.kind === "leaving") {
      queued.phase = { kind: "lingering", since: this.#context.scheduler.now() };
    }
    const { lines, spans } = assembler.take(file, portion.pieces, {
      from,
      more,
      isFinished: phase.kind !== "current" && phase.kind !== "vanished",
      isLast: final || over,
    });
    if (portion.pieces.length > 0) this.#places.remember(queued);
    if (lines.length > 0) return { batch: batches.make(lines, spans), more: true };
    // Nobody else may read on in a file of which lines wait for others.
    if (more || assembler.isCarrying) return { more };
    if (over) this.#files.remove(queued);
    if (phase.kind === "archived") this.#finishArchive(queued, phase.path);
    return NOTHING;
  }

  /** Where the lines that wait come from is not to be forgotten before they are delivered. */
  #placeIfDelivered(queued: OpenFile): void {
    if (!queued.isUnplaced || this.#parts.assembler.isCarrying) return;
    queued.isUnplaced = false;
    this.#places.place(queued.file.position, true);
  }

  /** @param offset Up to where it was read before the files that are added. */
  #addMissed(queued: OpenFile, offset = queued.file.trace.offset): boolean {
    const missed = this.#missed.before(queued, offset);
    this.#files.putBefore(queued, ...missed);
    return missed.length > 0;
  }

  /** What was read of a file is not there any more: a copy may hold what was not read. */
  #change(queued: OpenFile, { reason, size, unread }: ChangedPortion): QueueTurn {
    const { file, key } = queued;
    const { path } = this.#parts;
    const position = file.position;
    this.#context.observer({ kind: "truncated", path, reason, offset: position.offset, size });
    const { trace } = file;
    this.#context.register.remember(trace);
    const held = this.#parts.assembler.takeOpen() ?? file.takeHeld();
    file.restart();
    const rest = { held, bytes: unread, to: file.position };
    const lost: LostFile = { ...this.#missed.lost(trace, key), position, unread: rest };
    queued.isUnplaced = true;
    const info = file.stat();
    queued.seenAt = changedAt(info);
    const missed = this.#missed.within(position, info, queued.phase);
    this.#files.putBefore(queued, lost, ...missed);
    return MORE;
  }

  #isOver(phase: Phase): boolean {
    if (phase.kind !== "lingering" && phase.kind !== "vanished") return false;
    return this.#context.scheduler.now() - phase.since >= this.#context.limits.lingerMs;
  }

  #finishArchive(queued: OpenFile, path: string): void {
    const { file, archive } = queued;
    const { position } = file;
    const info = file.stat();
    if (archive?.state.kind === "failed") this.#parts.onError(archive.state.error);
    this.#files.remove(queued);
    // Comes last, as what is let go is remembered to be read to its position and no further.
    if (archive === undefined) this.#places.placeCopy(position, info, path);
    else this.#places.placeArchive(position, info, path);
  }

  /** Lets a file go that fails: its disk may be gone. The path is tried again at the next look. */
  #guard<T>(queued: QueuedFile, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#parts.onError(toError(error));
      this.#files.remove(queued);
      return undefined;
    }
  }
}
