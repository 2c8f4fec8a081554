import { type TailObserver, toError } from "./tail_notice.ts";

/** What was found at a path. */
export type PathKind = "file" | "missing" | "unreadable";

/**
 * Looks at a path and reports when what is there changes: each state once, not at every look.
 *
 * @example
 * ```ts
 * import { PathStatus } from "./path_status.ts";
 *
 * const status = new PathStatus("/var/log/app.log", (notice) => console.log(notice.kind));
 * const info = status.look();
 * ```
 */
export class PathStatus {
  readonly #path: string;
  readonly #observer: TailObserver;
  #kind: PathKind = "file";
  #reported = "";

  /** Does not look yet. */
  constructor(path: string, observer: TailObserver) {
    this.#path = path;
    this.#observer = observer;
  }

  /** What the last look found. */
  get kind(): PathKind {
    return this.#kind;
  }

  /** Follows symbolic links; the status is that of a regular file or there is none. */
  look(): Deno.FileInfo | undefined {
    try {
      const info = Deno.statSync(this.#path);
      if (info.isFile) {
        this.#kind = "file";
        return info;
      }
      this.report(
        new TypeError(
          `Cannot follow '${this.#path}' as it must be a regular file: it is another kind`,
        ),
      );
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
        this.#noticeMissing();
      } else {
        this.report(toError(error));
      }
    }
    return undefined;
  }

  /** Reports that the path cannot be read, once for each cause. */
  report(error: Error): void {
    this.#kind = "unreadable";
    if (this.#reported === error.message) return;
    this.#reported = error.message;
    this.#observer({ kind: "unreadable", path: this.#path, error });
  }

  /** What is there can be read: the next failure is news again. */
  clear(): void {
    this.#reported = "";
  }

  #noticeMissing(): void {
    if (this.#kind !== "missing") this.#observer({ kind: "missing", path: this.#path });
    this.#kind = "missing";
    this.#reported = "";
  }
}

/** Whether a path is that of a symbolic link. */
export function isLink(path: string): boolean {
  try {
    return Deno.lstatSync(path).isSymlink;
  } catch {
    return false;
  }
}
