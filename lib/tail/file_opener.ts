import type { ByteReader } from "./byte_reader.ts";
import {
  contentOf,
  type FileIdentity,
  fileKey,
  HeadProbe,
  holdsContent,
  identify,
  mayBeMadeOf,
} from "./file_identity.ts";
import type { FileStart } from "./file_portion.ts";
import { isUnfinishedCopy } from "./newcomers.ts";
import { familyOf, mayBeRotation } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** A file that did not change for so long is no copy that is still being made. */
const COPYING_MS = 10_000;

/** Files that have the same first and last kilobyte of so many bytes are copies, and not the same by chance. */
const SURE_BYTES = 4096;

/** Where to begin in a file, if that is known. */
export type Opening =
  | {
    readonly kind: "start";
    readonly start: FileStart;
    /** What is in it is not read, since it is a copy of a file that is read. */
    readonly isPassedOver?: boolean;
    /** Nothing of the file is known to be read of which it is a copy: a restart has to decide anew. */
    readonly isUnread?: boolean;
  }
  /** It looks like a copy that is being made: look again later. */
  | { readonly kind: "aside" };

/**
 * Decides where to begin in a file: where it was left, where the one was left of which it is a copy, at
 * its end, or at its beginning.
 */
export class FileOpener {
  readonly #path: string;
  readonly #context: TailContext;
  readonly #owner: unknown;
  #initial: { readonly key: string; readonly size: number } | undefined;
  #unsettled: { readonly size: number; readonly since: number } | undefined;

  /**
   * Opens for one path.
   *
   * @param owner Who claims the files of this path in the register.
   */
  constructor(path: string, context: TailContext, owner: unknown) {
    this.#path = path;
    this.#context = context;
    this.#owner = owner;
  }

  /** The file that is at the path from the start is read from where it ends now. */
  beginAtEnd(info: Deno.FileInfo): void {
    this.#initial = { key: fileKey(info), size: info.size };
  }

  /**
   * Where to begin; to be asked again while it is to be looked at later.
   *
   * @param isAtPath False for a file that is found beside the path.
   */
  open(reader: ByteReader, isAtPath: boolean): Opening {
    const info = reader.stat();
    const known = this.#context.register.recall(info);
    const isKnown = known !== undefined && (isAtPath || !isUnfinishedCopy(known, info));
    if (isKnown && holdsContent(reader, known, this.#context.tailBuffer)) {
      const { identity, offset, tail, isPassedOver = false } = known;
      return { kind: "start", start: { identity, offset, tail }, isPassedOver };
    }
    const initial = this.#initial;
    this.#initial = undefined;
    const generation = known === undefined ? 0 : known.identity.generation + 1;
    const identity = identify(info, generation);
    if (known === undefined && initial?.key === fileKey(info) && info.size >= initial.size) {
      return { kind: "start", start: { identity, offset: initial.size } };
    }
    return this.#openUnknown(reader, info, identity, isAtPath);
  }

  #openUnknown(
    reader: ByteReader,
    info: Deno.FileInfo,
    identity: FileIdentity,
    isAtPath: boolean,
  ): Opening {
    const original = this.#originalOf(reader, info.size);
    if (original === undefined || (isAtPath && this.#mayBeAnother(original))) {
      if (this.#isCopyOfOpen(reader, info, isAtPath)) {
        return { ...passOver(info, identity), isUnread: original === undefined };
      }
      if (this.#mayBeCopying(reader, info)) return { kind: "aside" };
      return { kind: "start", start: { identity, offset: 0 } };
    }
    // What took the place of its original goes on where that ended; a copy beside it does not.
    const isFollowed = this.#context.register.isHeldBy(
      original.identity,
      isAtPath ? this.#owner : undefined,
    );
    return isFollowed
      ? passOver(info, identity)
      : { kind: "start", start: continuation(identity, original) };
  }

  /** A program that starts anew may begin its new file with the same lines. */
  #mayBeAnother({ path, offset }: TailPosition): boolean {
    return path === this.#path && offset < SURE_BYTES;
  }

  /** The file that was read furthest of those whose content is all in this one. */
  #originalOf(reader: ByteReader, size: number): TailPosition | undefined {
    let head: HeadProbe | undefined;
    let best: TailPosition | undefined;
    for (const position of this.#context.register.relatedTo(this.#path)) {
      const { offset, isPassedOver = false } = position;
      if (offset <= (best?.offset ?? 0) || offset > size || isPassedOver) continue;
      head ??= this.#readHead(reader);
      if (
        head.matches(position.identity.head) &&
        holdsContent(reader, position, this.#context.tailBuffer)
      ) best = position;
    }
    return best;
  }

  /** Whatever is read of an open file, its copy has nothing more. */
  #isCopyOfOpen(reader: ByteReader, info: Deno.FileInfo, isAtPath: boolean): boolean {
    const { register, tailBuffer } = this.#context;
    for (const open of register.openIn(this.#path)) {
      if (isAtPath && (open.owner === this.#owner || !mayBeRotation(this.#path, open.path))) {
        continue;
      }
      if (!mayBeMadeOf(info, open.reader.stat())) continue;
      const content = contentOf(open.reader, info.size, tailBuffer);
      if (content !== undefined && holdsContent(reader, content, tailBuffer)) return true;
    }
    return false;
  }

  /** A copy that is being made has the head of its original and less than was read of it. */
  #mayBeCopying(reader: ByteReader, { size }: Deno.FileInfo): boolean {
    const now = this.#context.scheduler.now();
    if (familyOf(this.#path) === this.#path) return false;
    if (this.#unsettled?.size !== size) this.#unsettled = { size, since: now };
    if (now - this.#unsettled.since >= COPYING_MS) return false;
    const head = this.#readHead(reader);
    return this.#context.register.relatedTo(this.#path).some(({ offset, identity }) =>
      offset > size && identity.head.length > 0 && head.matches(identity.head)
    );
  }

  #readHead(reader: ByteReader): HeadProbe {
    const { headBuffer } = this.#context;
    return new HeadProbe(headBuffer.subarray(0, reader.readAt(0, headBuffer)));
  }
}

/** A file that has what was read of another one goes on where that was left. */
function continuation(
  identity: FileIdentity,
  { identity: { head }, offset, tail }: TailPosition,
): FileStart {
  return { identity: { ...identity, head }, offset, tail };
}

function passOver(
  { size }: Deno.FileInfo,
  identity: FileIdentity,
): Opening & { readonly kind: "start" } {
  return { kind: "start", start: { identity, offset: size }, isPassedOver: true };
}
