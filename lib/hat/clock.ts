/** Time as connections see it; tests give one that they move by hand. */
export interface Clock {
  /** Milliseconds, from any moment on. */
  now(): number;
  /** Calls back once after some milliseconds, unless it is disposed of before. */
  after(ms: number, callback: () => void): Disposable;
}

/**
 * The machine's clock.
 *
 * @example
 * ```ts
 * import { SYSTEM_CLOCK } from "./clock.ts";
 *
 * using _timer = SYSTEM_CLOCK.after(1000, () => {});
 * ```
 */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
