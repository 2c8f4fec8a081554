import { Cells, type MetricInfo } from "./counter.ts";
import type { HistogramSample, Metric } from "./metrics_text.ts";

/** Bounds for how long things take, in seconds: from what a disk needs to what a person waits. */
const SECONDS_BOUNDS: readonly number[] = [
  0.001,
  0.0025,
  0.005,
  0.01,
  0.025,
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
];

interface Spread {
  /** How many values are in each bucket, not cumulated; the last is above all bounds. */
  readonly counts: number[];
  sum: number;
}

/** A metric of how values are spread, one for each combination of labels. */
export class Histogram {
  readonly #info: MetricInfo;
  readonly #bounds: readonly number[];
  readonly #cells: Cells<Spread>;

  /**
   * Nothing was observed yet.
   *
   * @param bounds Upper bounds of the buckets in rising order, without infinity.
   */
  constructor(info: MetricInfo, bounds: readonly number[] = SECONDS_BOUNDS) {
    this.#info = info;
    this.#bounds = bounds;
    this.#cells = new Cells(() => ({ counts: [0, ...bounds.map(() => 0)], sum: 0 }));
    if (info.labels === undefined) this.#cells.of([]);
  }

  /** Adds a value for these values of the labels, in their order. */
  observe(value: number, ...values: readonly string[]): void {
    const spread = this.#cells.of(values);
    const found = this.#bounds.findIndex((bound) => value <= bound);
    const index = found < 0 ? this.#bounds.length : found;
    spread.counts[index] = (spread.counts[index] ?? 0) + 1;
    spread.sum += value;
  }

  /** What was observed. */
  metric(): Metric {
    const { name, help, labels = [] } = this.#info;
    const samples = this.#cells.entries(labels).map(([labels, spread]) => ({
      labels,
      ...this.#sample(spread),
    }));
    return { name, type: "histogram", help, samples };
  }

  #sample({ counts, sum }: Spread): HistogramSample {
    let count = 0;
    const buckets = this.#bounds.map((bound, i) => [bound, count += counts[i] ?? 0] as const);
    return { buckets, sum, count: count + (counts.at(-1) ?? 0) };
  }
}
