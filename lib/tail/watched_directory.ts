import { join } from "node:path";
import { type TailObserver, toError } from "./tail_notice.ts";

/**
 * Lists the regular files directly in a directory. Symbolic links are left out: what they lead to has
 * a place of its own.
 *
 * @example
 * ```ts
 * import { WatchedDirectory } from "./watched_directory.ts";
 *
 * const directory = new WatchedDirectory("/var/log", () => {});
 * const files = directory.list();
 * ```
 */
export class WatchedDirectory {
  /** As the user gave it. */
  readonly path: string;
  readonly #observer: TailObserver;
  #reported = "";

  /** Does not look yet. */
  constructor(path: string, observer: TailObserver) {
    this.path = path;
    this.#observer = observer;
  }

  /**
   * Paths of the files, in the order of their names; none while the directory cannot be read, which
   * is reported once for each cause.
   */
  list(): string[] {
    try {
      const paths: string[] = [];
      for (const { name, isFile } of Deno.readDirSync(this.path)) {
        if (isFile) paths.push(join(this.path, name));
      }
      this.#reported = "";
      return paths.sort();
    } catch (thrown) {
      const error = toError(thrown);
      if (this.#reported !== error.message) {
        this.#reported = error.message;
        this.#observer({ kind: "unreadable", path: this.path, error });
      }
      return [];
    }
  }
}
