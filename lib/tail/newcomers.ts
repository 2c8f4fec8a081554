import { fileKey, identify } from "./file_identity.ts";
import { wasWrittenSince } from "./holder_search.ts";
import type { Relative } from "./relatives.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/**
 * Finds the files that had the path, or hold what was in it, between two looks: rotations of it that
 * nobody has seen, written since the last one was read.
 *
 * @param path The path that is followed.
 * @param last How far the file was read that was seen at the path last.
 * @param now The file that is there, if there is one.
 * @returns Those that were written last come last.
 */
export function findNewcomers(
  path: string,
  last: TailPosition,
  now: Deno.FileInfo | undefined,
  context: TailContext,
): readonly Relative[] {
  const known = [last.identity, ...now === undefined ? [] : [now]].map(fileKey);
  return context.relatives.find(path).filter((relative) => {
    const { info, isCompressed } = relative;
    if (relative.path === path || known.includes(fileKey(info))) return false;
    if (context.register.recall(info) !== undefined) return false;
    if (isCompressed) return wasWrittenSince(info, last.modifiedAt);
    return changedAt(info) >= last.modifiedAt && isBornSince(info, last);
  });
}

/** Where the file system does not keep the time of birth, that of the last change must do. */
function isBornSince(info: Deno.FileInfo, last: TailPosition): boolean {
  const { birthtimeMs } = identify(info);
  return birthtimeMs === null || birthtimeMs >= (last.identity.birthtimeMs ?? 0);
}
