import { FileReader } from "./file_reader.ts";
import { fileKey, type Fingerprint, HEAD_BYTES, headMatches } from "./file_identity.ts";
import { LineDecoder } from "./line_decoder.ts";
import { PathStatus } from "./path_status.ts";
import { findRotatedFiles } from "./rotated_files.ts";
import type { TailContext } from "./tail_context.ts";
import { toError } from "./tail_notice.ts";
import { TailedFile } from "./tailed_file.ts";
import type { TailPosition } from "./tail_position.ts";
import type { TailerOptions } from "./tailer_options.ts";
import { makeBatch, type WatchedBatch } from "./watched_batch.ts";

/** Heads of files that are kept to know copies by. */
const MAX_SEEN_HEADS = 64;

/** What one turn of a path brought. */
export interface TailTurn {
  /** Absent when there was nothing to deliver. */
  readonly batch?: WatchedBatch;
  /** True when there may be more to read at once. */
  readonly more: boolean;
}

/** Where a file stands that was found at the path. */
type Phase =
  /** The path names it. */
  | { readonly kind: "current" }
  /** It was deleted, and nothing else is at the path. */
  | { readonly kind: "vanished"; readonly since: number }
  /** The path names another file; this one is to be read to its end before that. */
  | { readonly kind: "leaving" }
  /** It was read to its end; what a slow writer still adds is read, too. */
  | { readonly kind: "lingering"; readonly since: number };

interface Followed {
  readonly file: TailedFile;
  phase: Phase;
}

/**
 * Follows one path, whatever files it names in the course of time.
 *
 * An open handle pins its inode, so comparing device and inode of the path with those of the handles
 * is exact; birth time and head are needed only for files that were let go.
 */
export class Tailer implements Disposable {
  /** As the user gave it. */
  readonly path: string;
  readonly #context: TailContext;
  readonly #decoder: LineDecoder;
  readonly #options: TailerOptions;
  readonly #status: PathStatus;
  /** Oldest first. */
  #followed: readonly Followed[] = [];
  /** The file seen at the path last. */
  #last: TailPosition | undefined;
  #seenHeads: readonly Fingerprint[] = [];
  /** Whether there was a file at the start is not known yet. */
  #undecided: boolean;
  #initial: { readonly key: string; readonly size: number } | undefined;
  #frozen = false;

  /**
   * Takes its first look at the path, so that what is appended from now on is read.
   *
   * @param context Shared by all that are followed together.
   * @throws {RangeError} When the encoding is unknown.
   */
  constructor(path: string, context: TailContext, options: TailerOptions = {}) {
    this.path = path;
    this.#context = context;
    this.#options = options;
    this.#decoder = new LineDecoder(options.encoding);
    this.#status = new PathStatus(path, context.observer);
    this.#undecided = options.from !== "beginning";
    this.#look();
  }

  /** True when nothing is at the path and nothing is left to read. */
  get gone(): boolean {
    return this.#followed.length === 0 && this.#status.kind === "missing";
  }

  /** From now on reads only what is there now; later changes are not noticed any more. */
  freeze(): void {
    this.#look();
    this.#frozen = true;
    for (const followed of this.#followed) this.#guard(followed, () => followed.file.freeze());
  }

  /**
   * Looks at the path and reads a batch of the oldest file that has something.
   *
   * @param final Delivers unfinished last lines, too.
   */
  read(final = false): TailTurn {
    const info = this.#frozen ? undefined : this.#look();
    for (const followed of this.#followed) {
      const known = followed.phase.kind === "current" ? info : undefined;
      const turn = this.#readOne(followed, final, known);
      if (turn.more) return turn;
    }
    return { more: false };
  }

  /** Lets all files go; doing so twice is one. */
  [Symbol.dispose](): void {
    for (const followed of this.#followed) this.#close(followed);
  }

  #readOne(followed: Followed, final: boolean, info: Deno.FileInfo | undefined): TailTurn {
    const { file, phase } = followed;
    const over = this.#isOver(phase);
    const turn = this.#guard(followed, (): TailTurn => {
      const portion = file.read(final || over || phase.kind === "leaving", info);
      if (!portion.more && phase.kind === "leaving") {
        followed.phase = { kind: "lingering", since: this.#context.scheduler.now() };
      }
      if (portion.pieces.length > 0) {
        const origin = { source: this.path, tags: this.#options.tags ?? [] };
        const batch = makeBatch(origin, portion.pieces, file.position, this.#context);
        return { batch, more: true };
      }
      if (over && !portion.more) this.#close(followed);
      return { more: portion.more };
    });
    return turn ?? { more: false };
  }

  /** Lets a file go that fails: its disk may be gone. The path is tried again at the next look. */
  #guard<T>(followed: Followed, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#status.report(toError(error));
      this.#close(followed);
      return undefined;
    }
  }

