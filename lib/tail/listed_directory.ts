import { join } from "node:path";
import { type TailObserver, toError } from "./tail_notice.ts";

/** Clocks of file systems tick this seldom at worst (FAT): a change within the same tick leaves no trace. */
const COARSEST_CLOCK_MS = 2000;

/** A listing is read again after this time, for file systems that do not keep the time of changes. */
const MAX_AGE_MS = 60_000;

const NOTHING: readonly string[] = [];

/** Settings of a {@linkcode ListedDirectory}. */
export interface ListedDirectoryOptions {
  /** Is told why the directory cannot be read, and of files that cannot be followed. */
  readonly observer: TailObserver;
  /** Whether it is worth a notice that the directory is missing. */
  readonly isRoot: boolean;
}

/**
 * What is directly in a directory, read again only when the directory has changed.
 *
 * Symbolic links to directories, sockets and pipes are left out, and names that no event can have as
 * its source.
 *
 * @example
 * ```ts
 * import { ListedDirectory } from "./listed_directory.ts";
 *
 * const directory = new ListedDirectory("/var/log", { observer: () => {}, isRoot: true });
 * if (directory.look(Date.now())) console.log(directory.files.length);
 * ```
 */
export class ListedDirectory {
  /** As it was given. */
  readonly path: string;
  readonly #options: ListedDirectoryOptions;
  #files = NOTHING;
  #links = NOTHING;
  #directories = NOTHING;
  /** Links that lead nowhere, or to something else than a file: that may change unseen. */
  #otherLinks = NOTHING;
  #key = "";
  #mtime = NaN;
  #readAt = -Infinity;
  #changedAt = -Infinity;
  #reported = "";
  #reportedNames: ReadonlySet<string> = new Set();

  /** Does not look yet. */
  constructor(path: string, options: ListedDirectoryOptions) {
    this.path = path;
    this.#options = options;
  }

  /** Names of the regular files, in no order. */
  get files(): readonly string[] {
    return this.#files;
  }

  /** Names of the symbolic links to regular files. */
  get links(): readonly string[] {
    return this.#links;
  }

  /** Names of the directories, links to directories not among them. */
  get directories(): readonly string[] {
    return this.#directories;
  }

  /** Tells directories apart, whatever their names; empty where there is none. */
  get key(): string {
    return this.#key;
  }

  /** When a look last found something else than the one before. */
  get changedAt(): number {
    return this.#changedAt;
  }

  /**
   * Looks whether there is a change.
   *
   * A directory that cannot be read is empty; why is reported once for each cause.
   *
   * @param now Milliseconds since 1970.
   * @returns True when something is or may be different.
   */
  look(now: number): boolean {
    try {
      const info = Deno.statSync(this.path);
      const mtime = info.mtime?.getTime() ?? NaN;
      const key = `${info.dev}:${info.ino}`;
      if (key === this.#key && mtime === this.#mtime && this.#isUpToDate(now)) return false;
      const before = this.#content();
      this.#key = key;
      this.#mtime = mtime;
      this.#readAt = now;
      this.#read();
      this.#reported = "";
      return this.#noteChange(before, now);
    } catch (thrown) {
      return this.#fail(toError(thrown), now);
    }
  }

  /** Given that the directory does not say otherwise. */
  #isUpToDate(now: number): boolean {
    return this.#readAt - this.#mtime > COARSEST_CLOCK_MS &&
      Math.abs(now - this.#readAt) < MAX_AGE_MS &&
      !this.#otherLinks.some((name) => this.#isFile(name));
  }

  #noteChange(before: readonly (readonly string[])[], now: number): boolean {
    const after = this.#content();
    const isSame = before.every((names, index) => isEqual(names, after[index] ?? NOTHING));
    if (!isSame) this.#changedAt = now;
    return !isSame;
  }

  #content(): readonly (readonly string[])[] {
    return [this.#files, this.#links, this.#directories];
  }

  #read(): void {
    const files: string[] = [];
    const directories: string[] = [];
    const links: string[] = [];
    const unusable = new Set<string>();
    for (const { name, isFile, isDirectory, isSymlink } of Deno.readDirSync(this.path)) {
      if (!isFile && !isDirectory && !isSymlink) continue;
      if (!this.#isUsable(name)) unusable.add(name);
      else if (isFile) files.push(name);
      else if (isDirectory) directories.push(name);
      else links.push(name);
    }
    this.#files = files;
    this.#directories = directories;
    this.#links = links.filter((name) => this.#isFile(name));
    this.#otherLinks = links.filter((name) => !this.#links.includes(name));
    for (const name of unusable) if (!this.#reportedNames.has(name)) this.#reportName(name);
    this.#reportedNames = unusable;
  }

  /** The runtime puts U+FFFD for bytes that are no UTF-8; under such a name nothing can be opened. */
  #isUsable(name: string): boolean {
    if (name.includes("\n")) return false;
    if (!name.includes("\ufffd")) return true;
    try {
      Deno.lstatSync(join(this.path, name));
      return true;
    } catch {
      return false;
    }
  }

  #isFile(name: string): boolean {
    try {
      return Deno.statSync(join(this.path, name)).isFile;
    } catch {
      return false;
    }
  }

  #reportName(name: string): void {
    const path = join(this.path, name);
    const shown = JSON.stringify(path);
    const error = new TypeError(
      `Cannot follow ${shown} as its name must be a single line in UTF-8: rename it`,
    );
    this.#options.observer({ kind: "unreadable", path, error });
  }

  #fail(error: Error, now: number): boolean {
    const before = this.#content();
    this.#files = NOTHING;
    this.#links = NOTHING;
    this.#otherLinks = NOTHING;
    this.#directories = NOTHING;
    this.#key = "";
    this.#mtime = NaN;
    const isGone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (this.#reported !== error.message && (this.#options.isRoot || !isGone)) {
      this.#reported = error.message;
      this.#options.observer({ kind: "unreadable", path: this.path, error });
    }
    return this.#noteChange(before, now);
  }
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
