import type { DiskNotice } from "../disk_full.ts";

/** What a files store reports beside its results. */
export type FilesStoreNotice =
  /** A file ended within an event; what was there of it was cut off. */
  | {
    readonly kind: "torn-tail";
    readonly file: string;
    readonly offset: number;
    readonly bytes: number;
  }
  /** Bytes of a file are no event; they were passed over and left as they are. */
  | {
    readonly kind: "damaged-file";
    readonly file: string;
    readonly offset: number;
    readonly bytes: number;
    readonly reason: string;
  }
  /** A file is not as it was left: another program wrote it, or it is damaged. Its events have new arrival numbers. */
  | { readonly kind: "changed-file"; readonly file: string }
  /** A line of the index could not be read; what it said was found out anew. */
  | { readonly kind: "damaged-index"; readonly line: number }
  | DiskNotice;
