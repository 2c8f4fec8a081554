import { resolve } from "node:path";
import { ListedDirectory } from "./listed_directory.ts";
import type { TailObserver } from "./tail_notice.ts";

/** Directories looked at in one go besides those that changed lately: half a millisecond of work. */
export const LOOKS_PER_PASS = 128;

/** A directory that changed is looked at each time for so long: where one file appeared, others will. */
const LATELY_MS = 60_000;

/**
 * The listings of all directories of a tree, each looked at in its turn.
 *
 * @example
 * ```ts
 * import { DirectoryListings } from "./directory_listings.ts";
 *
 * const listings = new DirectoryListings(() => {});
 * const { files } = listings.get("/var/log", Date.now(), true);
 * const isDifferent = listings.look(Date.now(), "some");
 * ```
 */
export class DirectoryListings {
  readonly #observer: TailObserver;
  readonly #listings = new Map<string, ListedDirectory>();
  #hinted = new Set<string>();
  /** Those that wait for their turn in this round. */
  #round: string[] = [];

  /** Knows no directory yet. */
  constructor(observer: TailObserver) {
    this.#observer = observer;
  }

  /**
   * The listing of a directory, which is read when it is new.
   *
   * @param isRoot The user named it: that it is missing is worth a notice.
   */
  get(path: string, now: number, isRoot: boolean): ListedDirectory {
    const key = resolve(path);
    const known = this.#listings.get(key);
    if (known) return known;
    const listing = new ListedDirectory(path, { observer: this.#observer, isRoot });
    this.#listings.set(key, listing);
    listing.look(now);
    return listing;
  }

  /** Forgets all but some, given by their absolute paths. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.#listings.keys()) if (!keys.has(key)) this.#listings.delete(key);
  }

  /** Something happened at a path: it is looked at next, where it is one of the directories. */
  hint(path: string): void {
    if (this.#listings.has(path)) this.#hinted.add(path);
  }

  /**
   * Looks at all directories, or at those that are likely to have changed and some of the others.
   *
   * @returns True when something is or may be different.
   */
  look(now: number, extent: "some" | "all"): boolean {
    let isDifferent = false;
    for (const key of this.#choose(now, extent)) {
      if (this.#listings.get(key)?.look(now)) isDifferent = true;
    }
    this.#hinted = new Set();
    return isDifferent;
  }

  #choose(now: number, extent: "some" | "all"): Iterable<string> {
    if (extent === "all" || this.#listings.size <= LOOKS_PER_PASS) {
      return [...this.#listings.keys()];
    }
    if (this.#round.length === 0) this.#round = [...this.#listings.keys()].reverse();
    const chosen = new Set(this.#hinted);
    for (const key of this.#round.splice(-LOOKS_PER_PASS)) chosen.add(key);
    for (const [key, { changedAt }] of this.#listings) {
      if (chosen.size >= 3 * LOOKS_PER_PASS) break;
      if (Math.abs(now - changedAt) < LATELY_MS) chosen.add(key);
    }
    return chosen;
  }
}
