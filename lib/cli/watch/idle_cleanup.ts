import { collectGarbage, heapBytes } from "../../base/garbage.ts";

/** Nothing was read for so long: a pause of some ten milliseconds is noticed by nobody then. */
const IDLE_MS = 5000;

/** Memory of a program that has read some files, without garbage. */
const USUAL_HEAP_BYTES = 16 << 20;

/** Less garbage is not worth the pause. */
const LEAST_GARBAGE_BYTES = 16 << 20;

/** What an {@linkcode IdleCleanup} works with. */
export interface IdleCleanupParts {
  /** A figure that grows while something is read. */
  readonly progress: () => number;
  /** @default {that of the process} */
  readonly heapBytes?: () => number;
  /** @default {that of the process} */
  readonly collectGarbage?: () => void;
}

/**
 * Gives back the memory that was needed to open or read thousands of files, as soon as nothing is read
 * any more: V8 by itself keeps it.
 */
export class IdleCleanup implements Disposable {
  readonly #parts: Required<IdleCleanupParts>;
  readonly #timer: ReturnType<typeof setInterval>;
  #seen = NaN;
  #left = USUAL_HEAP_BYTES;

  constructor(parts: IdleCleanupParts) {
    this.#parts = { heapBytes, collectGarbage, ...parts };
    this.#timer = setInterval(() => this.look(), IDLE_MS);
  }

  /** Collects garbage where nothing was read since the last look and it is worth it. */
  look(): void {
    const { progress, heapBytes, collectGarbage } = this.#parts;
    const seen = this.#seen;
    this.#seen = progress();
    if (this.#seen !== seen || heapBytes() - this.#left < LEAST_GARBAGE_BYTES) return;
    collectGarbage();
    this.#left = Math.max(USUAL_HEAP_BYTES, heapBytes());
  }

  /** Looks no more; doing so twice is one. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
