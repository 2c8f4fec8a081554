/** Steps of a millisecond that are told apart. */
const STEPS_PER_MS = 20;

/** Longer ones count as this long. */
const MAX_MS = 10_000;

/** Figures of one measurement. */
export interface LatencyFigures {
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Times that a subscriber was told that it missed events. */
  readonly gaps: number;
}

/** Counts of latencies, in steps: millions of them take no memory. */
export class Latencies {
  readonly #counts = new Uint32Array(MAX_MS * STEPS_PER_MS + 1);
  #count = 0;
  #max = 0;
  gaps = 0;

  /** Adds one, in milliseconds. */
  add(ms: number): void {
    const step = Math.min(Math.max(0, Math.round(ms * STEPS_PER_MS)), MAX_MS * STEPS_PER_MS);
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#count++;
    if (ms > this.#max) this.#max = ms;
  }

  figures(): LatencyFigures {
    const { gaps } = this;
    return {
      count: this.#count,
      p50: this.#quantile(0.5),
      p99: this.#quantile(0.99),
      max: this.#max,
      gaps,
    };
  }

  #quantile(part: number): number {
    let left = this.#count * part;
    for (const [step, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return step / STEPS_PER_MS;
    }
    return NaN;
  }
}
