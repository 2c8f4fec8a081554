import type { WatchedBatch } from "./watched_batch.ts";

/** What one turn brought. */
export interface QueueTurn {
  /** Absent when there was nothing to deliver. */
  readonly batch?: WatchedBatch;
  /** True when there may be more to read at once. */
  readonly more: boolean;
  /** True when there is more to read, and too many files are open for it. */
  readonly wantsRoom?: boolean;
}

/** There was nothing, and there is nothing more for now. */
export const NOTHING: QueueTurn = { more: false };

/** A step was made that delivers nothing; the next one may. */
export const MORE: QueueTurn = { more: true };
