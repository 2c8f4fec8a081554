/** Options of {@linkcode Backoff}. */
export interface BackoffOptions {
  /** Upper bound of the first delay. @default {100} */
  readonly minDelayMs?: number;
  /** Upper bound of every delay. @default {10_000} */
  readonly maxDelayMs?: number;
  /** A number from 0 up to, not including, 1. @default {Math.random} */
  readonly random?: () => number;
  /** Waits; must reject with the signal's reason when that aborts. @default {sleep} */
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Soon enough that a restarted peer is hardly missed. */
const DEFAULT_MIN_DELAY_MS = 100;

/** Long enough that a peer that stays away costs nothing, short enough to notice its return. */
const DEFAULT_MAX_DELAY_MS = 10_000;

/**
 * How long to wait before the next attempt: exponential with full jitter, that is any time between
 * zero and a bound that doubles with each attempt, so that many clients do not return at once.
 *
 * @example
 * ```ts
 * import { Backoff } from "./backoff.ts";
 * import assert from "node:assert/strict";
 *
 * const backoff = new Backoff({ minDelayMs: 100, maxDelayMs: 300, random: () => 0.5 });
 * assert.deepEqual([backoff.next(), backoff.next(), backoff.next()], [50, 100, 150]);
 * backoff.reset();
 * assert.equal(backoff.next(), 50);
 * ```
 */
export class Backoff {
  readonly #minDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #random: () => number;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  #attempts = 0;

  /**
   * Starts with the first delay.
   *
   * @throws {RangeError} When a bound is not positive, or the bounds are in the wrong order.
   */
  constructor(options: BackoffOptions = {}) {
    this.#minDelayMs = options.minDelayMs ?? DEFAULT_MIN_DELAY_MS;
    this.#maxDelayMs = options.maxDelayMs ?? Math.max(DEFAULT_MAX_DELAY_MS, this.#minDelayMs);
    this.#random = options.random ?? Math.random;
    this.#sleep = options.sleep ?? sleep;
    if (!(this.#minDelayMs > 0)) {
      throw new RangeError(
        `Cannot make backoff as 'minDelayMs' must be positive: current value is ${this.#minDelayMs}`,
      );
    }
    if (!(this.#maxDelayMs >= this.#minDelayMs)) {
      throw new RangeError(
        `Cannot make backoff as 'maxDelayMs' must be at least 'minDelayMs' (${this.#minDelayMs}): ` +
          `current value is ${this.#maxDelayMs}`,
      );
    }
  }

  /** The delay in milliseconds before the next attempt; each call counts as one. */
  next(): number {
    const bound = Math.min(this.#maxDelayMs, this.#minDelayMs * 2 ** this.#attempts);
    this.#attempts++;
    return this.#random() * bound;
  }

  /** Starts over: the last attempt succeeded. */
  reset(): void {
    this.#attempts = 0;
  }

  /**
   * Waits that long.
   *
   * @throws The signal's reason when it aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#sleep(ms, signal);
  }
}

/**
 * Resolves after some time.
 *
 * @param ms Milliseconds.
 * @param signal Ends the wait at once.
 * @throws The signal's reason when it aborts.
 */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    function abort(): void {
      clearTimeout(timer);
      reject(signal?.reason);
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
