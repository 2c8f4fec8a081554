import { changedAt } from "./rotation_names.ts";

/** What the files of a path hold that is not read. */
export interface FileLag {
  /** The path as the user gave it. */
  readonly path: string;
  /** Where reading goes on in the oldest file that is not done; absent when none is open. */
  readonly offset?: number;
  /**
   * Bytes that are there and are not read yet, with a last line that is not complete; of a compressed
   * file only what was decompressed so far.
   */
  readonly bytes: number;
  /** Milliseconds since 1970 at which the oldest of them was there, as far as known; absent without them. */
  readonly since?: number;
}

/** Nothing is left to read. */
export const NO_LAG: Omit<FileLag, "path"> = { bytes: 0 };

/** What is not read of a file that is not open. */
export function lagOfClosed(info: Deno.FileInfo, offset: number): Omit<FileLag, "path"> {
  const bytes = info.size - offset;
  return bytes > 0 ? { offset, bytes, since: changedAt(info) } : { offset, bytes: 0 };
}

/** What is not read of two files, of which the first is read first. */
export function addLag(
  first: Omit<FileLag, "path">,
  second: Omit<FileLag, "path">,
): Omit<FileLag, "path"> {
  const since = Math.min(first.since ?? Infinity, second.since ?? Infinity);
  const offset = first.offset ?? second.offset;
  return {
    bytes: first.bytes + second.bytes,
    ...offset === undefined ? {} : { offset },
    ...since === Infinity ? {} : { since },
  };
}
