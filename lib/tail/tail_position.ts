import type { FileIdentity, Fingerprint } from "./file_identity.ts";

/**
 * How far a file was read; plain data, fit to be written down and given back after a restart.
 */
export interface TailPosition {
  /** The path as the user gave it; the file may have another name by now. */
  readonly path: string;
  /** Who the file is; its head fingerprint covers what lies before `offset`. */
  readonly identity: FileIdentity;
  /** The byte after the last line delivered. */
  readonly offset: number;
  /**
   * Covers the bytes just before `offset`, at most `HEAD_BYTES`: files whose heads are the same
   * differ there.
   */
  readonly tail: Fingerprint;
  /** Milliseconds since 1970 at which the file was read to `offset`. */
  readonly readAt: number;
  /** Milliseconds since 1970 at which the file had been changed last by then. */
  readonly modifiedAt: number;
  /**
   * Nothing of the file was read, as it is a copy of one that is read: if that is truncated, this has
   * what was not read of it.
   */
  readonly isPassedOver?: true;
}

/** Bytes of one file that became events: from `from` to the position. */
export interface FileSpan {
  /** The first of them. */
  readonly from: number;
  /** Where they end. */
  readonly to: TailPosition;
  /** How many bytes of the file, known to have been there, cannot be read any more. @default {0} */
  readonly lost?: number;
}
