import { NEWLINE } from "../../event/ascii.ts";
import { CheckpointContents } from "./checkpoint_contents.ts";
import { CheckpointCopy } from "./checkpoint_copy.ts";
import type { CheckpointDisk } from "./checkpoint_disk.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { type CopyCondition, mergeCopies } from "./checkpoint_merge.ts";
import { copyPaths } from "./checkpoint_names.ts";
import type { CheckpointNotice } from "./checkpoint_notice.ts";
import { VERSION } from "./checkpoint_record.ts";
import { looksLikeCheckpoint, scanCopy, type ScannedCopy } from "./checkpoint_scan.ts";
import { toError } from "../tail_notice.ts";

/** A checkpoint as it was found. */
export interface LoadedCheckpoint {
  readonly kind: "new" | "resumed" | "lost";
  readonly contents: CheckpointContents;
  readonly copies: readonly CheckpointCopy[];
  /** No line that is or was in a copy has a greater number. */
  readonly lastNumber: number;
  /** Whether both copies are whole and equal: changes can be appended to them. */
  readonly isSound: boolean;
  readonly notices: readonly CheckpointNotice[];
}

interface FoundCopy {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
  readonly scanned: ScannedCopy | undefined;
}

/**
 * Reads both copies and takes the best of them; nothing is written.
 *
 * @throws {CheckpointError} When a file cannot be read, is none of ours, or is of a newer version.
 */
export async function loadCheckpoint(
  directory: string,
  disk: CheckpointDisk,
): Promise<LoadedCheckpoint> {
  const found = await findCopies(directory, disk);
  checkOwnership(found);
  const merged = mergeCopies(found.map((copy) => copy.scanned));
  const isNew = found.every((copy) => copy.bytes === undefined);
  const contents = new CheckpointContents(merged.nextId);
  for (const line of merged.changes) contents.apply(line.change);
  const isSound = areEqual(found) && merged.conditions[0] === "whole";
  const healths = merged.conditions.map((condition) => condition === "whole" ? "whole" : "broken");
  return {
    kind: isNew ? "new" : merged.isLost ? "lost" : "resumed",
    contents,
    copies: found.map(({ path, bytes, scanned }, at) =>
      new CheckpointCopy(
        disk,
        path,
        bytes?.length ?? 0,
        scanned?.pieces.at(-1)?.end ?? 0,
        healths[at] ?? "broken",
      )
    ),
    lastNumber: isSound ? merged.lastNumber : merged.lastNumber + hiddenLines(found),
    isSound,
    notices: isNew ? [] : noticesOf(directory, found, merged.isLost, merged.conditions),
  };
}

/**
 * How many lines there may be besides those that were found: torn ones, which a crash while the copy is
 * written anew may make whole. None has less than a byte.
 */
function hiddenLines(found: readonly FoundCopy[]): number {
  return found.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
}

async function findCopies(directory: string, disk: CheckpointDisk): Promise<FoundCopy[]> {
  const found: FoundCopy[] = [];
  for (const path of copyPaths(directory)) {
    const bytes = await readCopy(path, disk);
    const first = found[0];
    const isSame = bytes && first?.bytes && isEqual(bytes, first.bytes);
    found.push({ path, bytes, scanned: isSame ? first.scanned : bytes && scanCopy(bytes) });
  }
  return found;
}

async function readCopy(path: string, disk: CheckpointDisk): Promise<Uint8Array | undefined> {
  try {
    return await disk.read(path);
  } catch (cause) {
    throw new CheckpointError(
      path,
      `Cannot read the checkpoint '${path}': ${toError(cause).message}; ` +
        "make it readable or choose another directory with --state-dir",
      { cause },
    );
  }
}

/** Nothing is overwritten that another program, or a later version of this one, wrote. */
function checkOwnership(found: readonly FoundCopy[]): void {
  for (const { path, scanned } of found) {
    const header = scanned?.pieces.find(({ line }) => line?.kind === "header")?.line;
    if (header?.kind === "header" && header.version > VERSION) {
      throw new CheckpointError(
        path,
        `Cannot use the checkpoint '${path}' as its version is ${header.version} and this program ` +
          `knows ${VERSION}: use the program that wrote it, or choose another directory with --state-dir`,
      );
    }
  }
  const isOurs = (copy: FoundCopy) =>
    copy.bytes !== undefined && copy.scanned !== undefined &&
    looksLikeCheckpoint(copy.bytes, copy.scanned);
  const foreign = found.find((copy) => copy.bytes !== undefined && !isOurs(copy));
  if (foreign === undefined || found.some(isOurs)) return;
  throw new CheckpointError(
    foreign.path,
    `Cannot use '${foreign.path}' as it is no checkpoint of this program: move it away or choose ` +
      "another directory with --state-dir",
  );
}

function noticesOf(
  directory: string,
  found: readonly FoundCopy[],
  isLost: boolean,
  conditions: readonly CopyCondition[],
): CheckpointNotice[] {
  if (isLost) {
    const names = found.map((copy) => `'${copy.path}'`).join(" and ");
    const error = new Error(`Both copies of the checkpoint are damaged: ${names}`);
    return [{ kind: "checkpoint-lost", directory, error }];
  }
  return found.flatMap(({ path: copy }, at): CheckpointNotice[] => {
    const condition = conditions[at];
    if (condition !== "damaged" && condition !== "missing") return [];
    const error = new Error(
      `A copy of the checkpoint is ${condition}: '${copy}' is written anew from the other one`,
    );
    return [{ kind: "checkpoint-damaged", copy, error }];
  });
}

function areEqual([one, other]: readonly FoundCopy[]): boolean {
  if (!one?.bytes || !other?.bytes || !isEqual(one.bytes, other.bytes)) return false;
  return one.bytes[(one.scanned?.pieces.at(-1)?.end ?? 0) - 1] === NEWLINE;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}
