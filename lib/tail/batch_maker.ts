import { createEvent, type Event } from "../event/event.ts";
import type { FilePiece } from "./file_portion.ts";
import type { TailContext } from "./tail_context.ts";
import type { FileSpan } from "./tail_position.ts";
import type { WatchedBatch } from "./watched_batch.ts";

/** What the events of a path have in common. */
export interface EventOrigin {
  /** The path as the user gave it. */
  readonly source: string;
  /** Labels, in the order given. */
  readonly tags: readonly string[];
}

/** A batch that was recorded before. */
export interface Repetition {
  /** The id of the record. */
  readonly repeats: number;
  /** The timestamp recorded. */
  readonly timestamp: number;
}

/** Makes events of what was read of the files of one path. */
export class BatchMaker {
  readonly #origin: EventOrigin;
  readonly #context: TailContext;

  constructor(origin: EventOrigin, context: TailContext) {
    this.#origin = origin;
    this.#context = context;
  }

  /** The batch of some pieces, which are all that is to be delivered of the bytes. */
  make(
    pieces: readonly FilePiece[],
    spans: readonly FileSpan[],
    repetition?: Repetition,
  ): WatchedBatch {
    const timestamp = repetition?.timestamp ?? this.#context.scheduler.now() / 1000;
    const events = pieces.map((piece) => this.#makeEvent(piece, timestamp));
    return { path: this.#origin.source, events, timestamp, spans, ...repetition };
  }

  /**
   * The batch that says that bytes of a file were gone before they were delivered.
   *
   * @param held What is known of them nevertheless.
   */
  makeLost(span: FileSpan, held?: FilePiece, repetition?: Repetition): WatchedBatch {
    const timestamp = repetition?.timestamp ?? this.#context.scheduler.now() / 1000;
    const events = held === undefined ? [] : [this.#makeEvent(held, timestamp)];
    const bytes = (span.lost ?? 0) - (held === undefined ? 0 : held.end - held.offset);
    if (bytes > 0) events.push(this.#makeGapEvent(span, bytes, timestamp));
    return { path: this.#origin.source, events, timestamp, spans: [span], ...repetition };
  }

  #makeEvent(piece: FilePiece, timestamp: number): Event {
    const { source, tags } = this.#origin;
    const { offset, cutFrom } = piece;
    return createEvent({
      id: this.#context.ids.make(piece.identity, offset),
      timestamp,
      source,
      tags,
      content: piece.text,
      headers: cutFrom === undefined
        ? [`offset: ${offset}`]
        : [`offset: ${offset}`, `cut: ${cutFrom}`],
    });
  }

  #makeGapEvent({ from, to }: FileSpan, bytes: number, timestamp: number): Event {
    const { source, tags } = this.#origin;
    return createEvent({
      id: `${this.#context.ids.make(to.identity, from)}-gap`,
      timestamp,
      source,
      tags,
      content: `${bytes} bytes of '${source}' from byte ${from} on are lost: ` +
        "they were gone from the file before they were read, or known to be stored",
      headers: [`offset: ${from}`, `gap: ${bytes}`],
    });
  }
}
