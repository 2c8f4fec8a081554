import { type Criteria, timeSpan } from "../../event/criteria.ts";
import type { HistogramColumns } from "./histogram.ts";

/** A stretch of time, both ends included; without an end it goes on. */
export interface TimeRange {
  readonly start: number;
  readonly end: number | undefined;
}

/** The part of the time that is left when it is narrowed. */
const NARROWING = 1 / 5;

/** Narrower than that is one moment to people. */
const MIN_SECONDS = 0.001;

/** The stretches of time that the user narrowed the list to, one within the other. */
export class TimeRanges {
  #ranges: TimeRange[] = [];

  /** The narrowest; undefined when there is none. */
  get current(): TimeRange | undefined {
    return this.#ranges.at(-1);
  }

  /** Forgets all. */
  clear(): void {
    this.#ranges = [];
  }

  /**
   * Narrows the time to what is around a moment.
   *
   * @returns False when it is narrow enough.
   */
  narrow(moment: number, { counts, start, interval }: HistogramColumns): boolean {
    const end = start + counts.length * interval;
    const seconds = (end - start) * NARROWING;
    if (!(seconds >= MIN_SECONDS)) return false;
    const from = Math.min(Math.max(start, moment - seconds / 2), Math.max(start, end - seconds));
    const isLast = from + seconds >= end && this.current?.end === undefined;
    this.#ranges.push({ start: from, end: isLast ? undefined : from + seconds });
    return true;
  }

  /** Goes back to what was before; false when nothing was narrowed. */
  widen(): boolean {
    return this.#ranges.pop() !== undefined;
  }

  /** The criteria, for the narrowed time only. */
  within(criteria: Criteria): Criteria {
    const range = this.current;
    if (range === undefined) return criteria;
    const span = timeSpan(criteria);
    const start = Math.max(span.start, range.start);
    const end = Math.min(span.end, range.end ?? Infinity);
    return { ...criteria, start, ...(end === Infinity ? {} : { end }) };
  }
}
