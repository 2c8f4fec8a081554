import { CompressedOpening, PASSED_OVER } from "./compressed_opening.ts";
import { CompressedReader } from "./compressed_reader.ts";
import { fileKey, identify, NO_FINGERPRINT } from "./file_identity.ts";
import type { FileOpener } from "./file_opener.ts";
import type { FilePortion, FileStart } from "./file_portion.ts";
import { FileReader } from "./file_reader.ts";
import { type Holder, HolderSearch } from "./holder_search.ts";
import { addLag, type FileLag, lagOfClosed } from "./file_lag.ts";
import type { LineAssembler } from "./line_assembler.ts";
import type { BatchMaker } from "./batch_maker.ts";
import type { WatchedBatch } from "./watched_batch.ts";
import { findNewcomers } from "./newcomers.ts";
import type { ByteReader } from "./byte_reader.ts";
import {
  type ArrivedFile,
  type CompressedFile,
  isLinked,
  type LostFile,
  type OpenFile,
  type Phase,
  positionOf,
  type QueuedFile,
} from "./queued_file.ts";
import { changedAt } from "./rotation_names.ts";
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
    return this.#files.length === 0;
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

  /** The file at the path, if there is no other and nothing is left to read of it at this size. */
  resting(size: number): OpenFile | undefined {
    const [only, ...others] = this.#files;
    if (only?.kind !== "file" || only.phase.kind !== "current" || others.length > 0) {
      return undefined;
    }
    return only.file.isReadTo(size) && !this.#parts.assembler.isWaiting ? only : undefined;
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

  /** Adds a file behind all others and takes the reader over. */
  arrive(reader: FileReader, phase: Phase): void {
    this.#files = [...this.#files, arrived(reader, phase)];
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
    const search = new HolderSearch(position, this.#context, { notIn });
    this.#files = [...this.#files, { kind: "lost", search, position }];
  }

  /** Adds the files that had the path since a position was read. */
  addNewcomers(last: TailPosition, now: Deno.FileInfo | undefined): void {
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
    const { reader, key, phase } = queued;
    if (phase.kind === "current" && this.#hasForerunners(queued, reader.stat())) return MORE;
    const opening = this.#parts.opener.open(reader, phase.kind === "current");
    if (opening.kind === "aside") return NOTHING;
    const file = this.#follow(reader, opening.start);
    this.#replace(queued, { kind: "file", file, key, phase, searchedAt: queued.searchedAt });
    this.#place(file.position, phase.kind === "current");
    return MORE;
  }

  #search(queued: LostFile): QueueTurn {
    const turn = queued.search.step();
    if (turn.kind === "waiting") return MORE;
    if (turn.kind === "found") {
      this.#replace(queued, ...this.#takeHolder(queued, turn.holder));
      return MORE;
    }
    const { position, unread } = queued;
    // It may have been compressed while it was looked for; of what was not read at all nothing tells that.
    const isUnknown = position.offset === 0;
    this.#replace(queued, ...isUnknown ? this.#newcomers(position, undefined) : []);
    if (unread === undefined || unread.bytes === 0) return MORE;
    const span = { from: position.offset, to: unread.to, lost: unread.bytes };
    return { batch: this.#parts.batches.makeLost(span, unread.held), more: true };
  }

  #takeHolder({ position }: LostFile, { reader, path, kind }: Holder): QueuedFile[] {
    const info = reader.stat();
    const key = fileKey(info);
    const { owner } = this.#parts;
    const isRead = kind === "same" &&
      (this.open.some((open) => open.key === key) || !this.#context.register.claim(key, owner));
    const isReadCopy = kind === "copy" && info.size <= position.offset;
    if (isReadCopy) this.#placeCopy(position, path, info);
    if (isRead || isReadCopy) {
      reader[Symbol.dispose]();
      return [];
    }
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
    const phase: Phase = { kind: "archived", path: queued.path };
    const file = this.#follow(turn.reader, turn.start);
    this.#replace(queued, { kind: "file", file, key: file.key, phase, archive: turn.reader });
    return MORE;
  }

  #readFile(queued: OpenFile, final: boolean, info: Deno.FileInfo | undefined): QueueTurn {
    const { file, phase, archive } = queued;
    const mayBeLater = phase.kind === "current" && file.isUnread;
    if (mayBeLater && this.#hasForerunners(queued, info ?? file.stat())) return MORE;
    if (queued.isUnplaced) {
      queued.isUnplaced = false;
      this.#place(file.position, true);
    }
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
    if (!more && over) this.#remove(queued);
    if (!more && phase.kind === "archived") this.#finishArchive(queued, phase.path);
    return { more };
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
    const now = file.stat();
    queued.searchedAt = changedAt(now);
    this.#replace(queued, lost, ...this.#newcomers(position, now), queued);
    return MORE;
  }

  /**
   * Adds rotations before a file of which nothing was read when that changes: it may have been truncated
   * once more, which it does not show.
   */
  #hasForerunners(queued: OpenFile | ArrivedFile, info: Deno.FileInfo): boolean {
    const state = changedAt(info);
    if (queued.searchedAt === state) return false;
    const position = positionOf(queued, this.#parts.path);
    const since = { ...position, modifiedAt: queued.searchedAt ?? position.modifiedAt };
    queued.searchedAt = state;
    const forerunners = this.#newcomers(since, info);
    this.#replace(queued, ...forerunners, queued);
    return forerunners.length > 0;
  }

  #isOver(phase: Phase): boolean {
    if (phase.kind !== "lingering" && phase.kind !== "vanished") return false;
    return this.#context.scheduler.now() - phase.since >= this.#context.limits.lingerMs;
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
      const isOpen = this.open.some((open) => open.key === key);
      if (!isOpen && this.#context.register.claim(key, this.#parts.owner)) {
        return [arrived(reader, { kind: "leaving" })];
      }
      reader[Symbol.dispose]();
    } catch {
      // It was there a moment ago, and has another name by now.
    }
    return [];
  }

  #follow(reader: ByteReader, start: FileStart, limit?: number): TailedFile {
    const { path, split, encoding } = this.#parts;
    const isImmutable = reader instanceof CompressedReader;
    const options = { path, split, encoding, start, limit: limit ?? Infinity, isImmutable };
    const file = new TailedFile(reader, this.#context, options);
    if (this.#frozen && !isImmutable) file.freeze();
    const { position } = file;
    // A copy is read as what it is a copy of, which may be followed itself.
    if (fileKey(position.identity) === file.key) {
      this.#context.register.follow(file.key, () => file.position);
    }
    this.#context.observer({ kind: "opened", ...position });
    return file;
  }

  /** A copy that was read is known by its own numbers from now on. */
  #placeCopy(position: TailPosition, path: string, info: Deno.FileInfo): void {
    const identity = { ...identify(info), head: position.identity.head };
    this.#place({ ...position, path, identity }, path === this.#parts.path);
  }

  /** Likewise; of a compressed one it is known that nothing is left of it. */
  #finishArchive(queued: OpenFile, path: string): void {
    const { file, archive } = queued;
    const { position } = file;
    if (archive === undefined) {
      this.#placeCopy(position, path, file.stat());
    } else {
      const identity = identify(file.stat());
      const passed = { ...position, path, identity, offset: PASSED_OVER, tail: NO_FINGERPRINT };
      this.#place(passed, path === this.#parts.path);
    }
    if (archive?.state.kind === "failed") this.#parts.onError(archive.state.error);
    this.#remove(queued);
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
      if (!isLinked(queued)) register.forget(position.identity);
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

function arrived(reader: FileReader, phase: Phase): ArrivedFile {
  const info = reader.stat();
  return { kind: "arrived", reader, key: fileKey(info), phase, searchedAt: changedAt(info) };
}
