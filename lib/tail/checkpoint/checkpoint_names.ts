import { join } from "node:path";

/** The two copies; each is a whole checkpoint. */
export const COPY_NAMES: readonly [string, string] = ["checkpoint.1", "checkpoint.2"];

/** Is locked while a watcher has the directory open. */
export const LOCK_NAME = "checkpoint.lock";

/** Follows the name of a copy while that is made. */
const TEMPORARY_SUFFIX = ".temp";

/** The paths of the copies in a directory. */
export function copyPaths(directory: string): readonly [string, string] {
  return [join(directory, COPY_NAMES[0]), join(directory, COPY_NAMES[1])];
}

/** Where a file is written that is to take a name when it is whole. */
export function temporaryPath(path: string): string {
  return `${path}${TEMPORARY_SUFFIX}`;
}
