import type { Metric } from "./metrics_text.ts";

/** A number that only rises. Whoever counts often keeps it, so that counting is one addition. */
export interface Count {
  value: number;
}

/** What a metric is called, and what tells its samples apart. */
export interface MetricInfo {
  readonly name: string;
  readonly help: string;
  /** The names of the labels. @default {none: there is one sample} */
  readonly labels?: readonly string[];
}

/** A metric of counts, one for each combination of labels. */
export class Counter {
  readonly #info: MetricInfo;
  readonly #cells = new Cells<Count>(() => ({ value: 0 }));

  /** Nothing was counted yet. A metric without labels has its sample from the start. */
  constructor(info: MetricInfo) {
    this.#info = info;
    if (info.labels === undefined) this.of();
  }

  /** The count of these values of the labels, in their order. */
  of(...values: readonly string[]): Count {
    return this.#cells.of(values);
  }

  /** Adds to the count of these values of the labels. */
  add(amount: number, ...values: readonly string[]): void {
    this.of(...values).value += amount;
  }

  /** What was counted. */
  metric(): Metric {
    const { name, help, labels = [] } = this.#info;
    const samples = this.#cells.entries(labels).map(([labels, { value }]) => ({ labels, value }));
    return { name, type: "counter", help, samples };
  }
}

/** What is kept for each combination of labels. */
export class Cells<T> {
  readonly #make: () => T;
  readonly #cells = new Map<string, { readonly values: readonly string[]; readonly cell: T }>();

  /** @param make Makes what is kept. */
  constructor(make: () => T) {
    this.#make = make;
  }

  /** That of these values. */
  of(values: readonly string[]): T {
    const key = JSON.stringify(values);
    let entry = this.#cells.get(key);
    if (entry === undefined) this.#cells.set(key, entry = { values, cell: this.#make() });
    return entry.cell;
  }

  /** All, with their labels. */
  entries(labels: readonly string[]): (readonly [Readonly<Record<string, string>>, T])[] {
    return [...this.#cells.values()].map(({ values, cell }) => [
      Object.fromEntries(labels.map((label, i) => [label, values[i] ?? ""])),
      cell,
    ]);
  }
}
