/** Events by time, in stretches of equal length. */
export interface HistogramData {
  /** When the first stretch begins, in seconds since 1970. */
  readonly start: number;
  /** How long a stretch is, in seconds. */
  readonly interval: number;
  /** How many events each stretch has. */
  readonly counts: readonly number[];
}

/** The lengths that people read easily, in seconds. */
const INTERVALS: readonly number[] = [
  ...[0.001, 0.01, 0.1].flatMap((unit) => [1, 2, 3, 4, 5, 6, 8].map((count) => count * unit)),
  ...[1, 60].flatMap((unit) => [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map((count) => count * unit)),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * 3600),
  ...[1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365].map((days) =>
    days * 86_400
  ),
];

/** More stretches than that are asked for anew, in larger ones. */
const MAX_GROWTH = 4096;

/** The shortest readable interval that divides a span into at most so many stretches. */
export function intervalFor(seconds: number, stretches: number): number {
  const least = seconds / Math.max(1, stretches - 1);
  const found = INTERVALS.find((interval) => interval >= least);
  return found ?? Math.ceil(least / 31_536_000) * 31_536_000;
}

/** What is drawn: how many events fall into each column, and what time a column is. */
export interface HistogramColumns {
  readonly counts: readonly number[];
  /** When the first column begins, and how many seconds each one is. */
  readonly start: number;
  readonly interval: number;
}

/** The counts of a time span, which arriving events are added to. */
export class Histogram {
  readonly #start: number;
  readonly #interval: number;
  readonly #counts: number[];
  #total = 0;
  #isStale = false;

  constructor({ start, interval, counts }: HistogramData) {
    this.#start = start;
    this.#interval = interval;
    this.#counts = [...counts];
    for (const count of counts) this.#total += count;
  }

  /** How many events there are. */
  get total(): number {
    return this.#total;
  }

  /** Whether events came that it has no place for: it is to be asked for anew. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Adds an event that arrived. */
  add(timestamp: number): void {
    this.#total++;
    const place = Math.floor((timestamp - this.#start) / this.#interval);
    if (
      place < 0 || place >= this.#counts.length + MAX_GROWTH || this.#counts.length > MAX_GROWTH
    ) {
      this.#isStale = true;
      return;
    }
    while (this.#counts.length <= place) this.#counts.push(0);
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  /** The counts in at most so many columns: where there are more stretches, several make a column. */
  columns(width: number): HistogramColumns {
    const each = Math.max(1, Math.ceil(this.#counts.length / Math.max(1, width)));
    const counts: number[] = [];
    for (let at = 0; at < this.#counts.length; at += each) {
      let sum = 0;
      for (let i = at; i < Math.min(at + each, this.#counts.length); i++) {
        sum += this.#counts[i] ?? 0;
      }
      counts.push(sum);
    }
    return { counts, start: this.#start, interval: this.#interval * each };
  }

  /** Which part of the events comes before a moment, from 0 to 1; exact to a stretch. */
  partBefore(timestamp: number): number {
    if (this.#total === 0) return 1;
    const place = (timestamp - this.#start) / this.#interval;
    let before = 0;
    for (let i = 0; i < Math.min(place, this.#counts.length); i++) {
      const part = Math.min(1, place - i);
      before += (this.#counts[i] ?? 0) * part;
    }
    return Math.min(1, before / this.#total);
  }

  /** The moment before which this part of the events comes; exact to a stretch. */
  timeAt(part: number): number {
    let left = part * this.#total;
    for (const [i, count] of this.#counts.entries()) {
      if (left <= count && count > 0) return this.#start + (i + left / count) * this.#interval;
      left -= count;
    }
    return this.#start + this.#counts.length * this.#interval;
  }
}
