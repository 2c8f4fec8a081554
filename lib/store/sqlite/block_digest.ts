import { concatBytes } from "../../base/bytes.ts";
import { type CountedLabels, type EventCounter, NO_LABELS } from "../event_counter.ts";
import { LabelSums } from "./label_sums.ts";

/** Lengths of a run of events in seconds: usual intervals are multiples of them. */
const RUN_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 86_400] as const;

/** Runs of a block at most, about: the shortest ones are taken that are not more. */
const MAX_RUNS = 16;

/** Events that share an entry at least, on average: with less a digest is not much smaller than the rows. */
const MIN_EVENTS_PER_ENTRY = 4;

/** What a digest is made of: the events of a block in the order of time. */
export interface DigestRows {
  readonly count: number;
  timestamp(row: number): number;
  /** The number of its labels. */
  labelNumber(row: number): number;
}

/** What of criteria a digest is counted by. */
export interface DigestLimits {
  /** Least timestamp, inclusive. */
  readonly start: number;
  /** Greatest timestamp, inclusive. */
  readonly end: number;
}

/**
 * How many events of which labels a block has in each of some stretches of time: all that counting needs
 * of it, as long as no bucket begins within a stretch that has events on both sides.
 */
export class BlockDigest {
  /** The least and the greatest timestamp of each run, one after another. */
  readonly #times: Float64Array;
  /** How many entries each run has. */
  readonly #sizes: Uint16Array;
  /** Number of the labels and number of events of each entry, one after another. */
  readonly #entries: Uint16Array;

  private constructor(times: Float64Array, sizes: Uint16Array, entries: Uint16Array) {
    this.#times = times;
    this.#sizes = sizes;
    this.#entries = entries;
  }

  /** Makes the digest of a block, undefined where it would save little. */
  static of(rows: DigestRows): BlockDigest | undefined {
    const span = rows.timestamp(rows.count - 1) - rows.timestamp(0);
    const seconds = RUN_SECONDS.find((length) => span <= length * MAX_RUNS);
    // The numbers of events and of their labels must fit into 16 bits.
    if (seconds === undefined || rows.count > 0xffff) return undefined;
    const maker = new RunMaker(rows);
    for (let row = 0; row < rows.count;) {
      row = maker.addRun(row, seconds);
      if (maker.entries.length / 2 * MIN_EVENTS_PER_ENTRY > rows.count) return undefined;
    }
    const { times, sizes, entries } = maker;
    return new BlockDigest(
      Float64Array.from(times),
      Uint16Array.from(sizes),
      Uint16Array.from(entries),
    );
  }

  /** The digest that {@linkcode BlockDigest.encode} encoded, undefined when it is none. */
  static decode(bytes: Uint8Array): BlockDigest | undefined {
    // A copy, for its numbers must be aligned.
    const { buffer, length } = new Uint8Array(bytes);
    if (length < 2 || length % 2 !== 0) return undefined;
    const runs = new Uint16Array(buffer, length - 2)[0] ?? 0;
    const entriesAt = runs * (16 + 2);
    if (entriesAt > length - 2) return undefined;
    return new BlockDigest(
      new Float64Array(buffer, 0, 2 * runs),
      new Uint16Array(buffer, 16 * runs, runs),
      new Uint16Array(buffer, entriesAt, (length - 2 - entriesAt) / 2),
    );
  }

  /**
   * Little-endian, one after another: the least and the greatest timestamp of each run (float64), the
   * number of its entries, the number of labels and of events of each entry, the number of runs (uint16).
   */
  encode(): Uint8Array {
    const runs = new Uint16Array([this.#sizes.length]);
    return concatBytes(
      [this.#times, this.#sizes, this.#entries, runs].map(({ buffer, byteOffset, byteLength }) =>
        new Uint8Array(buffer, byteOffset, byteLength)
      ),
    );
  }

  /** The bytes that it takes, about. */
  get bytes(): number {
    return OWN_BYTES + this.#times.byteLength + this.#sizes.byteLength + this.#entries.byteLength;
  }

  /** Whether it tells how many events there are in each bucket. */
  tells({ start, end }: DigestLimits, counter: EventCounter): boolean {
    for (let run = 0; run < this.#sizes.length; run++) {
      const oldest = this.#times[2 * run] ?? 0;
      const newest = this.#times[2 * run + 1] ?? 0;
      if (newest < start || oldest > end) continue;
      if (oldest < start || newest > end) return false;
      if (counter.bucketOf(oldest) !== counter.bucketOf(newest)) return false;
    }
    return true;
  }

  /**
   * Adds the events of the time, if it tells.
   *
   * @param labels Of the block by their numbers, undefined for those that do not match; without labels
   * all match.
   * @throws {RangeError} When there are too many buckets.
   */
  addTo(
    counter: EventCounter,
    { start, end }: DigestLimits,
    labels?: readonly (CountedLabels | undefined)[],
  ): void {
    const sums = new LabelSums(counter, labels?.map((item) => item ?? NO_LABELS) ?? []);
    let at = 0;
    for (let run = 0; run < this.#sizes.length; run++) {
      const oldest = this.#times[2 * run] ?? 0;
      const first = at;
      at += 2 * (this.#sizes[run] ?? 0);
      if (oldest < start || oldest > end) continue;
      const bucket = counter.bucketOf(oldest);
      for (let i = first; i < at; i += 2) {
        const number = this.#entries[i] ?? 0;
        const count = this.#entries[i + 1] ?? 0;
        if (labels === undefined) sums.add(0, count, bucket);
        else if (labels[number] !== undefined) sums.add(number, count, bucket);
      }
    }
    sums.finish();
  }
}

/** What a digest takes beside its arrays. */
const OWN_BYTES = 512;

/** The members of a digest while it is made. */
class RunMaker {
  readonly times: number[] = [];
  readonly sizes: number[] = [];
  readonly entries: number[] = [];
  readonly #rows: DigestRows;
  /** Of the run, by the number of the labels. */
  readonly #counts: number[] = [];

  constructor(rows: DigestRows) {
    this.#rows = rows;
  }

  /** Adds the run that begins with a row, and returns the row behind it. */
  addRun(first: number, seconds: number): number {
    const rows = this.#rows;
    const counts = this.#counts;
    const oldest = rows.timestamp(first);
    const end = (Math.floor(oldest / seconds) + 1) * seconds;
    const numbers: number[] = [];
    let row = first;
    do {
      const number = rows.labelNumber(row);
      const before = counts[number] ?? 0;
      if (before === 0) numbers.push(number);
      counts[number] = before + 1;
    } while (++row < rows.count && rows.timestamp(row) < end);
    this.times.push(oldest, rows.timestamp(row - 1));
    this.sizes.push(numbers.length);
    for (const number of numbers) {
      this.entries.push(number, counts[number] ?? 0);
      counts[number] = 0;
    }
    return row;
  }
}
