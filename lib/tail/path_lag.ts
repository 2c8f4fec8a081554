import { fileKey } from "./file_identity.ts";
import { addLag, type FileLag, lagOfClosed, NO_LAG } from "./file_lag.ts";
import type { FileQueue } from "./file_queue.ts";
import type { ParkedFile } from "./parked_file.ts";
import { isCompressed } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";

/**
 * How old what is known of the sizes of files may be: while files are read they are looked at more often,
 * and while nobody can take what is read a look at each costs little.
 */
const LAG_LOOK_MS = 3000;

/** What a {@linkcode PathLag} asks. */
export interface PathLagParts {
  /** The path as the user gave it. */
  readonly path: string;
  /** Shared by all that are followed together. */
  readonly context: TailContext;
  /** The file at the path, where that is closed. */
  readonly parked: ParkedFile;
  /** Who claims the files of the path in the register. */
  readonly owner: unknown;
}

/** What is not read of the files of a path: of those that are open, and of one that is not. */
export class PathLag {
  readonly #parts: PathLagParts;
  #lookedAt: number;
  /** What is not read of a file at the path that is not open, where that was looked at. */
  #closed: Omit<FileLag, "path"> | undefined;

  /** @param lookedAt When the path was looked at last, in milliseconds since 1970. */
  constructor(parts: PathLagParts, lookedAt: number) {
    this.#parts = parts;
    this.#lookedAt = lookedAt;
  }

  /** The path is looked at in the course of reading. */
  noticeLook(): void {
    this.#lookedAt = this.#parts.context.scheduler.now();
    this.#closed = undefined;
  }

  /**
   * What is not read now; looks at the files when that was not done for some seconds.
   *
   * @param queue The files that are open, if any.
   * @param isFrozen What comes later does not count.
   */
  now(queue: FileQueue | undefined, isFrozen: boolean): FileLag {
    const { path, parked, context } = this.#parts;
    const now = context.scheduler.now();
    const isStale = now - this.#lookedAt >= LAG_LOOK_MS;
    const lag = queue?.lag(isStale) ?? NO_LAG;
    if (isStale && !isFrozen) {
      this.#lookedAt = now;
      this.#closed = this.#lookAtClosed(queue);
    }
    return { path, ...addLag(lag, this.#closed ?? parked.lag ?? NO_LAG) };
  }

  #lookAtClosed(queue: FileQueue | undefined): Omit<FileLag, "path"> | undefined {
    const { path, parked, owner, context: { register } } = this.#parts;
    try {
      const info = Deno.statSync(path);
      const key = fileKey(info);
      const isOpen = queue?.open.some((open) => open.key === key) || register.isTaken(key, owner);
      if (isOpen || !info.isFile || isCompressed(path)) return undefined;
      return lagOfClosed(info, parked.readTo(key));
    } catch {
      // Whoever looks next tells why there is nothing.
      return undefined;
    }
  }
}
