import { basename, dirname, extname, join } from "node:path";
import { type FileIdentity, type Fingerprint, HEAD_BYTES, headMatches } from "./file_identity.ts";
import { FileReader } from "./file_reader.ts";

/** Endings of files that hold something else than the lines themselves. */
const NOT_LINES = /\.(gz|xz|zst|bz2|lz4|lzma|zip|br|tmp|lock|pid|idx|swp)$/i;

/** What is known of the files at a path. */
export interface SeenFiles {
  /** The one seen there last. */
  readonly last: FileIdentity;
  /** The one that is there. */
  readonly now: Deno.FileInfo;
  /** The heads of all that was read, at the position where reading was. */
  readonly heads: readonly Fingerprint[];
}

/**
 * Finds the files that had the path between two looks and were renamed away before anybody saw them.
 *
 * They are looked for beside the path, under names that a rotation gives (`app.log.1`,
 * `app-2024-05-01.log`), made after the file seen last and not after the one that is there now. A
 * copy of what was read already is none of them. Where birth times are unknown nothing is found.
 *
 * @example
 * ```ts
 * import { identify } from "./file_identity.ts";
 * import { findRotatedFiles } from "./rotated_files.ts";
 *
 * const path = await Deno.makeTempFile();
 * const now = await Deno.stat(path);
 * const missed = findRotatedFiles(path, { last: identify(now), now, heads: [] });
 * ```
 *
 * @param path The path that is followed.
 * @param seen What is known of the files at the path.
 * @returns Paths, the oldest file first; empty where the directory cannot be read.
 */
export function findRotatedFiles(path: string, seen: SeenFiles): string[] {
  const { last, now } = seen;
  const until = now.birthtime?.getTime();
  if (last.birthtimeMs === null || until === undefined) return [];
  const found: { readonly path: string; readonly birth: number; readonly ino: number }[] = [];
  for (const name of rotatedNames(path)) {
    const candidate = join(dirname(path), name);
    const info = statOrNothing(candidate);
    const birth = info?.birthtime?.getTime();
    if (!info?.isFile || birth === undefined) continue;
    if (birth < last.birthtimeMs || birth > until) continue;
    if (isSame(info, now) || isSame(info, last) || isCopy(candidate, seen.heads)) continue;
    found.push({ path: candidate, birth, ino: info.ino ?? 0 });
  }
  return found.sort((a, b) => a.birth - b.birth).map((file) => file.path);
}

/** Names beside the path that begin as it does and go on with a number or a date. */
function rotatedNames(path: string): string[] {
  const base = basename(path);
  const extension = extname(base);
  const stem = base.slice(0, base.length - extension.length);
  const names: string[] = [];
  try {
    for (const { name, isFile } of Deno.readDirSync(dirname(path))) {
      if (!isFile || name === base || NOT_LINES.test(name)) continue;
      const rest = name.startsWith(base)
        ? name.slice(base.length)
        : name.startsWith(stem) && name.endsWith(extension)
        ? name.slice(stem.length, name.length - extension.length)
        : "";
      if (/^[._-].*\d/.test(rest) || rest === ".old") names.push(name);
    }
  } catch {
    return [];
  }
  return names;
}

function isSame(info: Deno.FileInfo, other: { readonly dev: number; readonly ino: number | null }) {
  return info.dev === other.dev && info.ino === other.ino;
}

function isCopy(path: string, heads: readonly Fingerprint[]): boolean {
  try {
    using reader = FileReader.open(path);
    const head = new Uint8Array(HEAD_BYTES);
    const now = head.subarray(0, reader.readAt(0, head));
    return heads.some((known) => known.length > 0 && headMatches(now, known));
  } catch {
    return true;
  }
}

function statOrNothing(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
