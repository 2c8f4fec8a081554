import type { FileIdentity } from "./file_identity.ts";
import type { LineDecoder } from "./line_decoder.ts";

/** A line, or in diff mode whatever was appended. */
export interface FilePiece {
  /** Its first byte in the file. */
  readonly offset: number;
  /** The byte after it and its line end. */
  readonly end?: number;
  /** Without its line end. */
  readonly text: string;
  /** Length in the file of a line that was cut; absent for all others. */
  readonly cutFrom?: number;
  /** Of the file, as it is at the end of the piece. */
  readonly identity: FileIdentity;
}

/** What one turn of reading brought. */
export interface FilePortion {
  /** In the order of the file. */
  readonly pieces: readonly FilePiece[];
  /** True when a limit ended the turn, so that more can be read at once. */
  readonly more: boolean;
}

/** How one file is to be read. */
export interface TailedFileOptions {
  /** As the user gave it: for positions and notices. */
  readonly path: string;
  /** Into lines, or as it was appended. */
  readonly split: "line" | "diff";
  /** For the encoding of the file. */
  readonly decoder: LineDecoder;
  /** Where to begin. @default {0} */
  readonly offset?: number;
  /** How often the file was truncated before. @default {0} */
  readonly generation?: number;
}
