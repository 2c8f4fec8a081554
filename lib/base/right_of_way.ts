/**
 * Lets threads that have time give way to work that somebody waits for: as long as that is under way,
 * they pause, for a bounded time at each call.
 *
 * Threads share the machine's cores evenly otherwise: with as many busy searches as cores, whoever waits
 * for a save waits several times as long.
 *
 * @example
 * ```ts
 * import { RightOfWay } from "./right_of_way.ts";
 *
 * const way = new RightOfWay();
 * // Posted to another thread, which calls `new RightOfWay(buffer).giveWay(4)` between two steps.
 * const buffer = way.buffer;
 * way.claim(1);
 * way.claim(0);
 * ```
 */
export class RightOfWay {
  /** To be shared with other threads. */
  readonly buffer: SharedArrayBuffer;
  readonly #claims: Int32Array<SharedArrayBuffer>;

  /** @param buffer Of the same in another thread. @default {one of its own} */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#claims = new Int32Array(buffer);
  }

  /** Says how many pieces of urgent work are under way; 0 wakes those that wait. */
  claim(pieces: number): void {
    Atomics.store(this.#claims, 0, pieces);
    if (pieces === 0) Atomics.notify(this.#claims, 0);
  }

  /** Waits until nothing urgent is under way, but no longer than this; blocks the thread. */
  giveWay(maxMs: number): void {
    const end = performance.now() + maxMs;
    for (;;) {
      const pieces = Atomics.load(this.#claims, 0);
      const left = end - performance.now();
      if (pieces === 0 || left <= 0) return;
      Atomics.wait(this.#claims, 0, pieces, left);
    }
  }
}
