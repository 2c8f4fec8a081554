/** What a watcher does, as it is written to the file of `--status`. */
export interface WatchStatus {
  /** Of this format; members may be added without a new one. */
  readonly version: 1;
  /** Name and version of the program. */
  readonly program: string;
  /** Its process. */
  readonly pid: number;
  /** When it was started, in ISO 8601. */
  readonly started_at: string;
  /** When this was written. */
  readonly now: string;
  /** What it does; a killed one says "running" for ever, and `now` does not move on. */
  readonly state: "running" | "stopping" | "stopped";
  /** Where events go. */
  readonly collector: CollectorStatus;
  /** What was done since the start. */
  readonly counts: StatusCounts;
  /** The state directory. */
  readonly checkpoint: { readonly directory: string; readonly writable: boolean };
  /** All files together: the sum of bytes, the greatest age. */
  readonly lag: { readonly bytes: number; readonly seconds: number };
  /** How many paths are followed. */
  readonly files_total: number;
  /** The paths with most to deliver, then others, 1,000 in all. */
  readonly files: readonly FileStatus[];
}

/** The connection to the collector. */
export interface CollectorStatus {
  /** The one that is used, or was tried last; null before the first attempt. */
  readonly url: string | null;
  readonly connected: boolean;
  /** Since when it is, or is not, connected. */
  readonly since: string;
}

/** Events, and bytes of files. */
export interface StatusCounts {
  readonly read: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly bytes: number;
}

/** What is to be delivered of the files of a path. */
export interface FileStatus {
  readonly path: string;
  /** Bytes that are there and that the collector has not acknowledged. */
  readonly lag_bytes: number;
  /** Age of the oldest of them, as far as known; 0 without them. */
  readonly lag_seconds: number;
}
