import type { CompressedOpening } from "./compressed_opening.ts";
import type { CompressedReader } from "./compressed_reader.ts";
import type { FilePiece } from "./file_portion.ts";
import type { LineGroup } from "./line_grouper.ts";
import type { FileReader } from "./file_reader.ts";
import type { HolderSearch } from "./holder_search.ts";
import type { TailedFile } from "./tailed_file.ts";
import type { TailPosition } from "./tail_position.ts";

/** Where a file stands that was found at the path. */
export type Phase =
  /** The path names it. */
  | { readonly kind: "current" }
  /** It was deleted, and nothing else is at the path. */
  | { readonly kind: "vanished"; readonly since: number }
  /** The path names another file; this one is to be read to its end before that. */
  | { readonly kind: "leaving" }
  /** It was read to its end; what a slow writer still adds is read, too. */
  | { readonly kind: "lingering"; readonly since: number }
  /** A copy, found at another path: it is read to its end and let go. */
  | { readonly kind: "archived"; readonly path: string };

/** A file that is being read. */
export interface OpenFile {
  readonly kind: "file";
  readonly file: TailedFile;
  readonly key: string;
  phase: Phase;
  /** The reader, where the file is compressed. */
  readonly archive?: CompressedReader | undefined;
  /** When it had been changed last as it was seen first; absent when nothing can be missed before it. */
  seenAt?: number;
  /** Where it begins is still to be told: what was before it comes first. */
  isUnplaced?: boolean;
}

/** A file whose turn has not come: where to begin in it depends on those before it. */
export interface ArrivedFile {
  readonly kind: "arrived";
  readonly reader: FileReader;
  readonly key: string;
  phase: Phase;
  /** What it is called, where that is not the path that is followed. */
  readonly path?: string;
  /** When it was found. */
  readonly foundAt: number;
  /** As in {@linkcode OpenFile}. */
  seenAt?: number;
  /** It had what was read of it when it arrived. */
  readonly wasIntact?: boolean;
}

/** Bytes that were in a file and were not read. */
export interface Unread {
  /** How many. */
  readonly bytes: number;
  /** The beginning of them, which was read without being a line. */
  readonly held: FilePiece | LineGroup | undefined;
  /** Where reading goes on. */
  readonly to: TailPosition;
}

/** The rest of a file that is not where it was. */
export interface LostFile {
  readonly kind: "lost";
  readonly search: HolderSearch;
  /** How far it was read. */
  readonly position: TailPosition;
  /** What is known to be gone when nothing holds it any more. */
  readonly unread?: Unread | undefined;
}

/** A compressed file, to be read from wherever that turns out to be. */
export interface CompressedFile {
  readonly kind: "compressed";
  readonly opening: CompressedOpening;
  readonly path: string;
}

/** What is to be read for a path, one after another. */
export type QueuedFile = OpenFile | ArrivedFile | LostFile | CompressedFile;

/** False for a file without a name; where the system does not count links it is taken for linked. */
export function isLinked(open: ArrivedFile | OpenFile): boolean {
  try {
    return (open.kind === "file" ? open.file : open.reader).stat().nlink !== 0;
  } catch {
    return false;
  }
}
