import { createEvent, type Event } from "../event/event.ts";
import type { TailContext } from "./tail_context.ts";
import type { FilePiece } from "./file_portion.ts";
import type { TailPosition } from "./tail_position.ts";

/** What one step of a watcher yields: consecutive lines of one file. */
export interface WatchedBatch {
  /** In the order of the file, at least one. */
  readonly events: readonly Event[];
  /** Where the file was read to: whoever has dealt with the events may keep this in their place. */
  readonly position: TailPosition;
}

/** What the events of a path have in common. */
export interface EventOrigin {
  /** The path as the user gave it. */
  readonly source: string;
  /** Labels, in the order given. */
  readonly tags: readonly string[];
}

/** Makes the events of some pieces. Their timestamp is the time of reading. */
export function makeBatch(
  origin: EventOrigin,
  pieces: readonly FilePiece[],
  position: TailPosition,
  context: TailContext,
): WatchedBatch {
  const timestamp = context.scheduler.now() / 1000;
  const events = pieces.map((piece) =>
    createEvent({
      id: context.ids.make(piece.identity, piece.offset),
      timestamp,
      source: origin.source,
      tags: origin.tags,
      content: piece.text,
      headers: piece.cutFrom === undefined
        ? [`offset: ${piece.offset}`]
        : [`offset: ${piece.offset}`, `cut: ${piece.cutFrom}`],
    })
  );
  return { events, position };
}
