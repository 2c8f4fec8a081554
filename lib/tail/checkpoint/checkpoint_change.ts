import type { TailPosition } from "../tail_position.ts";
import type { RecordedBatch } from "./recorded_batch.ts";

/** One step of the state of a checkpoint. */
export type CheckpointChange =
  | {
    /** A batch is about to be sent; its files were read to the ends of its spans. */
    readonly kind: "batch";
    readonly batch: RecordedBatch;
    /** Milliseconds since 1970 at which this was recorded. */
    readonly at: number;
  }
  | {
    /** Batches were acknowledged. */
    readonly kind: "settled";
    readonly ids: readonly number[];
  }
  | {
    /** A file is read on from here. */
    readonly kind: "position";
    readonly position: TailPosition;
    /** Milliseconds since 1970 at which this was recorded. */
    readonly at: number;
  }
  | {
    /** A path, glob or directory is followed. */
    readonly kind: "source";
    readonly key: string;
  };

/** A name for what is in a file at a path that stays the same while it is written and read. */
export function positionKey(position: TailPosition): string {
  const { dev, ino, birthtimeMs, generation } = position.identity;
  return `${dev}:${ino}:${birthtimeMs}:${generation}:${position.path}`;
}
