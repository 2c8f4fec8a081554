/** Seconds that a rate is taken over: steady, and soon right. */
const SECONDS = 4;

/** How many events arrive in a second. */
export class RateMeter {
  readonly #counts = new Map<number, number>();

  /** Adds events. @param nowMs Milliseconds since 1970. */
  add(count: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + count);
    for (const old of this.#counts.keys()) if (old < second - SECONDS) this.#counts.delete(old);
  }

  /** Events in a second, over the last ones that are complete. */
  rate(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    let sum = 0;
    for (let back = 1; back <= SECONDS; back++) sum += this.#counts.get(second - back) ?? 0;
    return sum / SECONDS;
  }
}
