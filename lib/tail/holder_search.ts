import { dirname } from "node:path";
import type { ByteReader } from "./byte_reader.ts";
import { CompressedReader } from "./compressed_reader.ts";
import { fileKey, holdsContent, identify } from "./file_identity.ts";
import { birthKey } from "./file_register.ts";
import { FileReader } from "./file_reader.ts";
import { changedAt, isCompressed } from "./rotation_names.ts";
import { realPath, type Relative } from "./relatives.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** What a search has come to. */
export type HolderTurn =
  /** Something is decompressed first. */
  | { readonly kind: "waiting" }
  | { readonly kind: "found"; readonly holder: Holder }
  | { readonly kind: "none" };

/** The file that holds what was read up to a position. */
export interface Holder {
  /** Belongs to whoever asked. */
  readonly reader: ByteReader;
  /** What it is called now. */
  readonly path: string;
  /** `same` file under whatever name, a `copy` of it, or one that is `compressed`. */
  readonly kind: "same" | "copy" | "compressed";
}

/** Files that get other names so often are not to be waited for. */
const MAX_TRIES = 8;

const WAITING: HolderTurn = { kind: "waiting" };

/** What counts as a holder. */
export interface HolderSearchOptions {
  /** The `fileKey` of a file that does not count. */
  readonly notIn?: string | undefined;
  /** Also copies count that were read for themselves. @default {false} */
  readonly takesKnown?: boolean;
}

/**
 * Looks for the file that holds what was read up to a position: the one that was read, which may have
 * another name by now, or a copy of it, which may be compressed.
 *
 * A file counts when its head and the bytes just before the position are the same. Of a file of which
 * nothing was read only the file itself counts.
 */
export class HolderSearch implements Disposable {
  readonly #position: TailPosition;
  readonly #context: TailContext;
  readonly #notIn: string | undefined;
  readonly #takesKnown: boolean;
  #compressed: string[] | undefined;
  /** Which files had which names when the search began. */
  #names = "";
  #tries = 0;
  #current: { readonly path: string; readonly reader: CompressedReader } | undefined;

  /**
   * Looks at nothing yet.
   */
  constructor(position: TailPosition, context: TailContext, options: HolderSearchOptions = {}) {
    this.#position = position;
    this.#context = context;
    this.#notIn = options.notIn;
    this.#takesKnown = options.takesKnown ?? false;
  }

  /** Goes on looking; to be called until it is over. */
  step(): HolderTurn {
    if (this.#compressed === undefined) {
      const holder = this.#searchPlain();
      if (holder !== undefined) return { kind: "found", holder };
    }
    for (;;) {
      this.#current ??= this.#openNext();
      if (this.#current === undefined) return this.#mayBeRenamed() ? WAITING : { kind: "none" };
      const { path, reader } = this.#current;
      const fit = this.#judge(reader);
      if (fit === "waiting") return WAITING;
      this.#current = undefined;
      if (fit === "fits") return { kind: "found", holder: { path, reader, kind: "compressed" } };
      reader[Symbol.dispose]();
    }
  }

  /** Gives up the search; a holder that was found stays open. */
  [Symbol.dispose](): void {
    this.#current?.reader[Symbol.dispose]();
    this.#current = undefined;
    this.#compressed = [];
  }

  /** Names change while something is decompressed: the holder may have got one that was looked at. */
  #mayBeRenamed(): boolean {
    const isSame = namesOf(this.#context.relatives.find(this.#position.path)) === this.#names;
    if (isSame || ++this.#tries >= MAX_TRIES) return false;
    this.#compressed = undefined;
    return true;
  }

  #searchPlain(): Holder | undefined {
    const { path, modifiedAt, offset } = this.#position;
    const relatives = this.#context.relatives.find(path);
    this.#names = namesOf(relatives);
    const plain = relatives.filter(({ isCompressed }) => !isCompressed);
    this.#compressed = offset === 0 ? [] : relatives
      .filter(({ isCompressed, info }) => isCompressed && mayHold(info, modifiedAt))
      .map(({ path }) => path);
    const named = [path, ...plain.map(({ path }) => path)];
    const copies = plain.filter(({ info }) => this.#mayBeCopy(info)).map(({ path }) => path);
    return this.#openSame(named) ?? this.#openSame(this.#neighbours()) ?? this.#openCopy(copies);
  }

  /** Copies are made after what they hold was read, and of files that are not of this path themselves. */
  #mayBeCopy(info: Deno.FileInfo): boolean {
    const { path, modifiedAt } = this.#position;
    if (changedAt(info) < modifiedAt) return false;
    return this.#takesKnown || this.#context.register.recall(info)?.path !== path;
  }

  #openSame(paths: Iterable<string>): Holder | undefined {
    const wanted = birthKey(this.#position.identity);
    for (const path of paths) {
      const reader = this.#open(path, (info) => birthKey(identify(info)) === wanted);
      if (reader !== undefined) return { reader, path, kind: "same" };
    }
    return undefined;
  }

  #openCopy(paths: Iterable<string>): Holder | undefined {
    if (this.#position.offset === 0) return undefined;
    for (const path of paths) {
      const reader = this.#open(path, () => true);
      if (reader !== undefined) return { reader, path, kind: "copy" };
    }
    return undefined;
  }

  /** Opens a file that holds what was read; nothing where it is none. */
  #open(path: string, mayHold: (info: Deno.FileInfo) => boolean): FileReader | undefined {
    const reader = openOrNothing(path);
    if (reader === undefined) return undefined;
    let isHolder = false;
    try {
      isHolder = mayHold(reader.stat()) && this.#fits(reader);
    } finally {
      if (!isHolder) reader[Symbol.dispose]();
    }
    return isHolder ? reader : undefined;
  }

