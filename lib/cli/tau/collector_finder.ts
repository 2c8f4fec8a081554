import { type CollectorAddress, socketUrl } from "../../client/address.ts";
import { fetchCounts } from "../../client/counts.ts";
import { find } from "../../client/find.ts";
import { live } from "../../client/live.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { LabelKind } from "./filter_completion.ts";
import { BACKOFF, type Finder, type FollowOptions, type FoundCounts } from "./finder.ts";

/** Bytes that may come ahead of a page: as many as fill it, and not many more. */
const PAGE_WINDOW_BYTES = 1 << 20;

/** Labels that can be completed: more than anybody pages through. */
const MAX_LABELS = 1000;

/** What a collector is asked by its own protocol. */
export class CollectorFinder implements Finder {
  readonly address: string;
  readonly #collector: CollectorAddress;

  constructor(collector: CollectorAddress) {
    this.#collector = collector;
    this.address = socketUrl({ ...collector, path: "/" }).slice(0, -1);
  }

  find(criteria: Criteria, signal: AbortSignal): AsyncIterable<readonly RawEvent[]> {
    const options = { ...this.#collector, signal, windowBytes: PAGE_WINDOW_BYTES };
    return find(options, criteria).batches();
  }

  live(
    criteria: Criteria,
    { signal, onNotice, onFollowing }: FollowOptions,
  ): AsyncIterable<readonly RawEvent[]> {
    let isFollowing = false;
    const onCursor = () => {
      if (!isFollowing) onFollowing();
      isFollowing = true;
    };
    const options = {
      ...this.#collector,
      signal,
      onNotice,
      onCursor,
      retryFirst: true,
      backoff: BACKOFF,
    };
    return live(options, criteria).batches();
  }

  async count(
    criteria: Criteria,
    interval: number | undefined,
    signal: AbortSignal,
  ): Promise<FoundCounts> {
    const counts = await fetchCounts(this.#collector, criteria, { interval, signal });
    const { matched, buckets, store: { oldest, newest } } = counts;
    return { matched, buckets, oldest, newest };
  }

  async labels(by: LabelKind, signal: AbortSignal): Promise<readonly string[]> {
    const { groups } = await fetchCounts(this.#collector, {}, { by, top: MAX_LABELS, signal });
    return groups.map(({ key }) => key).filter((label) => label !== "");
  }
}
