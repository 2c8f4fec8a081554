import type { Event } from "../event/event.ts";
import type { FileSpan } from "./tail_position.ts";

/** What one step of a watcher yields: what consecutive bytes of a file, or of one file and the next, hold. */
export interface WatchedBatch {
  /** The path as the user gave it. */
  readonly path: string;
  /** In the order of the file; at least one, unless nothing is left of what is repeated. */
  readonly events: readonly Event[];
  /** Seconds since 1970 at which the lines were read, which is the timestamp of those that tell none. */
  readonly timestamp: number;
  /** Which bytes they are, in order. Whoever has dealt with the events may go on at the end of them. */
  readonly spans: readonly FileSpan[];
  /** The id of the record of which this is a repetition; absent for what is read for the first time. */
  readonly repeats?: number;
}
