import { PASSED_OVER } from "./compressed_opening.ts";
import { fileKey, holdsContent, identify } from "./file_identity.ts";
import { FileReader } from "./file_reader.ts";
import { birthKey } from "./file_register.ts";
import { wasWrittenSince } from "./holder_search.ts";
import { compareAge, realPath, type Relative } from "./relatives.ts";
import { changedAt, mayBeRotation } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/** What tells a newcomer from what is known of a path. */
export interface NewcomerRule {
  /** The path that is followed. */
  readonly path: string;
  /** How far the file was read that was seen at the path last. */
  readonly last: TailPosition;
  /** The file that is there, if any. */
  readonly now: Deno.FileInfo | undefined;
  readonly context: TailContext;
}

/**
 * Finds the files that had the path, or hold what was in it, between two looks: rotations of it that
 * nobody has seen, written since the last one was read.
 *
 * @param relatives The files that the path's rotations may have left.
 * @returns Those of them that are newcomers, in the same order.
 */
export function findNewcomers(
  relatives: readonly Relative[],
  { path, last, now, context }: NewcomerRule,
): readonly Relative[] {
  // What is at the path of a link may have any name of the family.
  const real = realPath(path);
  const isLink = real !== undefined;
  const firstBirth = firstBirthOf(path, last, context);
  const nowKey = now && fileKey(now);
  const current = relatives.find(({ info }) => fileKey(info) === nowKey);
  return relatives.filter((relative) => {
    const { info, isCompressed } = relative;
    if (!isLink && !mayBeRotation(relative.path, path)) return false;
    if (relative.path === path || relative === current) return false;
    // What is there may have been rotated since it was opened, and others after it: they have their turn later.
    if (current !== undefined && isAfter(relative, current, real ?? path)) return false;
    const known = context.register.recall(info);
    if (known !== undefined) {
      if (isUnfinishedCopy(known, info) || isUnread(known, last)) return true;
      return isCompressed ? known.offset !== PASSED_OVER : !holds(relative.path, known, context);
    }
    if (isCompressed) return wasWrittenSince(info, last.modifiedAt);
    return changedAt(info) >= last.modifiedAt && isBornSince(info, firstBirth);
  });
}

/**
 * A copy is younger than what it is made of, which is written on; a file that was renamed is the older one.
 *
 * @param path Where the current file is as long as it is not renamed.
 */
function isAfter(relative: Relative, current: Relative, path: string): boolean {
  if (birthOf(relative) <= birthOf(current)) return false;
  if (current.path !== path) return compareAge(relative, current) > 0;
  // Not all programs that compress keep the time of change.
  return !relative.isCompressed && changedAt(relative.info) > changedAt(current.info);
}

/** The file that was at the path last, where nothing was read of it: what is older than it comes first. */
function isUnread(known: TailPosition, last: TailPosition): boolean {
  return last.offset === 0 && known.offset === 0 &&
    birthKey(known.identity) === birthKey(last.identity);
}

/** A copy that was passed over while it was made: what came later may have been read of nothing else. */
export function isUnfinishedCopy(known: TailPosition, { size }: Deno.FileInfo): boolean {
  return known.isPassedOver === true && size > known.offset;
}

function birthOf({ info }: Relative): number {
  return info.birthtime?.getTime() ?? Infinity;
}

/** A file that was truncated after it was read has something else. */
function holds(path: string, known: TailPosition, context: TailContext): boolean {
  try {
    using reader = FileReader.open(path);
    return holdsContent(reader, known, context.tailBuffer);
  } catch {
    // It was there a moment ago, and has another name by now.
    return true;
  }
}

/**
 * When the oldest file was born that is known to have had the path: the one that was read last may be a
 * copy, which is younger than the file that goes on after it.
 */
function firstBirthOf(path: string, last: TailPosition, { register }: TailContext): number {
  const known = [last, ...register.relatedTo(path).filter((position) => position.path === path)];
  const births = known.map(({ identity, modifiedAt }) =>
    Math.min(identity.birthtimeMs ?? 0, modifiedAt)
  );
  return Math.min(...births);
}

/**
 * Where the file system does not keep the time of birth, that of the last change must do. What is
 * compressed is younger than what was in it.
 */
function isBornSince(info: Deno.FileInfo, firstBirth: number): boolean {
  const { birthtimeMs } = identify(info);
  return birthtimeMs === null || birthtimeMs >= firstBirth;
}
