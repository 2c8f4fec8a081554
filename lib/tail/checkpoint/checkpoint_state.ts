import type { TailPosition } from "../tail_position.ts";
import type { RecordedBatch } from "./recorded_batch.ts";

/** What a checkpoint said when it was opened. */
export interface CheckpointState {
  /** "new": there was none; "lost": both copies were damaged so that something is or may be missing. */
  readonly kind: "new" | "resumed" | "lost";
  /**
   * The latest known position of each file (a file at another path is another one), settled or not; the
   * first recorded comes first.
   */
  readonly positions: readonly TailPosition[];
  /** Recorded and not settled, in order. */
  readonly unsettled: readonly RecordedBatch[];
  /** Keys of sources (paths, globs, directories) followed before, in order. */
  readonly sources: readonly string[];
}
