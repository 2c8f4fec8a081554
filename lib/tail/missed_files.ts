import { CompressedOpening } from "./compressed_opening.ts";
import { fileKey, holdsContent } from "./file_identity.ts";
import type { FilePlaces } from "./file_places.ts";
import { FileReader } from "./file_reader.ts";
import { HolderSearch, namesOf } from "./holder_search.ts";
import { findNewcomers } from "./newcomers.ts";
import type { FileQueueParts } from "./queue_parts.ts";
import type {
  ArrivedFile,
  CompressedFile,
  LostFile,
  OpenFile,
  Phase,
  QueuedFile,
} from "./queued_file.ts";
import type { QueuedFiles } from "./queued_files.ts";
import type { Relative } from "./relatives.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** A file to be read, and when it was changed last. */
interface Found<T = ArrivedFile | CompressedFile> {
  readonly queued: T;
  readonly changedAt: number;
}

/** A rotation of hundreds of files is over after some listings of them. */
const MAX_TRIES = 8;

/**
 * Finds what is to be read for a path besides the file that is there: files that had the path while
 * nobody looked, and the rests of files that are not where they were.
 *
 * It only makes them; their place in the queue is the business of whoever asks.
 */
export class MissedFiles {
  readonly #path: string;
  readonly #context: TailContext;
  readonly #files: QueuedFiles;
  readonly #places: FilePlaces;

  /** @param files What is to be read already, which is not missed. */
  constructor(
    { path, context }: Pick<FileQueueParts, "path" | "context">,
    files: QueuedFiles,
    places: FilePlaces,
  ) {
    this.#path = path;
    this.#context = context;
    this.#files = files;
    this.#places = places;
  }

