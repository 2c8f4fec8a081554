/**
 * The names in a data directory. Theia 0.9.2 takes every name that begins with digits, a dash and
 * digits for a data file and stops at what follows them, so the names of all else begin with a dot.
 */

/** What the store knows of each data file; see {@linkcode FileIndex}. */
export const INDEX_NAME = ".theia-index";

/** What was saved since the data files were synced; see {@linkcode Journal}. */
export const JOURNAL_NAME = ".theia-journal";

/** Locked as long as the store is open. */
export const LOCK_NAME = ".theia-lock";

/** Takes up room that is given up when the disk is full; see {@linkcode FilesReserve}. */
export const RESERVE_NAME = ".theia-reserve";

/** Begins the names of files that are to replace others; left ones are removed when the store is opened. */
export const TEMP_PREFIX = ".theia-temp-";

/** Seconds that a data file spans, as in Theia 0.9.2. */
export const FILE_SECONDS = 60;

/** Events further away lie in the last file on either side: longer numbers make no name. */
const MAX_START = Math.floor(Number.MAX_SAFE_INTEGER / FILE_SECONDS) * FILE_SECONDS - FILE_SECONDS;

/** Seconds since 1970; a file holds the events from `start` on that come before `end`. */
export interface FileSpan {
  readonly start: number;
  readonly end: number;
}

const DATA_FILE = /^(-?\d+)-(-?\d+)$/;

/** The span that the name of a data file says, undefined when it is no such name. */
export function parseFileName(name: string): FileSpan | undefined {
  const match = DATA_FILE.exec(name);
  return match === null ? undefined : { start: Number(match[1]), end: Number(match[2]) };
}

/** The name of the file for the minute of a timestamp. */
export function minuteFileName(timestamp: number): string {
  const minute = Math.floor(timestamp / FILE_SECONDS) * FILE_SECONDS;
  const start = Math.max(-MAX_START, Math.min(MAX_START, minute));
  return `${start}-${start + FILE_SECONDS}`;
}
