import { CompressedOpening, PASSED_OVER } from "./compressed_opening.ts";
import { CompressedReader } from "./compressed_reader.ts";
import { contentOf, fileKey, holdsContent, identify, NO_FINGERPRINT } from "./file_identity.ts";
import type { FileOpener } from "./file_opener.ts";
import type { FilePortion, FileStart } from "./file_portion.ts";
import { FileReader } from "./file_reader.ts";
import { type Holder, HolderSearch } from "./holder_search.ts";
import { addLag, type FileLag, lagOfClosed } from "./file_lag.ts";
import type { LineAssembler } from "./line_assembler.ts";
import type { BatchMaker } from "./batch_maker.ts";
import type { WatchedBatch } from "./watched_batch.ts";
import { changedAt } from "./rotation_names.ts";
import { findNewcomers } from "./newcomers.ts";
import type { ByteReader } from "./byte_reader.ts";
import type {
  ArrivedFile,
  CompressedFile,
  LostFile,
  OpenFile,
  Phase,
  QueuedFile,
} from "./queued_file.ts";
import type { TailContext } from "./tail_context.ts";
import { toError } from "./tail_notice.ts";
import { TailedFile } from "./tailed_file.ts";
import type { TailPosition } from "./tail_position.ts";

/** What one turn brought. */
export interface QueueTurn {
  /** Absent when there was nothing to deliver. */
  readonly batch?: WatchedBatch;
  /** True when there may be more to read at once. */
  readonly more: boolean;
  /** True when there is more to read, and too many files are open for it. */
  readonly wantsRoom?: boolean;
}

/** What a {@linkcode FileQueue} works with. */
export interface FileQueueParts {
  readonly path: string;
  readonly context: TailContext;
  readonly split: "line" | "diff";
  readonly encoding: string;
  readonly opener: FileOpener;
  readonly batches: BatchMaker;
  readonly assembler: LineAssembler;
  /** Who claims the files in the register. */
  readonly owner: unknown;
  /** Is told of a file that cannot be read. */
  readonly onError: (error: Error) => void;
}

type ChangedPortion = FilePortion & { readonly kind: "changed" };

const NOTHING: QueueTurn = { more: false };
const MORE: QueueTurn = { more: true };

/** Reads the files of a path one after another, the oldest first. */
export class FileQueue implements Disposable {
  readonly #parts: FileQueueParts;
  readonly #context: TailContext;
  #files: readonly QueuedFile[] = [];
  #frozen = false;

  constructor(parts: FileQueueParts) {
    this.#parts = parts;
    this.#context = parts.context;
  }

  /** True when nothing is left to read, now or later. */
  get isEmpty(): boolean {
    return this.#files.length === 0 && !this.#parts.assembler.isWaiting;
  }

  /** The files that are open, the oldest first. */
  get open(): readonly (OpenFile | ArrivedFile)[] {
    return this.#files.filter((queued) => queued.kind === "file" || queued.kind === "arrived");
  }

  /** Whether there is but the file at the path, and it does not change. */
  get isQuiet(): boolean {
    if (this.#parts.assembler.isWaiting) return false;
    return this.#files.every((queued) =>
      queued.kind === "file" && queued.phase.kind === "current" && queued.file.isQuiet
    );
  }

  /** The file at the path, if there is no other and no lines of it wait. */
  get only(): OpenFile | undefined {
    const [only, ...others] = this.#files;
    if (only?.kind !== "file" || only.phase.kind !== "current" || others.length > 0) {
      return undefined;
    }
    return this.#parts.assembler.isWaiting ? undefined : only;
  }

  /** Closes a file; where it was read to is remembered. */
  close(queued: OpenFile): void {
    this.#remove(queued);
  }

  /** Says again where the files stand that are open. */
  place(): void {
    for (const queued of this.#files) {
      if (queued.kind === "file") this.#context.onPlace(queued.file.position);
    }
  }

