import type { BackoffOptions } from "../../base/backoff.ts";
import type { CountBucket } from "../../client/counts_answer.ts";
import type { LiveNotice } from "../../client/notice.ts";
import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { LabelKind } from "./filter_completion.ts";

/** How often what was lost is tried again: somebody is looking at it. */
export const BACKOFF: BackoffOptions = { minDelayMs: 200, maxDelayMs: 3_000 };

/** How {@linkcode Finder.live} is asked. */
export interface FollowOptions {
  readonly signal: AbortSignal;
  readonly onNotice: (notice: LiveNotice) => void;
  /** Called when everything that arrives from now on is told. */
  readonly onFollowing: () => void;
}

/** How many events there are, and when. */
export interface FoundCounts {
  /** How many match. */
  readonly matched: number;
  /** The stretches that have events, in the order of time. */
  readonly buckets: readonly CountBucket[];
  /** The times of the oldest and the newest event of the store; undefined where it has none. */
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
}

/** What the screen asks a collector for; tests put their own in its place. */
export interface Finder {
  /** Where the collector is, for people. */
  readonly address: string;
  /** Finds stored events; leaving the loop ends the search. */
  find(criteria: Criteria, signal: AbortSignal): AsyncIterable<readonly RawEvent[]>;
  /** Follows events as they arrive; connects anew when the connection is lost. */
  live(criteria: Criteria, options: FollowOptions): AsyncIterable<readonly RawEvent[]>;
  /** Counts stored events by stretches of time; without an interval only all of them. */
  count(
    criteria: Criteria,
    interval: number | undefined,
    signal: AbortSignal,
  ): Promise<FoundCounts>;
  /** The sources or tags of the stored events, those with the most events first. */
  labels(by: LabelKind, signal: AbortSignal): Promise<readonly string[]>;
}
