import { expandBraces } from "./braces.ts";
import { GlobSegment } from "./glob_segment.ts";

/** Any number of directories. */
const ANY_DEPTH = "**";

/** Settings of {@linkcode Glob.parse}. */
export interface GlobOptions {
  /** Lets wildcards match a dot at the beginning of a name. @default {false} */
  readonly takesHidden?: boolean;
}

/** Places in a pattern where a path that was followed to some directory may be. */
export type GlobPlaces = readonly number[];

/**
 * A pattern for paths, matched a name at a time while directories are walked.
 *
 * `*` is any characters of one name, `?` one, `[a-z]` one of these, `[!a-z]` one of the others, `**` as
 * a whole name any number of directories; as the last name it is every file below. A name that
 * begins with a dot is matched only by a pattern whose name begins with one.
 *
 * @example
 * ```ts
 * import { Glob } from "./glob.ts";
 * import assert from "node:assert/strict";
 *
 * const [glob] = Glob.parse("/var/log/**" + "/*.log");
 * assert.equal(glob?.root, "/var/log");
 * assert.equal(glob?.matches(["nginx", "access.log"]), true);
 * ```
 */
export class Glob {
  /** The directory under which everything is that matches. */
  readonly root: string;
  /** Where matching begins, in the root. */
  readonly start: GlobPlaces;
  readonly #segments: readonly (GlobSegment | typeof ANY_DEPTH)[];
  readonly #takesHidden: boolean;

  private constructor(
    root: string,
    segments: readonly (GlobSegment | typeof ANY_DEPTH)[],
    takesHidden: boolean,
  ) {
    this.root = root;
    this.#segments = segments;
    this.#takesHidden = takesHidden;
    this.start = this.#spread([0]);
  }

  /**
   * Reads a pattern: more than one where it has alternatives in braces.
   *
   * @param options `takesHidden` lets wildcards match a dot at the beginning of a name.
   * @throws {TypeError} When it is empty, has more than one line, or `..` after a wildcard.
   * @throws {RangeError} When it has too many alternatives.
   */
  static parse(pattern: string, options: GlobOptions = {}): Glob[] {
    if (pattern === "" || pattern.includes("\n")) {
      throw new TypeError(
        `Cannot watch files as a pattern must be a non-empty single line: current value is ${
          JSON.stringify(pattern)
        }`,
      );
    }
    const takesHidden = options.takesHidden ?? false;
    return expandBraces(pattern)
      .map((alternative) => Glob.#parseOne(alternative, pattern, takesHidden));
  }

  /** Matches every file directly in a directory, or everywhere below it, hidden ones as well. */
  static under(directory: string, depth: "direct" | "any"): Glob {
    const every = new GlobSegment("*");
    return new Glob(directory, depth === "any" ? [ANY_DEPTH, every] : [every], true);
  }

  /**
   * Goes into a directory.
   *
   * @returns Empty where nothing below it can match.
   */
  enter(places: GlobPlaces, name: string): GlobPlaces {
    const next: number[] = [];
    for (const place of places) {
      const segment = this.#segments[place];
      if (segment === ANY_DEPTH) {
        if (this.#takesHidden || !name.startsWith(".")) next.push(place);
      } else if (place < this.#segments.length - 1 && this.#isMatch(place, name)) {
        next.push(place + 1);
      }
    }
    return this.#spread(next);
  }

  /** Tells whether a file of this name matches where the places are. */
  accepts(places: GlobPlaces, name: string): boolean {
    const last = this.#segments.length - 1;
    return places.includes(last) && this.#isMatch(last, name);
  }

  /** Tells whether a path matches, given as its names below the root. */
  matches(names: readonly string[]): boolean {
    let places = this.start;
    for (const name of names.slice(0, -1)) places = this.enter(places, name);
    return this.accepts(places, names.at(-1) ?? "");
  }

  static #parseOne(alternative: string, pattern: string, takesHidden: boolean): Glob {
    const { root, names } = splitRoot(alternative);
    if (names.length === 0 || names.includes("..")) {
      throw new TypeError(
        `Cannot watch files as a pattern must end with a name and have '..' only before its wildcards: current value is '${pattern}'`,
      );
    }
    const segments = names.map((name) => name === ANY_DEPTH ? ANY_DEPTH : new GlobSegment(name));
    const isOpen = segments.at(-1) === ANY_DEPTH;
    return new Glob(root, isOpen ? [...segments, new GlobSegment("*")] : segments, takesHidden);
  }

  #isMatch(place: number, name: string): boolean {
    const segment = this.#segments[place];
    return segment instanceof GlobSegment && segment.matches(name, this.#takesHidden);
  }

  /** Any number of directories may be none. */
  #spread(places: readonly number[]): GlobPlaces {
    const all = new Set<number>();
    for (const place of places) {
      let at = place;
      for (; this.#segments[at] === ANY_DEPTH; at++) all.add(at);
      all.add(at);
    }
    return [...all];
  }
}

/** Divides a pattern into the directory it names and what comes from the first wildcard on. */
function splitRoot(pattern: string): { readonly root: string; readonly names: readonly string[] } {
  const names = pattern.split("/").filter((name) => name !== "" && name !== ".");
  let fixed = 0;
  while (fixed < names.length - 1 && isFixed(names[fixed] as string)) fixed++;
  const root = names.slice(0, fixed).map((name) => new GlobSegment(name).literal).join("/");
  return { root: pattern.startsWith("/") ? `/${root}` : root || ".", names: names.slice(fixed) };
}

function isFixed(name: string): boolean {
  return name !== ANY_DEPTH && new GlobSegment(name).literal !== undefined;
}
