import type { CountedLabels, EventCounter } from "../event_counter.ts";
import type { Block } from "./block.ts";
import { LabelSums } from "./label_sums.ts";

/** Lengths of a run of events in seconds: usual intervals are multiples of them. */
const RUN_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 86_400] as const;

/** Runs of a block at most, about: the shortest ones are taken that are not more. */
const MAX_RUNS = 16;

/** Events that share an entry at least, on average: with less a digest is not much smaller than the rows. */
const MIN_EVENTS_PER_ENTRY = 4;

/** What of criteria a digest is counted by. */
export interface DigestLimits {
  /** Least timestamp, inclusive. */
  readonly start: number;
  /** Greatest timestamp, inclusive. */
  readonly end: number;
  /** Whether events with these labels match. */
  readonly matches: (labels: CountedLabels) => boolean;
}

/**
 * How many events of which labels a block has in each of some stretches of time: all that counting needs
 * of it, as long as no bucket begins within a stretch that has events on both sides.
 */
export class BlockDigest {
  /** How many events the block has. */
  readonly events: number;
  readonly #labels: readonly CountedLabels[];
  /** The least and the greatest timestamp of each run, one after another. */
  readonly #times: Float64Array;
  /** Where the entries of each run begin, and behind the last one's end. */
  readonly #starts: Uint32Array;
  /** Number of the labels and number of events of each entry, one after another. */
  readonly #entries: Uint32Array;

  private constructor(
    events: number,
    labels: readonly CountedLabels[],
    { times, starts, entries }: RunMaker,
  ) {
    this.events = events;
    this.#labels = labels;
    this.#times = Float64Array.from(times);
    this.#starts = Uint32Array.from([...starts, entries.length / 2]);
    this.#entries = Uint32Array.from(entries);
  }

  /**
   * Makes the digest of a block, undefined where it would save little.
   *
   * @param labels Of the block, by their numbers.
   * @throws {EventReadError} When the block is damaged.
   */
  static of(block: Block, labels: readonly CountedLabels[]): BlockDigest | undefined {
    const span = block.timestamp(block.count - 1) - block.timestamp(0);
    const seconds = RUN_SECONDS.find((length) => span <= length * MAX_RUNS);
    if (seconds === undefined) return undefined;
    const maker = new RunMaker(block);
    for (let row = 0; row < block.count;) {
      row = maker.addRun(row, seconds);
      if (maker.entries.length / 2 * MIN_EVENTS_PER_ENTRY > block.count) return undefined;
    }
    return new BlockDigest(block.count, labels, maker);
  }

  /** The bytes that it takes, about. */
  get bytes(): number {
    const labels = this.#labels.reduce(
      (sum, { source, tags }) => sum + 8 + source.length + tags.join().length,
      0,
    );
    return OWN_BYTES + this.#times.byteLength + this.#starts.byteLength +
      this.#entries.byteLength + labels;
  }

  /**
   * Adds what matches.
   *
   * @returns False, with nothing added, where the digest does not tell.
   * @throws {RangeError} When there are too many buckets.
   */
  count({ start, end, matches }: DigestLimits, counter: EventCounter): boolean {
    const within: number[] = [];
    for (let run = 0; run < this.#starts.length - 1; run++) {
      const oldest = this.#times[2 * run] ?? 0;
      const newest = this.#times[2 * run + 1] ?? 0;
      if (newest < start || oldest > end) continue;
      if (oldest < start || newest > end) return false;
      if (counter.bucketOf(oldest) !== counter.bucketOf(newest)) return false;
      within.push(run);
    }
    const matching = this.#labels.map(matches);
    const sums = new LabelSums(counter, this.#labels);
    for (const run of within) {
      const bucket = counter.bucketOf(this.#times[2 * run] ?? 0);
      for (let i = this.#starts[run] ?? 0; i < (this.#starts[run + 1] ?? 0); i++) {
        const number = this.#entries[2 * i] ?? 0;
        if (matching[number]) sums.add(number, this.#entries[2 * i + 1] ?? 0, bucket);
      }
    }
    sums.finish();
    return true;
  }
}

/** What a digest takes beside its arrays and labels. */
const OWN_BYTES = 512;

/** The members of a digest while it is made. */
class RunMaker {
  readonly times: number[] = [];
  readonly starts: number[] = [];
  readonly entries: number[] = [];
  readonly #block: Block;
  /** Of the run, by the number of the labels. */
  readonly #counts: number[] = [];

  constructor(block: Block) {
    this.#block = block;
  }

  /** Adds the run that begins with a row, and returns the row behind it. */
  addRun(first: number, seconds: number): number {
    const block = this.#block;
    const counts = this.#counts;
    const oldest = block.timestamp(first);
    const end = (Math.floor(oldest / seconds) + 1) * seconds;
    const numbers: number[] = [];
    let row = first;
    do {
      const number = block.labelNumber(row);
      const before = counts[number] ?? 0;
      if (before === 0) numbers.push(number);
      counts[number] = before + 1;
    } while (++row < block.count && block.timestamp(row) < end);
    this.times.push(oldest, block.timestamp(row - 1));
    this.starts.push(this.entries.length / 2);
    for (const number of numbers) {
      this.entries.push(number, counts[number] ?? 0);
      counts[number] = 0;
    }
    return row;
  }
}
