/**
 * Lets so many run at once, the others in the order in which they came.
 *
 * @example
 * ```ts
 * import { Turns } from "./turns.ts";
 *
 * const turns = new Turns(1);
 * {
 *   using _turn = await turns.take();
 *   // Nobody else runs here.
 * }
 * ```
 */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param most How many run at once. */
  constructor(most: number) {
    this.#free = most;
  }

  /**
   * Waits for a turn.
   *
   * @returns Ends the turn when it is disposed.
   * @throws The signal's reason, when it aborts before.
   */
  async take(signal?: AbortSignal): Promise<Disposable> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (isOver) return;
        isOver = true;
        this.#handOn();
      },
    };
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const onAbort = () => {
      if (this.#waiting.delete(resolve)) reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #handOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
    } else {
      this.#waiting.delete(next);
      next();
    }
  }
}
