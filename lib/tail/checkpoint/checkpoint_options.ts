import type { Scheduler } from "../scheduler.ts";
import type { CheckpointDisk } from "./checkpoint_disk.ts";
import type { CheckpointObserver } from "./checkpoint_notice.ts";

/**
 * How long the position of a file is kept that nobody placed or recorded again: a rotated file that was
 * away on another disk, or a host that was off over holidays, comes back within a month.
 */
export const RETAIN_MS: number = 30 * 24 * 60 * 60 * 1000;

/**
 * How long after opening nothing is forgotten: while a host was off nobody could place anything, and
 * whoever opened the checkpoint first has to find its files.
 */
export const GRACE_MS: number = 60 * 60 * 1000;

/** How to keep a checkpoint. */
export interface CheckpointOptions {
  /** Is told of damage and full disks. @default {nobody} */
  readonly observer?: CheckpointObserver;
  /** Clock and timers. @default {SYSTEM_SCHEDULER} */
  readonly scheduler?: Scheduler;
  /** Ends opening, and closes the checkpoint when aborted later. */
  readonly signal?: AbortSignal;
  /** Positions that were not placed or recorded for so many milliseconds are forgotten. @default {RETAIN_MS} */
  readonly retainMs?: number;
  /** Where the copies are. @default {the file system} */
  readonly disk?: CheckpointDisk;
}

/**
 * Checks the rules of {@linkcode CheckpointOptions}.
 *
 * @throws {RangeError} When `retainMs` is not positive.
 */
export function checkCheckpointOptions({ retainMs = RETAIN_MS }: CheckpointOptions): void {
  if (retainMs > 0) return;
  throw new RangeError(
    `Cannot open a checkpoint as 'retainMs' must be positive: current value is ${retainMs}`,
  );
}
