import type { FileIdentity } from "./file_identity.ts";

/** What happened while files were followed, apart from lines. */
export type TailNotice =
  | {
    /** A file is followed from `offset` on. */
    readonly kind: "opened";
    readonly path: string;
    readonly identity: FileIdentity;
    readonly offset: number;
  }
  | {
    /** A file that is no longer found at its path was read to its end and let go. */
    readonly kind: "closed";
    readonly path: string;
    readonly identity: FileIdentity;
    readonly offset: number;
  }
  | {
    /** The path names another file now; the old one is read to its end first. */
    readonly kind: "rotated";
    readonly path: string;
  }
  | {
    /** The file shrank or its head changed; it is read again from its beginning. */
    readonly kind: "truncated";
    readonly path: string;
    readonly reason: "shrunk" | "rewritten";
    /** Where reading had come to. */
    readonly offset: number;
    /** Bytes in the file now. */
    readonly size: number;
  }
  | {
    /** Nothing is at the path; it is looked at again and again. */
    readonly kind: "missing";
    readonly path: string;
  }
  | {
    /** The path cannot be read; said once for each cause, tried again and again. */
    readonly kind: "unreadable";
    readonly path: string;
    readonly error: Error;
  }
  | {
    /** A line over the limit was cut; its event has a header line `cut: <lineBytes>`. */
    readonly kind: "line-cut";
    readonly path: string;
    /** First byte of the line in the file. */
    readonly offset: number;
    /** Length of the line in the file, with its line end. */
    readonly lineBytes: number;
    /** Bytes in UTF-8 of what the event holds. */
    readonly keptBytes: number;
  }
  | {
    /** The system gives no hints for this directory; its files are found by the timer alone. */
    readonly kind: "hints-unavailable";
    readonly path: string;
    readonly error: Error;
  }
  | {
    /** An event could not be handed over by a `SourcesDaemon`. */
    readonly kind: "send-failed";
    readonly path: string;
    readonly error: Error;
  };

/** Is told what happens; it must not throw. */
export type TailObserver = (notice: TailNotice) => void;

/** The `Error` in whatever was thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
