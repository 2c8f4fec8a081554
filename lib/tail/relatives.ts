import { dirname, join } from "node:path";
import { changedAt, familyOf, isCompressed, stemOf, withoutCompression } from "./rotation_names.ts";

/** Endings of files that hold something else than lines, and cannot be read. */
const NOT_LINES = /\.(xz|bz2|lz4|lzma|zip|br|tmp|lock|pid|idx|swp)$/i;

/** File systems keep times of change to two seconds at worst: what changed later than that may change again unseen. */
const SETTLED_MS = 2000;

/** A file whose name says that it is of the same family as another. */
export interface Relative {
  readonly path: string;
  readonly info: Deno.FileInfo;
  readonly isCompressed: boolean;
}

/** A directory with more files is a large one: each reading of it takes milliseconds. */
const LARGE_DIRECTORY = 1000;

/**
 * A large directory that changes all the time is read again after so many times as long as reading it
 * took: thousands of its files may be asked for at once.
 */
const REUSE_FACTOR = 10;

/** The names in a directory by family, as long as it has not changed. */
interface Listing {
  readonly directory: string;
  readonly changedAt: number;
  /** Whether it will show when the directory changes. */
  readonly isSettled: boolean;
  /** By `performance.now()`. */
  readonly reuseUntil: number;
  readonly names: readonly string[];
  readonly families: ReadonlyMap<string, readonly string[]>;
}

/** Finds the files that rotations leave. */
export class Relatives {
  /** Of the directory that was read last: thousands of files in one are asked for one after another. */
  #last: Listing | undefined;

  /**
   * The files that a rotation of a path may have left, beside it and, where it is a symbolic link, beside
   * what it leads to: those written last come last. What is compressed is none as long as what it is made
   * of is there as well: it may not be whole.
   *
   * Empty where the directory cannot be read.
   */
  find(path: string): readonly Relative[] {
    const found = new Map<string, Relative>();
    for (const member of [path, realPath(path)]) {
      if (member === undefined) continue;
      for (const relative of this.#beside(member)) found.set(relative.path, relative);
    }
    return [...found.values()].filter(({ path, isCompressed }) =>
      !isCompressed || !found.has(withoutCompression(path))
    ).sort(compareAge);
  }

  /**
   * The files in a directory, whatever they are called, where these are not so many that looking at all
   * of them would take long.
   */
  neighbours(directory: string): readonly string[] {
    const { names } = this.#list(directory);
    return names.length > LARGE_DIRECTORY ? [] : names.map((name) => join(directory, name));
  }

  #beside(path: string): Relative[] {
    const directory = dirname(path);
    const stem = stemOf(path);
    const names = this.#list(directory).families.get(familyOf(path)) ?? [];
    const related = names.filter((name) => name.startsWith(stem) && !isWord(name.at(stem.length)));
    return related.flatMap((name) => {
      const candidate = join(directory, name);
      const info = statOrNothing(candidate);
      if (!info?.isFile) return [];
      return [{ path: candidate, info, isCompressed: isCompressed(name) }];
    });
  }

  #list(directory: string): Listing {
    const info = statOrNothing(directory);
    const changed = info === undefined ? NaN : changedAt(info);
    const last = this.#last;
    if (last?.directory === directory) {
      if (last.isSettled && last.changedAt === changed) return last;
      if (performance.now() < last.reuseUntil) return last;
    }
    return this.#last = readListing(directory, changed);
  }
}

function readListing(directory: string, changed: number): Listing {
  const begin = performance.now();
  const names = fileNames(directory);
  const families = groupByFamily(directory, names);
  const end = performance.now();
  const reuseMs = names.length > LARGE_DIRECTORY ? REUSE_FACTOR * (end - begin) : 0;
  const isSettled = Date.now() - changed > SETTLED_MS;
  return { directory, changedAt: changed, isSettled, reuseUntil: end + reuseMs, names, families };
}

/** What follows a stem is a separator, if anything does. */
function isWord(character: string | undefined): boolean {
  return character !== undefined && !"._-".includes(character);
}

function groupByFamily(directory: string, names: readonly string[]): Map<string, string[]> {
  const families = new Map<string, string[]>();
  for (const name of names) {
    if (NOT_LINES.test(name)) continue;
    const family = familyOf(join(directory, name));
    const members = families.get(family);
    if (members === undefined) families.set(family, [name]);
    else members.push(name);
  }
  return families;
}

function fileNames(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ isFile }) => isFile).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Where a link at the path, or on the way to it, leads to; nothing where there is none. */
export function realPath(path: string): string | undefined {
  try {
    const real = Deno.realPathSync(path);
    return real === path ? undefined : real;
  } catch {
    return undefined;
  }
}

/** By the time of the last write; where that is the same, `log.2` is older than `log.1`. */
export function compareAge(a: Relative, b: Relative): number {
  return changedAt(a.info) - changedAt(b.info) || numberOf(b.path) - numberOf(a.path) ||
    (a.path < b.path ? -1 : 1);
}

function numberOf(path: string): number {
  const digits = /\.(\d{1,9})$/.exec(withoutCompression(path))?.[1];
  return digits === undefined ? 0 : Number(digits);
}

function statOrNothing(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