  /**
   * What is not read of all files.
   *
   * @param look Looks at their status instead of going by the last look.
   */
  lag(look: boolean): Omit<FileLag, "path"> {
    return this.#files.reduce<Omit<FileLag, "path">>(
      (sum, queued) => addLag(sum, lagOf(queued, look)),
      { bytes: 0 },
    );
  }

  /**
   * Adds a file behind all others and takes the reader over.
   *
   * @param wasIntact Whether it has what was read of it, if anything was.
   */
  arrive(reader: FileReader, phase: Phase, wasIntact: boolean): void {
    const info = reader.stat();
    const key = fileKey(info);
    const arrived: ArrivedFile = { kind: "arrived", reader, key, phase, wasIntact };
    this.#files = [...this.#files, { ...arrived, seenAt: changedAt(info) }];
  }

  /** Puts a file that is open behind all others. */
  moveToEnd(queued: OpenFile | ArrivedFile): void {
    this.#files = [...this.#files.filter((other) => other !== queued), queued];
  }

  /** Adds a compressed file behind all others. */
  addCompressed(path: string): void {
    this.#files = [...this.#files, ...this.#openCompressed(path)];
  }

  /** Adds the rest of a file that is not where it was. */
  addLost(position: TailPosition, notIn?: string): void {
    this.#files = [...this.#files, this.#lost(position, notIn)];
  }

  /** Adds the files that had the path since a position was read. */
  addNewcomers(last: TailPosition, now?: Deno.FileInfo): void {
    this.#files = [...this.#files, ...this.#newcomers(last, now)];
  }

  /** From now on reads only what is there now. */
  freeze(): void {
    this.#frozen = true;
    for (const queued of this.#files) {
      if (queued.kind === "file") this.#guard(queued, () => queued.file.freeze());
    }
  }

  /** Finds out where the first file begins if it is new, without reading it. */
  begin(): void {
    const [first] = this.#files;
    if (first?.kind === "arrived") this.#guard(first, () => this.#begin(first));
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
      if (queued.kind !== "file") return turn;
    }
    return this.#flushGroup(final);
  }

  /** Delivers what waits for lines of another file, if that has taken too long. */
  #flushGroup(final: boolean): QueueTurn {
    const { assembler, batches } = this.#parts;
    if (!assembler.isWaiting || !(final || assembler.isDue)) return NOTHING;
    const { lines, spans } = assembler.flush();
    return lines.length === 0 ? NOTHING : { batch: batches.make(lines, spans), more: true };
  }

  /** Lets all files go; doing so twice is one. */
  [Symbol.dispose](): void {
    for (const queued of this.#files) this.#remove(queued);
  }

  #readOne(queued: QueuedFile, final: boolean, info: Deno.FileInfo | undefined): QueueTurn {
    switch (queued.kind) {
      case "arrived":
        return this.#begin(queued);
      case "lost":
        return this.#search(queued);
      case "compressed":
        return this.#openArchive(queued);
      case "file":
        return this.#readFile(queued, final, queued.phase.kind === "current" ? info : undefined);
    }
  }

  #begin(queued: ArrivedFile): QueueTurn {
    if (this.#addMissedBefore(queued)) return MORE;
    const { reader, key, phase, seenAt } = queued;
    if (this.#isBegun(key)) {
      reader[Symbol.dispose]();
      this.#replace(queued);
      return MORE;
    }
    const opening = this.#parts.opener.open(reader, phase.kind === "current");
    if (opening.kind === "aside") return NOTHING;
    if (opening.isPassedOver) {
      if (queued.path !== undefined) return this.#passOver(queued, queued.path);
      this.#context.register.passOver(key, this.#parts.owner);
    }
    const file = this.#follow(reader, opening.start);
    const isCurrent = phase.kind === "current";
    const position: TailPosition = opening.isPassedOver
      ? { ...file.position, isPassedOver: true }
      : file.position;
    this.#context.register.remember(position, isCurrent);
    this.#replace(queued, {
      kind: "file",
      file,
      key,
      phase,
      isUnplaced: isCurrent && this.#parts.assembler.isCarrying,
      ...seenAt === undefined ? {} : { seenAt },
    });
    if (!isCurrent || !this.#parts.assembler.isCarrying) this.#context.onPlace(position);
    return MORE;
  }

  /** A copy beside the path, of which nothing is read, is known by its own name and numbers. */
  #passOver(queued: ArrivedFile, path: string): QueueTurn {
    const position = this.#positionAt(queued.reader, queued.reader.stat().size);
    this.#place({ ...position, path, isPassedOver: true }, false);
    this.#remove(queued);
    return MORE;
  }

  /** How far a file would have been read, of which that is not so. */
  #positionAt(reader: ByteReader, offset: number): TailPosition {
    const info = reader.stat();
    const content = contentOf(reader, offset, this.#context.tailBuffer);
    return {
      path: this.#parts.path,
      identity: { ...identify(info), head: content?.identity.head ?? NO_FINGERPRINT },
      offset: content?.offset ?? 0,
      tail: content?.tail ?? NO_FINGERPRINT,
      readAt: this.#context.scheduler.now(),
      modifiedAt: changedAt(info),
    };
  }

  #search(queued: LostFile): QueueTurn {
    const turn = queued.search.step();
    if (turn.kind === "waiting") return MORE;
    if (turn.kind === "found") {
      this.#replace(queued, ...this.#takeHolder(queued, turn.holder));
      return MORE;
    }
    this.#replace(queued);
    const { position, unread } = queued;
    if (unread === undefined || unread.bytes === 0) return MORE;
    const span = { from: position.offset, to: unread.to, lost: unread.bytes };
    return { batch: this.#parts.batches.makeLost(span, unread.held), more: true };
  }

  #takeHolder({ position }: LostFile, { reader, path, kind }: Holder): QueuedFile[] {
    const info = reader.stat();
    const key = fileKey(info);
    const isRead = kind === "same"
      ? this.#isOpen(key) || !this.#claim(key, reader)
      : this.#isBegun(key) || this.#isReadElsewhere(info, position);
    if (isRead || (kind === "copy" && info.size <= position.offset)) {
      const isKnown = this.#isBegun(key) || this.#context.register.recall(info) !== undefined;
      if (kind === "copy" && !isKnown) this.#placeCopy(position, info, path);
      reader[Symbol.dispose]();
      return [];
    }
    if (kind !== "same") this.#claim(key, reader);
    const phase: Phase = kind === "same" ? { kind: "leaving" } : { kind: "archived", path };
    const archive = reader instanceof CompressedReader ? reader : undefined;
    const limit = kind === "copy" ? info.size : undefined;
    const file = this.#follow(reader, position, limit);
    return [{ kind: "file", file, key, phase, archive }];
  }

  #openArchive(queued: CompressedFile): QueueTurn {
    const turn = queued.opening.step();
    if (turn.kind === "waiting") return MORE;
    if (turn.kind === "aside") return NOTHING;
    if (turn.kind === "done") {
      this.#remove(queued);
      return MORE;
    }
    const key = fileKey(turn.reader.stat());
    if (this.#isBegun(key) || !this.#claim(key, turn.reader)) {
      turn.reader[Symbol.dispose]();
      this.#replace(queued);
      return MORE;
    }
    const phase: Phase = { kind: "archived", path: queued.path };
    const file = this.#follow(turn.reader, turn.start);
    this.#replace(queued, { kind: "file", file, key, phase, archive: turn.reader });
    return MORE;
  }

  #readFile(queued: OpenFile, final: boolean, info: Deno.FileInfo | undefined): QueueTurn {
    const { file, phase, archive } = queued;
    // Where the lines that wait come from is not to be forgotten before they are delivered.
    if (queued.isUnplaced && !this.#parts.assembler.isCarrying) {
      queued.isUnplaced = false;
      this.#place(file.position, true);
    }
    if (this.#addMissed(queued)) return MORE;
    const isGrowing = archive?.state.kind === "reading";
    const over = this.#isOver(phase);
    const isLast = final || over || phase.kind === "leaving" || phase.kind === "archived";
    const { assembler, batches } = this.#parts;
    if (assembler.isDue) file.wake();
    const from = file.position.offset;
    const portion = file.read(isLast && !isGrowing, info);
    if (portion.kind === "changed") return this.#change(queued, portion);
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
    if (portion.pieces.length > 0) this.#remember(queued);
    if (lines.length > 0) return { batch: batches.make(lines, spans), more: true };
    // Nobody else may read on in a file of which lines wait for others.
    if (more || assembler.isCarrying) return { more };
    if (over) this.#remove(queued);
    if (phase.kind === "archived") this.#finishArchive(queued, phase.path);
    return NOTHING;
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
    const lost: LostFile = {
      kind: "lost",
      search: new HolderSearch(trace, this.#context, { notIn: key }),
      position,
      unread: { held, bytes: unread, to: file.position },
    };
    queued.isUnplaced = true;
    this.#replace(queued, lost, ...this.#newcomers(position, file.stat()), queued);
    return MORE;
  }

  #isOver(phase: Phase): boolean {
    if (phase.kind !== "lingering" && phase.kind !== "vanished") return false;
    return this.#context.scheduler.now() - phase.since >= this.#context.limits.lingerMs;
  }

  /**
   * Nothing was read of the file yet, and it changed since it was seen first: what was in it may be in a
   * copy already, which comes first.
   */
  #addMissed(queued: OpenFile): boolean {
    const { phase, file, seenAt } = queued;
    if (seenAt === undefined || phase.kind !== "current" || file.trace.offset > 0) return false;
    const info = file.stat();
    queued.seenAt = changedAt(info);
    if (queued.seenAt === seenAt) return false;
    const newcomers = this.#newcomers({ ...file.position, modifiedAt: seenAt }, info);
    this.#replace(queued, ...newcomers, queued);
    return newcomers.length > 0;
  }

  /** The same before its turn comes. */
  #addMissedBefore(queued: ArrivedFile): boolean {
    const { reader, phase, seenAt } = queued;
    if (seenAt === undefined || phase.kind !== "current") return false;
    const info = reader.stat();
    queued.seenAt = changedAt(info);
    if (queued.seenAt === seenAt) return false;
    const missed: QueuedFile[] = [];
    const known = this.#context.register.recall(info);
    if (known !== undefined && queued.wasIntact && !this.#holds(reader, known)) {
      missed.push(this.#lost(known, queued.key));
    }
    const last = known ?? this.#positionAt(reader, 0);
    missed.push(...this.#newcomers({ ...last, modifiedAt: seenAt }, info));
    this.#replace(queued, ...missed, queued);
    return missed.length > 0;
  }

  #holds(reader: ByteReader, position: TailPosition): boolean {
    return holdsContent(reader, position, this.#context.tailBuffer);
  }

  #lost(position: TailPosition, notIn?: string): LostFile {
    return { kind: "lost", search: new HolderSearch(position, this.#context, { notIn }), position };
  }

  #newcomers(last: TailPosition, now: Deno.FileInfo | undefined): QueuedFile[] {
    return findNewcomers(this.#parts.path, last, now, this.#context)
      .flatMap(({ path, isCompressed }): QueuedFile[] =>
        isCompressed ? this.#openCompressed(path) : this.#openPlain(path)
      );
  }

  #openCompressed(path: string): CompressedFile[] {
    try {
      return [{ kind: "compressed", opening: new CompressedOpening(path, this.#context), path }];
    } catch {
      // It was there a moment ago, and has another name by now.
      return [];
    }
  }

  #openPlain(path: string): ArrivedFile[] {
    try {
      const reader = FileReader.open(path);
      const key = fileKey(reader.stat());
      if (!this.#isOpen(key) && this.#claim(key, reader)) {
        return [{ kind: "arrived", reader, key, phase: { kind: "leaving" }, path }];
      }
      reader[Symbol.dispose]();
    } catch {
      // It was there a moment ago, and has another name by now.
    }
    return [];
  }

  /** Whether a file is read, for whatever reason. */
  #isBegun(key: string): boolean {
    return this.#files.some((queued) => queued.kind === "file" && queued.key === key);
  }

  #isOpen(key: string): boolean {
    return this.open.some((open) => open.key === key);
  }

  #claim(key: string, reader: ByteReader): boolean {
    const { path, owner } = this.#parts;
    return this.#context.register.claim(key, owner, { path, reader });
  }

  /** Whether a copy, or the file that it is made of, is or was read for another path. */
  #isReadElsewhere(copy: Deno.FileInfo, { identity }: TailPosition): boolean {
    const { register } = this.#context;
    const { owner } = this.#parts;
    return register.isReadBy(fileKey(copy), owner) || register.isHeldBy(identity, owner) ||
      register.recall(copy)?.offset === PASSED_OVER;
  }

  #follow(reader: ByteReader, start: FileStart, limit?: number): TailedFile {
    const { path, split, encoding } = this.#parts;
    const isImmutable = reader instanceof CompressedReader;
    const options = { path, split, encoding, start, limit: limit ?? Infinity, isImmutable };
    const file = new TailedFile(reader, this.#context, options);
    if (this.#frozen && !isImmutable) file.freeze();
    this.#context.observer({ kind: "opened", ...file.position });
    return file;
  }

  /** A copy that was read is known by its own numbers from now on. */
  #finishArchive(queued: OpenFile, path: string): void {
    const { file, archive } = queued;
    const { position } = file;
    const own = identify(file.stat());
    const finished = archive === undefined
      ? { ...position, path, identity: { ...own, head: position.identity.head } }
      : { ...position, path, identity: own, offset: PASSED_OVER, tail: NO_FINGERPRINT };
    this.#place(finished, path === this.#parts.path);
    if (archive?.state.kind === "failed") this.#parts.onError(archive.state.error);
    this.#remove(queued);
  }

  #placeCopy(position: TailPosition, copy: Deno.FileInfo, path: string): void {
    const identity = { ...identify(copy), head: position.identity.head };
    this.#place({ ...position, path, identity }, path === this.#parts.path);
  }

  /** A copy of a file is told by how far the file was read, also while that is open. */
  #remember({ file, phase }: OpenFile): void {
    if (phase.kind === "archived") return;
    const isAtPath = phase.kind === "current" || phase.kind === "vanished";
    this.#context.register.remember(file.position, isAtPath);
  }

  #place(position: TailPosition, isAtPath: boolean): void {
    this.#context.register.remember(position, isAtPath);
    this.#context.onPlace(position);
  }

  /** Lets a file go that fails: its disk may be gone. The path is tried again at the next look. */
  #guard<T>(queued: QueuedFile, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#parts.onError(toError(error));
      this.#remove(queued);
      return undefined;
    }
  }

  #replace(queued: QueuedFile, ...by: readonly QueuedFile[]): void {
    this.#files = this.#files.flatMap((other) => other === queued ? by : [other]);
  }

  #remove(queued: QueuedFile): void {
    this.#replace(queued);
    if (queued.kind === "lost") return queued.search[Symbol.dispose]();
    if (queued.kind === "compressed") return queued.opening[Symbol.dispose]();
    const { register, observer } = this.#context;
    if (queued.kind === "arrived") {
      queued.reader[Symbol.dispose]();
    } else {
      const { position } = queued.file;
      const isAtPath = queued.phase.kind === "current" || queued.phase.kind === "vanished";
      register.remember(position, isAtPath);
      queued.file[Symbol.dispose]();
      observer({ kind: "closed", ...position });
    }
    register.release(queued.key, this.#parts.owner);
  }
}

function lagOf(queued: QueuedFile, look: boolean): Omit<FileLag, "path"> {
  try {
    if (queued.kind === "file") return queued.file.lag(look);
    if (queued.kind !== "arrived") return { bytes: 0 };
    return lagOfClosed(queued.reader.stat(), 0);
  } catch {
    // Whoever reads it next tells why its disk does not answer.
    return { bytes: 0 };
  }
}
