/** Time as the watcher sees it; tests give one that they move by hand. */
export interface Scheduler {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds, or as soon as the signal is aborted; it must never reject.
   *
   * `sleep(0)` lets other work of the program run and must not cost a timer's least delay.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * The machine's clock and timers.
 *
 * @example
 * ```ts
 * import { SYSTEM_SCHEDULER } from "./scheduler.ts";
 *
 * await SYSTEM_SCHEDULER.sleep(10, AbortSignal.timeout(5));
 * ```
 */
export const SYSTEM_SCHEDULER: Scheduler = {
  now: () => Date.now(),
  sleep: (ms, signal) => ms <= 0 ? nextTurn() : sleepFor(ms, signal),
};

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener("abort", wake);
  });
}
