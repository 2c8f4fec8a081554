import { type Criteria, timeSpan } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { Finder } from "./finder.ts";

/** Some events next to one, or at one end of all. */
export interface PageRequest {
  readonly criteria: Criteria;
  /** `older`: the last ones before the anchor; `newer`: the first ones after it. */
  readonly direction: "older" | "newer";
  /** @default {the end of all events on the other side} */
  readonly anchor?: { readonly id: string; readonly timestamp: number } | undefined;
  /** At most that many. */
  readonly count: number;
  /** How many events of the anchor's time are known: a search goes over them once more. */
  readonly ties?: number;
}

/** Bytes after which a page is long enough, whatever its count: events may be a megabyte each. */
const MAX_PAGE_BYTES = 16 << 20;

/** A search whose limit events of the anchor's time used up looks for so many times more. */
const LIMIT_GROWTH = 8;

/**
 * Finds a page of events: exactly those that come next in the order of time and arrival, also among many
 * events of one time. The criteria know nothing of arrival, so the search begins at the anchor's time, and
 * passes over what comes up to the anchor.
 *
 * An anchor that is no longer stored is taken to come last among those of its time.
 *
 * @param take Is given them as they come, in the direction of the search.
 * @returns Whether there is nothing beyond them.
 */
export async function loadPage(
  finder: Finder,
  request: PageRequest,
  take: (events: readonly RawEvent[]) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const { criteria, direction, anchor, count, ties = 0 } = request;
  let taken = 0;
  let bytes = 0;
  for (let limit = count + ties + 1;; limit *= LIMIT_GROWTH) {
    const bounds = pageCriteria(criteria, direction, anchor?.timestamp);
    if (bounds === undefined) return true;
    const passing = new Passing(anchor, taken);
    let found = 0;
    for await (const batch of finder.find({ ...bounds, limit }, signal)) {
      found += batch.length;
      const page = passing.rest(batch).slice(0, count - taken);
      taken += page.length;
      for (const event of page) bytes += event.frameLength;
      if (page.length > 0) take(page);
      if (taken >= count || bytes >= MAX_PAGE_BYTES) return false;
    }
    if (found < limit) return true;
  }
}

/** Undefined when no time is left to search. */
function pageCriteria(
  criteria: Criteria,
  direction: "older" | "newer",
  timestamp: number | undefined,
): Criteria | undefined {
  const order = direction === "older" ? "desc" : "asc";
  if (timestamp === undefined) return { ...criteria, order };
  const span = timeSpan(criteria);
  if (direction === "newer") {
    const start = Math.max(span.start, timestamp);
    return start > span.end ? undefined : { ...criteria, order, start };
  }
  const end = Math.min(span.end, timestamp);
  // An end of 0 would be open.
  return end < span.start ? undefined : { ...criteria, order, end: end || Number.MIN_VALUE };
}

/** Passes over what comes up to the anchor, and what was taken by a search before. */
class Passing {
  readonly #anchor: PageRequest["anchor"];
  #isPast: boolean;
  #left: number;

  constructor(anchor: PageRequest["anchor"], taken: number) {
    this.#anchor = anchor;
    this.#isPast = anchor === undefined;
    this.#left = taken;
  }

  rest(batch: readonly RawEvent[]): readonly RawEvent[] {
    let at = 0;
    for (; at < batch.length && !this.#isPast; at++) {
      const event = batch[at];
      if (event === undefined) break;
      if (event.timestamp !== this.#anchor?.timestamp) {
        this.#isPast = true;
        break;
      }
      this.#isPast = event.id === this.#anchor.id;
    }
    const skipped = Math.min(this.#left, batch.length - at);
    this.#left -= skipped;
    return batch.slice(at + skipped);
  }
}
