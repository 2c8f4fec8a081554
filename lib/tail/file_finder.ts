import { dirname, normalize, resolve } from "node:path";
import { isCompressed } from "./rotation_names.ts";
import { DirectoryListings } from "./directory_listings.ts";
import { Excludes } from "./excludes.ts";
import { Glob, type GlobPlaces } from "./glob.ts";
import type { ListedDirectory } from "./listed_directory.ts";
import { type Scheduler, SYSTEM_SCHEDULER } from "./scheduler.ts";
import type { TailObserver } from "./tail_notice.ts";

/**
 * Hints are wanted for so many directories: each takes a watch of the system, of which a user has as
 * few as 8,192 for all programs.
 */
export const MAX_HINTED_DIRECTORIES = 1024;

/** After a long walk the next one waits so many times as long: walks take one part in twenty of the time. */
const REST_FACTOR = 19;

/** A walk over so many files takes some ten milliseconds; over fewer it is always done at once. */
const LONG_WALK_FILES = 5000;

/** What to look for, and how. */
export interface FileFinderOptions {
  /** Every regular file directly in these. @default {[]} */
  readonly directories?: readonly string[];
  /** Every regular file in these and in the directories below them. @default {[]} */
  readonly recursive?: readonly string[];
  /** Files and links to files whose paths match; see {@linkcode Glob}. @default {[]} */
  readonly globs?: readonly string[];
  /** What is left out; see {@linkcode Excludes}. @default {[]} */
  readonly excludes?: readonly string[];
  /** Is told of what cannot be read, once for each cause. @default {nobody} */
  readonly observer?: TailObserver;
  /** Its clock. @default {SYSTEM_SCHEDULER} */
  readonly scheduler?: Pick<Scheduler, "now">;
}

/** A file that is to be followed. */
export interface FoundFile {
  /** Begins as its source does: absolute only where that is. */
  readonly path: string;
  /** The directory or pattern it was found by, as the user gave it: the first one that finds it. */
  readonly sourceKey: string;
  /** True for what is compressed, by its name: an earlier part of some other file. */
  readonly isCompressed: boolean;
}

interface Source {
  readonly key: string;
  readonly glob: Glob;
  readonly takesLinks: boolean;
}

/** A directory to be walked. */
interface Place {
  readonly path: string;
  readonly places: GlobPlaces;
  /** The directories it lies in, from the root on: a loop leads to one of them. */
  readonly above: readonly string[];
}

/** What one walk over all sources collects. */
interface Walk {
  readonly files: Map<string, FoundFile>;
  readonly directories: Set<string>;
  readonly now: number;
}

/**
 * Finds the files that are to be followed, again and again, at little cost while nothing changes.
 *
 * Directories are read again when their time of change is another. Symbolic links to directories are
 * not gone into: what they lead to has a place of its own, and it might be above.
 *
 * @example
 * ```ts
 * import { FileFinder } from "./file_finder.ts";
 *
 * const finder = new FileFinder({ globs: ["/var/log/**" + "/*.log"], excludes: ["*.tmp"] });
 * for (const { path } of finder.list()) console.log(path);
 * ```
 */
export class FileFinder {
  readonly #sources: readonly Source[];
  readonly #excludes: Excludes;
  readonly #listings: DirectoryListings;
  readonly #scheduler: Pick<Scheduler, "now">;
  #found: readonly FoundFile[] = [];
  #directories: readonly string[] = [];
  /** From when to when there is no walk. */
  #rest: readonly [number, number] = [0, 0];
  #isStale = true;

