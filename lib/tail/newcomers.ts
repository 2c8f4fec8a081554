import { identify } from "./file_identity.ts";
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
 * @param now The file that is there.
 * @returns Those that were written last come last.
 */
export function findNewcomers(
  path: string,
  last: TailPosition,
  now: Deno.FileInfo,
  context: TailContext,
): readonly Relative[] {
  return context.relatives.find(path).filter((relative) => {
    const { info, isCompressed } = relative;
    if (relative.path === path || isSame(info, now) || isSame(info, last.identity)) return false;
    if (context.register.recall(info) !== undefined) return false;
    if (isCompressed) return wasWrittenSince(info, last.modifiedAt);
    return changedAt(info) >= last.modifiedAt && isBornSince(info, last);
  });
}

function isSame(
  a: { readonly dev: number; readonly ino: number | null },
  b: { readonly dev: number; readonly ino: number | null },
): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

/** Where the file system does not keep the time of birth, that of the last change must do. */
function isBornSince(info: Deno.FileInfo, last: TailPosition): boolean {
  const { birthtimeMs } = identify(info);
  return birthtimeMs === null || birthtimeMs >= (last.identity.birthtimeMs ?? 0);
}