  /** The files beside the path and beside what it leads to that have the inode. */
  *#neighbours(): Generator<string> {
    const { path, identity } = this.#position;
    for (const directory of new Set([dirname(path), dirname(realPath(path) ?? path)])) {
      for (const neighbour of this.#context.relatives.neighbours(directory)) {
        // What is compressed is another file, that may have got the inode within a millisecond.
        if (!isCompressed(neighbour) && inodeOf(neighbour) === identity.ino) yield neighbour;
      }
    }
  }

  #fits(reader: ByteReader): boolean {
    if (fileKey(reader.stat()) === this.#notIn) return false;
    return holdsContent(reader, this.#position, this.#context.tailBuffer);
  }

  #openNext(): { readonly path: string; readonly reader: CompressedReader } | undefined {
    for (;;) {
      const path = this.#compressed?.shift();
      if (path === undefined) return undefined;
      try {
        const reader = CompressedReader.open(path);
        reader.skipTo(this.#position.offset);
        return { path, reader };
      } catch {
        // It was there a moment ago: the next one is as likely.
      }
    }
  }

  #judge(reader: CompressedReader): "fits" | "differs" | "waiting" {
    if (reader.stat().size >= this.#position.offset) return this.#fits(reader) ? "fits" : "differs";
    return reader.state.kind === "reading" ? "waiting" : "differs";
  }
}

/**
 * Tells whether a compressed file may have been made after a time. What logrotate gives it is the time of
 * change from before the last lines were written: so that of its birth counts as well.
 */
function mayHold(info: Deno.FileInfo, ms: number): boolean {
  return wasWrittenSince(info, ms) || (info.birthtime?.getTime() ?? Infinity) >= ms;
}

/** Programs that compress keep the time of the last write, some to the second. */
export function wasWrittenSince(info: Deno.FileInfo, ms: number): boolean {
  return changedAt(info) >= Math.floor(ms / 1000) * 1000;
}

/**
 * Tells whether files have other names than before, or compressed ones another time: that of the original
 * is given to them at last.
 */
export function namesOf(relatives: readonly Relative[]): string {
  return relatives.map(({ path, info, isCompressed }) =>
    `${path} ${fileKey(info)} ${isCompressed ? changedAt(info) : ""}`
  ).join("\n");
}

function openOrNothing(path: string): FileReader | undefined {
  try {
    return FileReader.open(path);
  } catch {
    return undefined;
  }
}

function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.lstatSync(path).ino;
  } catch {
    return undefined;
  }
}
