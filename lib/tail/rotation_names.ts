import { basename, dirname, join } from "node:path";

/** Endings of compressed files that can be read. */
const COMPRESSED = /\.(gz|zst)$/i;

/** Endings of files that hold something else than lines, and cannot be read. */
const NOT_LINES = /\.(xz|bz2|lz4|lzma|zip|br|tmp|lock|pid|idx|swp)$/i;

/** What a rotation adds to a name: a number, a date or a time after a separator. */
const ADDED = /[._-]\d[\d._:TZ-]*(?=\.|$)/g;

/** What people call the one before. */
const OLD = /\.(old|bak|prev)$/i;

/**
 * The name that all rotations of a file have in common: `app.log` for `app.log.1`,
 * `app-2024-05-01.log` and `app.log.2.gz`.
 *
 * @example
 * ```ts
 * import { familyOf } from "./rotation_names.ts";
 * import assert from "node:assert/strict";
 *
 * assert.equal(familyOf("/var/log/app-2024-05-01.log.gz"), "/var/log/app.log");
 * ```
 */
export function familyOf(path: string): string {
  const name = basename(path).replace(COMPRESSED, "").replace(OLD, "").replace(ADDED, "");
  return join(dirname(path), name);
}

/** A file whose name says that it is of the same family as another. */
export interface Relative {
  readonly path: string;
  readonly info: Deno.FileInfo;
  readonly isCompressed: boolean;
}

/**
 * The files that a rotation of a path may have left, beside it and, where it is a symbolic link, beside
 * what it leads to: those written last come last.
 *
 * Empty where the directory cannot be read.
 */
export function findRelatives(path: string): readonly Relative[] {
  const found = new Map<string, Relative>();
  for (const member of [path, realPath(path)]) {
    if (member === undefined) continue;
    for (const relative of relativesBeside(member)) found.set(relative.path, relative);
  }
  return [...found.values()].sort(compareAge);
}

function relativesBeside(path: string): Relative[] {
  const directory = dirname(path);
  const family = familyOf(path);
  const relatives: Relative[] = [];
  for (const name of fileNames(directory)) {
    const candidate = join(directory, name);
    if (NOT_LINES.test(name) || familyOf(candidate) !== family) continue;
    const info = statOrNothing(candidate);
    if (!info?.isFile) continue;
    relatives.push({ path: candidate, info, isCompressed: COMPRESSED.test(name) });
  }
  return relatives;
}

function fileNames(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile).map(({ name }) => name);
  } catch {
    return [];
  }
}

function realPath(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    return real === path ? undefined : real;
  } catch {
    return undefined;
  }
}

/** By the time of the last write; where that is the same, `log.2` is older than `log.1`. */
function compareAge(a: Relative, b: Relative): number {
  return changedAt(a.info) - changedAt(b.info) || numberOf(b.path) - numberOf(a.path) ||
    (a.path < b.path ? -1 : 1);
}

function numberOf(path: string): number {
  const digits = /\.(\d{1,9})$/.exec(path.replace(COMPRESSED, ""))?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/** Milliseconds since 1970 of the last change; 0 where the file system does not keep it. */
export function changedAt(info: Deno.FileInfo): number {
  return info.mtime?.getTime() ?? 0;
}

function statOrNothing(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** True for files whose name says that they are compressed in a way that can be read. */
export function isCompressed(path: string): boolean {
  return COMPRESSED.test(path);
}
