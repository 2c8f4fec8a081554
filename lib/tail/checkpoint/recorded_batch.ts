import type { FileSpan } from "../tail_position.ts";

/** A batch of events that was written down before it was sent, so that it can be sent again as it was. */
export interface RecordedBatch {
  /** Names it in the checkpoint; never used twice. */
  readonly id: number;
  /** The path that is followed: the source of its events. */
  readonly path: string;
  /** Seconds since 1970: the time at which its lines were read. */
  readonly timestamp: number;
  /** What was read of which file, in order. */
  readonly spans: readonly FileSpan[];
}
