import type { Event } from "../event/event.ts";
import type { FilePiece } from "./file_portion.ts";
import type { LineGroup } from "./line_grouper.ts";
import type { TailContext } from "./tail_context.ts";
import type { FileSpan } from "./tail_position.ts";
import type { TimeParser } from "./time_parser.ts";
import type { WatchedBatch } from "./watched_batch.ts";

/** What the events of a path have in common. */
export interface EventOrigin {
  /** The path as the user gave it. */
  readonly source: string;
  /** Labels, in the order given. */
  readonly tags: readonly string[];
  /** Finds the timestamp in a line. */
  readonly times?: TimeParser | undefined;
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

  /** The origin's tags must be valid: they are not checked again for each event. */
  constructor(origin: EventOrigin, context: TailContext) {
    this.#origin = origin;
    this.#context = context;
  }

  /** The batch of some lines, which are all that is to be delivered of the bytes. */
  make(
    lines: readonly (FilePiece | LineGroup)[],
    spans: readonly FileSpan[],
    repetition?: Repetition,
  ): WatchedBatch {
    const timestamp = repetition?.timestamp ?? this.#now();
    const events = lines.map((line) => this.#makeLine(line, timestamp));
    return { path: this.#origin.source, events, timestamp, spans, ...repetition };
  }

  /**
   * The batch that says that bytes of a file were gone before they were delivered.
   *
   * @param held What is known of them nevertheless.
   */
  makeLost(
    span: FileSpan,
    held?: FilePiece | LineGroup,
    repetition?: Repetition,
  ): WatchedBatch {
    const timestamp = repetition?.timestamp ?? this.#now();
    const events = held === undefined ? [] : [this.#makeLine(held, timestamp)];
    const bytes = (span.lost ?? 0) - (held === undefined ? 0 : lengthOf(held));
    if (bytes > 0) events.push(this.#makeGapEvent(span, bytes, timestamp));
    return { path: this.#origin.source, events, timestamp, spans: [span], ...repetition };
  }

  #now(): number {
    return this.#context.scheduler.now() / 1000;
  }

  #makeLine(line: FilePiece | LineGroup, timestamp: number): Event {
    return "pieces" in line ? this.#makeGroup(line, timestamp) : this.#makeEvent(line, timestamp);
  }

  #makeEvent(piece: FilePiece, timestamp: number): Event {
    const headers = [`offset: ${piece.offset}`];
    if (piece.cutFrom !== undefined) headers.push(`cut: ${piece.cutFrom}`);
    return this.#event(piece, piece.text, headers, timestamp);
  }

  #makeGroup({ pieces, text, continued }: LineGroup, timestamp: number): Event {
    const [first] = pieces;
    if (first === undefined) throw new Error("Cannot make an event of a group without lines");
    const headers = [`offset: ${first.offset}`];
    const cutFrom = pieces.find((piece) => piece.cutFrom !== undefined)?.cutFrom;
    if (cutFrom !== undefined) headers.push(`cut: ${cutFrom}`);
    if (continued) headers.push("continued: true");
    return this.#event(first, text, headers, timestamp);
  }

  #event(first: FilePiece, content: string, headers: string[], readAt: number): Event {
    const { source, tags, times } = this.#origin;
    const id = this.#context.ids.make(first.identity, first.offset);
    const timestamp = times?.parse(first.text, readAt) ?? readAt;
    return { id, timestamp, source, tags, content, headers };
  }

  #makeGapEvent({ from, to }: FileSpan, bytes: number, timestamp: number): Event {
    const { source, tags } = this.#origin;
    const id = `${this.#context.ids.make(to.identity, from)}-gap`;
    const content = `${bytes} bytes of '${source}' from byte ${from} on are lost: ` +
      "they were gone from the file before they were read, or known to be stored";
    return { id, timestamp, source, tags, content, headers: [`offset: ${from}`, `gap: ${bytes}`] };
  }
}

/** How many bytes of the file it is. */
function lengthOf(held: FilePiece | LineGroup): number {
  if (!("pieces" in held)) return held.end - held.offset;
  return (held.pieces.at(-1)?.end ?? 0) - (held.pieces[0]?.offset ?? 0);
}
