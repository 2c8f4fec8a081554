import { dirname, join } from "node:path";
import type { ByteReader } from "./byte_reader.ts";
import { CompressedReader } from "./compressed_reader.ts";
import { fileKey, holdsContent } from "./file_identity.ts";
import { FileReader } from "./file_reader.ts";
import type { Relative } from "./relatives.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** Rotations that one search may meet: it takes moments, they come every few seconds at most. */
const MAX_RELISTINGS = 64;

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

/** Which files count for a {@linkcode HolderSearch}. */
export interface HolderSearchOptions {
  /** The `fileKey` of a file that does not. */
  readonly notIn?: string | undefined;
  /**
   * Only what was read is looked for: files that are read for themselves have it as well as any. What
   * was not read of a file is not looked for in these, as it would be read twice. @default {false}
   */
  readonly onlyRead?: boolean;
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
  readonly #options: HolderSearchOptions;
  #compressed: Relative[] | undefined;
  /** Compressed files that were looked at, under whatever name. */
  readonly #judged = new Set<string>();
  #relistings = 0;
  #current: { readonly path: string; readonly reader: CompressedReader } | undefined;

  /**
   * Looks at nothing yet.
   *
   * @param options Which files count.
   */
  constructor(position: TailPosition, context: TailContext, options: HolderSearchOptions = {}) {
    this.#position = position;
    this.#context = context;
    this.#options = options;
  }

  /** Goes on looking; to be called until it is over. */
  step(): HolderTurn {
    if (this.#compressed === undefined) {
      const holder = this.#searchPlain();
      if (holder !== undefined) return { kind: "found", holder };
    }
    for (;;) {
      this.#current ??= this.#openNext();
      if (this.#current === undefined) return { kind: "none" };
      const { path, reader } = this.#current;
      const fit = this.#judge(reader);
      if (fit === "waiting") return { kind: "waiting" };
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
    this.#relistings = MAX_RELISTINGS;
  }

  #searchPlain(): Holder | undefined {
    const { path } = this.#position;
    const relatives = this.#context.relatives.find(path);
    const plain = relatives.filter(({ isCompressed }) => !isCompressed);
    this.#compressed = this.#compressedOf(relatives);
    const named = [path, ...plain.map(({ path }) => path)];
    const copies = plain.filter(({ info }) => this.#mayBeCopy(info)).map(({ path }) => path);
    return this.#openSame(named) ?? this.#openSame(this.#neighbours()) ?? this.#openCopy(copies);
  }

  #compressedOf(relatives: readonly Relative[]): Relative[] {
    const { modifiedAt, offset } = this.#position;
    if (offset === 0) return [];
    return relatives.filter(({ isCompressed, info }) =>
      isCompressed && mayHold(info, modifiedAt) && !this.#judged.has(fileKey(info))
    );
  }

  /** Copies are made after what they hold was read, and of files that are not of this path themselves. */
  #mayBeCopy(info: Deno.FileInfo): boolean {
    const { path, modifiedAt } = this.#position;
    if (changedAt(info) < modifiedAt) return false;
    return this.#options.onlyRead || this.#context.register.recall(info)?.path !== path;
  }

  #openSame(paths: Iterable<string>): Holder | undefined {
    const wanted = fileKey(this.#position.identity);
    for (const path of paths) {
      const reader = openOrNothing(path);
      if (reader === undefined) continue;
      const isSame = fileKey(reader.stat()) === wanted;
      if (isSame && this.#fits(reader)) return { reader, path, kind: "same" };
      reader[Symbol.dispose]();
    }
    return undefined;
  }

  #openCopy(paths: Iterable<string>): Holder | undefined {
    if (this.#position.offset === 0) return undefined;
    for (const path of paths) {
      const reader = openOrNothing(path);
      if (reader === undefined) continue;
      if (this.#fits(reader)) return { reader, path, kind: "copy" };
      reader[Symbol.dispose]();
    }
    return undefined;
  }

  /** The files beside the path and beside what it leads to that have the inode. */
  *#neighbours(): Generator<string> {
    const { path, identity } = this.#position;
    for (const directory of new Set([dirname(path), dirname(realPath(path))])) {
      for (const name of names(directory)) {
        const neighbour = join(directory, name);
        if (inodeOf(neighbour) === identity.ino) yield neighbour;
      }
    }
  }

  #fits(reader: ByteReader): boolean {
    if (fileKey(reader.stat()) === this.#options.notIn) return false;
    return holdsContent(reader, this.#position, this.#context.tailBuffer);
  }

  #openNext(): { readonly path: string; readonly reader: CompressedReader } | undefined {
    for (;;) {
      const next = this.#compressed?.shift() ?? this.#renamed();
      if (next === undefined) return undefined;
      const reader = openCompressedOrNothing(next.path);
      // What is not there any more has another name by now.
      if (reader === undefined) continue;
      const key = fileKey(reader.stat());
      if (!this.#judged.has(key)) {
        this.#judged.add(key);
        reader.skipTo(this.#position.offset);
        return { path: next.path, reader };
      }
      reader[Symbol.dispose]();
    }
  }

  /** Looking takes its time: what was renamed by the next rotation meanwhile was perhaps not looked at. */
  #renamed(): Relative | undefined {
    if (this.#relistings++ >= MAX_RELISTINGS) return undefined;
    this.#compressed = this.#compressedOf(this.#context.relatives.find(this.#position.path));
    return this.#compressed.shift();
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

function openCompressedOrNothing(path: string): CompressedReader | undefined {
  try {
    return CompressedReader.open(path);
  } catch {
    return undefined;
  }
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

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

function names(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch {
    return [];
  }
}
