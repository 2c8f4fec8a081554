import type { ByteReader } from "./byte_reader.ts";
import { PASSED_OVER } from "./compressed_opening.ts";
import { CompressedReader } from "./compressed_reader.ts";
import { fileKey } from "./file_identity.ts";
import type { FilePlaces } from "./file_places.ts";
import type { FileStart } from "./file_portion.ts";
import type { Holder } from "./holder_search.ts";
import type { MissedFiles } from "./missed_files.ts";
import type { FileQueueParts } from "./queue_parts.ts";
import { MORE, NOTHING, type QueueTurn } from "./queue_turn.ts";
import type { ArrivedFile, CompressedFile, LostFile, OpenFile, Phase } from "./queued_file.ts";
import type { QueuedFiles } from "./queued_files.ts";
import { TailedFile } from "./tailed_file.ts";
import type { TailPosition } from "./tail_position.ts";

/** What a {@linkcode FileStarter} shares with the queue. */
export interface FileStarterParts extends FileQueueParts {
  /** Where what it begins to read takes the place of what it was made of. */
  readonly files: QueuedFiles;
  /** Is told where it begins. */
  readonly places: FilePlaces;
  /** Finds what comes before a file. */
  readonly missed: MissedFiles;
}

/**
 * Begins to read what is queued, when its turn comes: makes open files of those that arrived, of what
 * holds the rest of a lost one, and of compressed ones.
 *
 * Each call is one step, after which what is queued may be another.
 */
export class FileStarter {
  readonly #parts: FileStarterParts;
  #frozen = false;

  constructor(parts: FileStarterParts) {
    this.#parts = parts;
  }

  /** Files that are begun from now on are read as far as they reach then. */
  freeze(): void {
    this.#frozen = true;
  }

  /** Finds out where a file that arrived begins. */
  begin(queued: ArrivedFile): QueueTurn {
    const { files, places, missed, opener, assembler, owner, context } = this.#parts;
    const before = missed.beforeArrived(queued);
    if (before.length > 0) {
      files.putBefore(queued, ...before);
      return MORE;
    }
    const { reader, key, phase } = queued;
    if (files.isBegun(key)) return this.#drop(queued, reader);
    const isCurrent = phase.kind === "current";
    const opening = opener.open(reader, isCurrent);
    if (opening.kind === "aside") return NOTHING;
    const { start, isPassedOver = false, isUnread = false } = opening;
    if (isPassedOver) {
      if (queued.path !== undefined) {
        // Its original may be truncated before anything of it is read: then it is looked at anew.
        if (!isUnread) places.passOver(reader, queued.path);
        files.remove(queued);
        return MORE;
      }
      context.register.passOver(key, owner);
    }
    const file = this.#follow(reader, start);
    const position = isPassedOver ? { ...file.position, isPassedOver } : file.position;
    context.register.remember(position, isCurrent);
    const isUnplaced = isCurrent && assembler.isCarrying;
    files.replace(queued, openFile(queued, file, isUnplaced));
    if (!isUnplaced && !isUnread) context.onPlace(position);
    return MORE;
  }

  /** Goes on looking for what holds the rest of a lost file. */
  search(queued: LostFile): QueueTurn {
    const { files, batches } = this.#parts;
    const turn = queued.search.step();
    if (turn.kind === "waiting") return MORE;
    if (turn.kind === "found") {
      files.replace(queued, ...this.#takeHolder(queued, turn.holder));
      return MORE;
    }
    files.replace(queued);
    const { position, unread } = queued;
    if (unread === undefined || unread.bytes === 0) return MORE;
    const span = { from: position.offset, to: unread.to, lost: unread.bytes };
    return { batch: batches.makeLost(span, unread.held), more: true };
  }

  /** Goes on finding out where a compressed file begins. */
  openArchive(queued: CompressedFile): QueueTurn {
    const { files } = this.#parts;
    const turn = queued.opening.step();
    if (turn.kind === "waiting") return MORE;
    if (turn.kind === "aside") return NOTHING;
    if (turn.kind === "done") {
      files.remove(queued);
      return MORE;
    }
    const { reader } = turn;
    const key = fileKey(reader.stat());
    if (files.isBegun(key) || !files.claim(key, reader)) return this.#drop(queued, reader);
    const phase: Phase = { kind: "archived", path: queued.path };
    const file = this.#follow(reader, turn.start);
    files.replace(queued, { kind: "file", file, key, phase, archive: reader });
    return MORE;
  }

  #drop(queued: ArrivedFile | CompressedFile, reader: ByteReader): QueueTurn {
    reader[Symbol.dispose]();
    this.#parts.files.replace(queued);
    return MORE;
  }

  #takeHolder({ position }: LostFile, { reader, path, kind }: Holder): OpenFile[] {
    const { files, places, context } = this.#parts;
    const info = reader.stat();
    const key = fileKey(info);
    const isRead = kind === "same"
      ? files.isOpen(key) || !files.claim(key, reader)
      : files.isBegun(key) || this.#isReadElsewhere(info, position);
    if (isRead || (kind === "copy" && info.size <= position.offset)) {
      const isKnown = files.isBegun(key) || context.register.recall(info) !== undefined;
      if (kind === "copy" && !isKnown) places.placeCopy(position, info, path);
      reader[Symbol.dispose]();
      return [];
    }
    if (kind !== "same") files.claim(key, reader);
    const phase: Phase = kind === "same" ? { kind: "leaving" } : { kind: "archived", path };
    const archive = reader instanceof CompressedReader ? reader : undefined;
    const limit = kind === "copy" ? info.size : undefined;
    const file = this.#follow(reader, position, limit);
    return [{ kind: "file", file, key, phase, archive }];
  }

  /** Whether a copy, or the file that it is made of, is or was read for another path. */
  #isReadElsewhere(copy: Deno.FileInfo, { identity }: TailPosition): boolean {
    const { owner, context: { register } } = this.#parts;
    return register.isReadBy(fileKey(copy), owner) || register.isHeldBy(identity, owner) ||
      register.recall(copy)?.offset === PASSED_OVER;
  }

  #follow(reader: ByteReader, start: FileStart, limit?: number): TailedFile {
    const { path, split, encoding, context } = this.#parts;
    const isImmutable = reader instanceof CompressedReader;
    const options = { path, split, encoding, start, limit: limit ?? Infinity, isImmutable };
    const file = new TailedFile(reader, context, options);
    if (this.#frozen && !isImmutable) file.freeze();
    context.observer({ kind: "opened", ...file.position });
    return file;
  }
}

function openFile(
  { key, phase, seenAt }: ArrivedFile,
  file: TailedFile,
  isUnplaced: boolean,
): OpenFile {
  const open: OpenFile = { kind: "file", file, key, phase, isUnplaced };
  return seenAt === undefined ? open : { ...open, seenAt };
}
