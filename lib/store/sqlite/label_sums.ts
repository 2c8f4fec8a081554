import { type CountedLabels, type EventCounter, NO_LABELS } from "../event_counter.ts";

/**
 * Adds up events of a block, which come in the order of time, by the number of their labels: what a group
 * costs is paid once for all events of a bucket with the same labels.
 */
export class LabelSums {
  readonly #counter: EventCounter;
  readonly #labels: readonly CountedLabels[];
  /** Of the bucket, by the number of the labels. */
  readonly #sums: number[] = [];
  /** The numbers of which there are any. */
  #touched: number[] = [];
  #bucket: number | undefined;

  /** @param labels By their numbers; those that are missing are none. */
  constructor(counter: EventCounter, labels: readonly CountedLabels[]) {
    this.#counter = counter;
    this.#labels = labels;
  }

  /** @throws {RangeError} When there are too many buckets. */
  add(labelNumber: number, count: number, bucket: number | undefined): void {
    if (bucket !== this.#bucket) {
      this.finish();
      this.#bucket = bucket;
    }
    const before = this.#sums[labelNumber] ?? 0;
    if (before === 0) this.#touched.push(labelNumber);
    this.#sums[labelNumber] = before + count;
  }

  /** Hands over what was not yet; must be called at the end. */
  finish(): void {
    for (const number of this.#touched) {
      const labels = this.#labels[number] ?? NO_LABELS;
      this.#counter.addMany(this.#sums[number] ?? 0, this.#bucket, labels);
      this.#sums[number] = 0;
    }
    this.#touched = [];
  }
}