  /**
   * Does not look yet.
   *
   * @throws {TypeError} When a directory or pattern is none.
   * @throws {RangeError} When a pattern has too many alternatives.
   */
  constructor(options: FileFinderOptions) {
    const { directories = [], recursive = [], globs = [] } = options;
    this.#sources = [
      ...directories.map((key) => ({ key, glob: Glob.under(key, "direct"), takesLinks: false })),
      ...recursive.map((key) => ({ key, glob: Glob.under(key, "any"), takesLinks: false })),
      ...globs.flatMap((key) => Glob.parse(key).map((glob) => ({ key, glob, takesLinks: true }))),
    ];
    this.#excludes = new Excludes(options.excludes ?? []);
    this.#listings = new DirectoryListings(options.observer ?? (() => {}));
    this.#scheduler = options.scheduler ?? SYSTEM_SCHEDULER;
  }

  /**
   * The files, in the order of their paths: the same array as before when nothing changed.
   *
   * Of a large tree only a part of the directories is looked at each time, those that changed lately
   * and those hinted at first; after some calls all of them were.
   *
   * @param extent `"all"` looks at every directory now.
   */
  list(extent: "some" | "all" = "some"): readonly FoundFile[] {
    const now = this.#scheduler.now();
    const [restFrom, restUntil] = this.#rest;
    if (extent === "some" && now >= restFrom && now < restUntil) return this.#found;
    const begin = performance.now();
    if (this.#listings.look(now, extent)) this.#isStale = true;
    if (!this.#isStale) return this.#found;
    this.#walk(now);
    const isLong = this.#found.length >= LONG_WALK_FILES;
    this.#rest = [now, now + (isLong ? REST_FACTOR * (performance.now() - begin) : 0)];
    return this.#found;
  }

  /** Something happened at these paths, in the words of the system: their directories are looked at next. */
  hint(paths: Iterable<string>): void {
    for (const path of paths) {
      this.#listings.hint(path);
      this.#listings.hint(dirname(path));
    }
  }

  /** Where hints are wanted, absolute, those nearest to the sources' roots first. */
  directories(): readonly string[] {
    return this.#directories;
  }

  #walk(now: number): void {
    const walk: Walk = { files: new Map(), directories: new Set(), now };
    for (const source of this.#sources) {
      this.#walkSource(source, walk);
    }
    this.#listings.keepOnly(walk.directories);
    this.#found = [...walk.files.values()].sort((a, b) => compare(a.path, b.path));
    this.#directories = [...walk.directories].slice(0, MAX_HINTED_DIRECTORIES);
    this.#isStale = false;
  }

  /** Goes through the tree level by level. */
  #walkSource(source: Source, walk: Walk): void {
    const { root, start } = source.glob;
    let level: Place[] = [{ path: normalize(root), places: start, above: [] }];
    while (level.length > 0) level = level.flatMap((place) => this.#walkOne(place, source, walk));
  }

  /** Takes the files of a directory and returns the directories in it that are to be walked. */
  #walkOne({ path, places, above }: Place, source: Source, walk: Walk): Place[] {
    const directory = this.#listings.get(path, walk.now, above.length === 0);
    if (above.includes(directory.key)) return [];
    walk.directories.add(resolve(path));
    this.#takeFiles(path, directory, places, source, walk);
    const below: Place[] = [];
    for (const name of directory.directories) {
      const entered = source.glob.enter(places, name);
      const deeper = inside(path, name);
      if (entered.length === 0 || this.#excludes.matches(deeper, name)) continue;
      below.push({ path: deeper, places: entered, above: [...above, directory.key] });
    }
    return below;
  }

  #takeFiles(
    path: string,
    { files, links }: ListedDirectory,
    places: GlobPlaces,
    { glob, key, takesLinks }: Source,
    walk: Walk,
  ): void {
    const directory = resolve(path);
    for (const name of takesLinks ? [...files, ...links] : files) {
      if (!glob.accepts(places, name)) continue;
      const found = inside(path, name);
      const whole = inside(directory, name);
      if (walk.files.has(whole) || this.#excludes.matches(found, name)) continue;
      walk.files.set(whole, { path: found, sourceKey: key, isCompressed: isCompressed(name) });
    }
  }
}

/** Much faster than `join`, of a path that is normal already. */
function inside(directory: string, name: string): string {
  if (directory === ".") return name;
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
