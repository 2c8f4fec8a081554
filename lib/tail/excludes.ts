import { resolve } from "node:path";
import { Glob } from "./glob.ts";

/**
 * Patterns for what is left out: one without a slash is matched against names, one with a slash
 * against whole paths. A directory that matches is left out with all that is in it.
 *
 * @example
 * ```ts
 * import { Excludes } from "./excludes.ts";
 * import assert from "node:assert/strict";
 *
 * const excludes = new Excludes(["*.tmp", "/var/log/journal"]);
 * assert.ok(excludes.matches("/var/log/app.tmp", "app.tmp"));
 * assert.ok(excludes.matches("/var/log/journal", "journal"));
 * ```
 */
export class Excludes {
  readonly #names: readonly Glob[];
  readonly #paths: readonly { readonly prefix: string; readonly glob: Glob }[];

  /**
   * Parses the patterns, in the syntax of {@linkcode Glob}; wildcards match hidden names as well.
   *
   * @throws {TypeError} When one is none.
   * @throws {RangeError} When one has too many alternatives.
   */
  constructor(patterns: readonly string[]) {
    const options = { takesHidden: true };
    this.#names = patterns.filter((pattern) => !pattern.includes("/"))
      .flatMap((pattern) => Glob.parse(pattern, options));
    this.#paths = patterns.filter((pattern) => pattern.includes("/"))
      .flatMap((pattern) => Glob.parse(pattern, options))
      .map((glob) => ({ prefix: withSlash(resolve(glob.root)), glob }));
  }

  /** Tells whether a file or directory is left out. */
  matches(path: string, name: string): boolean {
    if (this.#names.some((glob) => glob.accepts(glob.start, name))) return true;
    if (this.#paths.length === 0) return false;
    const whole = resolve(path);
    return this.#paths.some(({ prefix, glob }) =>
      whole.startsWith(prefix) && glob.matches(whole.slice(prefix.length).split("/"))
    );
  }
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
