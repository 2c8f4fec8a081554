import type { FileIdentity, Fingerprint } from "./file_identity.ts";

/** A line, or in diff mode whatever was appended. */
export interface FilePiece {
  /** Its first byte in the file. */
  readonly offset: number;
  /** The byte after its last one, line end included. */
  readonly end: number;
  /** Without its line end. */
  readonly text: string;
  /** Length in the file of a line that was cut; absent for all others. */
  readonly cutFrom?: number;
  /** Of the file, as it is at the end of the piece. */
  readonly identity: FileIdentity;
}

/** What was read on. */
export interface ReadPortion {
  readonly kind: "read";
  /** In the order of the file. */
  readonly pieces: readonly FilePiece[];
  /** True when a limit ended the turn, so that more can be read at once. */
  readonly more: boolean;
}

/** What was read before is not there any more: nothing can be joined to it. */
export interface ChangedPortion {
  readonly kind: "changed";
  readonly reason: "shrunk" | "rewritten";
  /** Bytes in the file now. */
  readonly size: number;
  /** How many bytes behind the position were seen in it before. */
  readonly unread: number;
}

/** What one turn of reading brought. */
export type FilePortion = ReadPortion | ChangedPortion;

/** There is nothing to read, at least not yet. */
export const NOTHING_READ: ReadPortion = { kind: "read", pieces: [], more: false };

/** Where reading a file begins. */
export interface FileStart {
  /** Who the file is; its head fingerprint covers what lies before the offset. */
  readonly identity: FileIdentity;
  /** The first byte to read. */
  readonly offset: number;
  /** Covers the bytes just before the offset; both fingerprints are taken of the file where it is absent. */
  readonly tail?: Fingerprint;
}

/** How one file is to be read. */
export interface TailedFileOptions {
  /** As the user gave it: for positions and notices. */
  readonly path: string;
  /** Into lines, or as it was appended. */
  readonly split: "line" | "diff";
  /** A label that `TextDecoder` knows. */
  readonly encoding: string;
  /** Where to begin. */
  readonly start: FileStart;
  /** Where to end, even if there is more. @default {Infinity} */
  readonly limit?: number;
  /** What was read before cannot change: it is not checked again. @default {false} */
  readonly isImmutable?: boolean;
}