  /**
   * The rest of a file that is not where it was.
   *
   * @param notIn The `fileKey` of a file that does not hold it.
   */
  lost(position: TailPosition, notIn?: string): LostFile {
    return { kind: "lost", search: new HolderSearch(position, this.#context, { notIn }), position };
  }

  /**
   * The files that had the path since a position was read, the oldest first, with those that wait in the
   * queue already.
   *
   * @param until Those that were not changed before that, in milliseconds since 1970, are left out.
   */
  since(last: TailPosition, now: Deno.FileInfo | undefined, until = Infinity): QueuedFile[] {
    const opened = new Map<string, Found<ArrivedFile>>();
    const notKey = now && fileKey(now);
    for (let tries = 1;; tries++) {
      const relatives = this.#relatives();
      const rule = { path: this.#path, last, now, context: this.#context };
      const found = findNewcomers(relatives, rule)
        .filter(({ info }) => changedAt(info) < until)
        .flatMap(({ path, info, isCompressed }): Found[] =>
          isCompressed ? this.#compressed(path, info) : this.#plain(path, opened, notKey)
        );
      if (tries >= MAX_TRIES || namesOf(this.#relatives()) === namesOf(relatives)) {
        const others = this.#withoutName([...opened.values()], found, relatives);
        return [...others, ...found].sort((a, b) => a.changedAt - b.changedAt)
          .map(({ queued }) => queued);
      }
      // A rotation goes on: what was opened by a name may be another file than the one that had it.
      for (const { queued } of found) {
        if (queued.kind === "compressed") queued.opening[Symbol.dispose]();
      }
    }
  }

  /** Those that were opened and are deleted or compressed by now; what is no newcomer after all is let go. */
  #withoutName(
    opened: readonly Found<ArrivedFile>[],
    found: readonly Found[],
    relatives: readonly Relative[],
  ): Found[] {
    const named = new Set(relatives.map(({ info }) => fileKey(info)));
    const others = opened.filter((other) => !found.includes(other));
    for (const { queued } of others) if (named.has(queued.key)) this.#files.remove(queued);
    return others.filter(({ queued }) => !named.has(queued.key));
  }

  #relatives(): readonly Relative[] {
    return this.#context.relatives.find(this.#path);
  }

  /** What was in a file that changed since a position of it was read, and may be in copies. */
  within(last: TailPosition, info: Deno.FileInfo, phase: Phase): QueuedFile[] {
    // What was changed later than a file that is not at the path any more came after it; what was changed
    // at the same time may have, and is found after a restart in any case.
    return this.since(last, info, isAtPath(phase) ? Infinity : changedAt(info));
  }

  /** A compressed file; none where it cannot be opened. */
  compressed(path: string): CompressedFile[] {
    try {
      return [{ kind: "compressed", opening: new CompressedOpening(path, this.#context), path }];
    } catch {
      // It was there a moment ago, and has another name by now.
      return [];
    }
  }

  /**
   * Nothing was read of the file yet, and it changed since it was seen first: what was in it may be in a
   * copy already, which comes first.
   *
   * @param offset How far it was read.
   */
  before(queued: OpenFile, offset: number): readonly QueuedFile[] {
    const { phase, file, seenAt } = queued;
    if (seenAt === undefined || !mayHaveMissed(phase) || offset > 0) return [];
    const info = file.stat();
    queued.seenAt = changedAt(info);
    if (queued.seenAt === seenAt) return [];
    return this.within({ ...file.position, modifiedAt: seenAt }, info, phase);
  }

  /** The same before its turn comes. */
  beforeArrived(queued: ArrivedFile): readonly QueuedFile[] {
    const { reader, phase, seenAt } = queued;
    if (seenAt === undefined || !mayHaveMissed(phase)) return [];
    const info = reader.stat();
    queued.seenAt = changedAt(info);
    if (queued.seenAt === seenAt) return [];
    const missed: QueuedFile[] = [];
    const known = this.#context.register.recall(info);
    if (known !== undefined && queued.wasIntact && !this.#holds(reader, known)) {
      missed.push(this.lost(known, queued.key));
    }
    const last = known ?? this.#places.positionAt(reader, 0);
    missed.push(...this.within({ ...last, modifiedAt: seenAt }, info, phase));
    return missed;
  }

  #compressed(path: string, info: Deno.FileInfo): Found[] {
    return this.compressed(path).map((queued) => ({ queued, changedAt: changedAt(info) }));
  }

  /**
   * @param opened Those that were opened for the same question before, by their keys.
   * @param notKey That of a file that is none of them.
   */
  #plain(
    path: string,
    opened: Map<string, Found<ArrivedFile>>,
    notKey: string | undefined,
  ): Found[] {
    try {
      const reader = FileReader.open(path);
      const info = reader.stat();
      const key = fileKey(info);
      const known = opened.get(key);
      if (known !== undefined || key === notKey) {
        reader[Symbol.dispose]();
        return known === undefined ? [] : [known];
      }
      const waiting = this.#files.waiting(key);
      if (waiting === undefined && !this.#files.isOpen(key) && this.#files.claim(key, reader)) {
        const foundAt = this.#context.scheduler.now();
        const queued: ArrivedFile = { kind: "arrived", reader, key, phase: LEAVING, path, foundAt };
        const found = { queued, changedAt: changedAt(info) };
        opened.set(key, found);
        return [found];
      }
      reader[Symbol.dispose]();
      return waiting === undefined ? [] : [{ queued: waiting, changedAt: changedAt(info) }];
    } catch {
      // It was there a moment ago, and has another name by now.
      return [];
    }
  }

  #holds(reader: FileReader, position: TailPosition): boolean {
    return holdsContent(reader, position, this.#context.tailBuffer);
  }
}

const LEAVING: Phase = { kind: "leaving" };

function isAtPath({ kind }: Phase): boolean {
  return kind === "current" || kind === "vanished";
}

/** Whether the file is at the path, or was there a moment ago. */
function mayHaveMissed({ kind }: Phase): boolean {
  return kind === "current" || kind === "leaving";
}