  #isOver(phase: Phase): boolean {
    if (phase.kind !== "lingering" && phase.kind !== "vanished") return false;
    return this.#context.scheduler.now() - phase.since >= this.#context.limits.lingerMs;
  }

  /** Finds out which file the path names; its status if there is one that is followed. */
  #look(): Deno.FileInfo | undefined {
    const info = this.#status.look();
    if (this.#undecided && this.#status.kind !== "unreadable") {
      this.#undecided = false;
      if (info) this.#initial = { key: fileKey(info), size: info.size };
    }
    if (!info) {
      if (this.#status.kind === "missing") this.#noticeDeletion();
      return undefined;
    }
    const key = fileKey(info);
    const known = this.#followed.find(({ file }) => file.key === key);
    if (known?.phase.kind === "current") return info;
    this.#leave();
    if (known) {
      known.phase = { kind: "current" };
      this.#followed = [...this.#followed.filter((other) => other !== known), known];
    } else if (!this.#context.register.isTaken(key, this)) {
      this.#open();
    }
    return undefined;
  }

  #noticeDeletion(): void {
    const current = this.#followed.find(({ phase }) => phase.kind === "current");
    if (!current || isLinked(current.file)) return;
    current.phase = { kind: "vanished", since: this.#context.scheduler.now() };
  }

  /** The path names another file: those that it named are read to their end first. */
  #leave(): void {
    for (const followed of this.#followed) {
      if (followed.phase.kind === "lingering" || followed.phase.kind === "leaving") continue;
      followed.phase = { kind: "leaving" };
      this.#see(followed.file);
      this.#context.observer({ kind: "rotated", path: this.path });
    }
  }

  #open(): void {
    const reader = this.#openReader(this.path);
    if (!reader) return;
    this.#openMissed(reader.stat());
    this.#status.clear();
    this.#follow(reader, { kind: "current" });
  }

  /** Follows the files that had the path since the last look and are renamed already. */
  #openMissed(now: Deno.FileInfo): void {
    if (!this.#last) return;
    const seen = { last: this.#last.identity, now, heads: this.#seenHeads };
    for (const path of findRotatedFiles(this.path, seen)) {
      const reader = this.#openReader(path);
      if (reader) this.#follow(reader, { kind: "leaving" });
    }
  }

  #see(file: TailedFile): void {
    this.#last = file.position;
    this.#seenHeads = [...this.#seenHeads, ...file.heads].slice(-MAX_SEEN_HEADS);
  }

  /** Nothing where the file cannot be opened or is read already, here or by another. */
  #openReader(path: string): FileReader | undefined {
    try {
      const reader = FileReader.open(path);
      const key = fileKey(reader.stat());
      const isFollowed = this.#followed.some(({ file }) => file.key === key);
      if (!isFollowed && this.#context.register.claim(key, this)) return reader;
      reader[Symbol.dispose]();
    } catch (error) {
      const isGone = error instanceof Deno.errors.NotFound;
      if (path === this.path && !isGone) this.#status.report(toError(error));
    }
    return undefined;
  }

  #follow(reader: FileReader, phase: Phase): void {
    const key = fileKey(reader.stat());
    try {
      const file = new TailedFile(reader, this.#context, {
        path: this.path,
        split: this.#options.split ?? "line",
        decoder: this.#decoder,
        ...this.#startOf(reader),
      });
      this.#followed = [...this.#followed, { file, phase }];
      this.#context.observer({ kind: "opened", ...file.position });
    } catch (error) {
      this.#context.register.release(key, this);
      reader[Symbol.dispose]();
      this.#status.report(toError(error));
    }
  }

  #startOf(reader: FileReader): { readonly offset: number; readonly generation: number } {
    const info = reader.stat();
    const initial = this.#initial;
    const known = this.#context.register.recall(info);
    this.#initial = undefined;
    if (known) {
      const { generation, head } = known.identity;
      const buffer = new Uint8Array(HEAD_BYTES);
      const now = buffer.subarray(0, reader.readAt(0, buffer));
      const intact = info.size >= known.offset && headMatches(now, head);
      return intact
        ? { offset: known.offset, generation }
        : { offset: 0, generation: generation + 1 };
    }
    const fromEnd = initial?.key === fileKey(info) && info.size >= initial.size;
    return { offset: fromEnd ? initial.size : 0, generation: 0 };
  }

  #close(followed: Followed): void {
    const { file } = followed;
    const { position } = file;
    this.#followed = this.#followed.filter((other) => other !== followed);
    if (followed.phase.kind !== "lingering") this.#see(file);
    if (isLinked(file)) this.#context.register.remember(position);
    file[Symbol.dispose]();
    this.#context.register.release(file.key, this);
    this.#context.observer({ kind: "closed", ...position });
  }
}

/** A deleted file comes never back; where the system does not count links it is taken for linked. */
function isLinked(file: TailedFile): boolean {
  try {
    return file.stat().nlink !== 0;
  } catch {
    return false;
  }
}
