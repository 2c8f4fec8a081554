import type { FileIdentity } from "./file_identity.ts";

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
}
