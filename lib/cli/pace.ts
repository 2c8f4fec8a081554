import { sleep } from "../base/backoff.ts";

/** Most events that are taken at once: a message of some 100 KiB; the rest of a burst comes right after. */
export const MAX_DUE = 1000;

/** Timers cannot wait longer than 25 days; looking at the clock now and then costs nothing. */
const MAX_SLEEP_MS = 60_000;

/** Says when how many events are due, by a constant rate from the start on. */
export class Pace {
  readonly #rate: number;
  readonly #now: () => number;
  readonly #startMs: number;
  #taken = 0;

  /**
   * Starts: the first event is due at once.
   *
   * @param rate Events per second; `Infinity` is as fast as they can be taken.
   * @param now The time in milliseconds.
   */
  constructor(rate: number, now: () => number) {
    this.#rate = rate;
    this.#now = now;
    this.#startMs = now();
  }

  /**
   * Waits until enough events are due, takes them, and says how many.
   *
   * @param least Wait for that many.
   * @param most Do not take more than that.
   * @throws The signal's reason when it aborts.
   */
  async take(least: number, most: number, signal: AbortSignal): Promise<number> {
    for (;;) {
      signal.throwIfAborted();
      const due = this.#due();
      if (due >= least) {
        const count = Math.min(most, due);
        this.#taken += count;
        return count;
      }
      const dueMs = this.#startMs + (this.#taken + least - 1) * 1000 / this.#rate;
      const waitMs = Math.ceil(dueMs - this.#now());
      await sleep(Math.min(MAX_SLEEP_MS, Math.max(1, waitMs)), signal);
    }
  }

  #due(): number {
    if (this.#rate === Infinity) return Infinity;
    const elapsedSeconds = (this.#now() - this.#startMs) / 1000;
    return Math.floor(elapsedSeconds * this.#rate) + 1 - this.#taken;
  }
}
