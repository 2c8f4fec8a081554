import { createEvent, type Event } from "../event/event.ts";
import { LineDecoder } from "./line_decoder.ts";
import { LineSplitter, MAX_LINE_BYTES, type SplitLine } from "./line_splitter.ts";
import { type Scheduler, SYSTEM_SCHEDULER } from "./scheduler.ts";
import { IDLE_LINE_MS, MAX_BATCH_BYTES, MAX_BATCH_LINES, type TailLimits } from "./tail_context.ts";
import type { TailObserver } from "./tail_notice.ts";
import type { FileSpan } from "./tail_position.ts";

/** The bounds that a stream has. */
export type StreamLimits = Pick<
  TailLimits,
  "maxBatchLines" | "maxBatchBytes" | "maxLineBytes" | "idleLineMs"
>;

/** How a stream is read; everything has a default. */
export interface StreamSourceOptions {
  /** The source of its events. @default {"-"} */
  readonly source?: string;
  /** Labels of its events. @default {[]} */
  readonly tags?: readonly string[];
  /** A label that `TextDecoder` knows. @default {"utf-8"} */
  readonly encoding?: string;
  /** Bounds of batches and waiting. @default {those of files} */
  readonly limits?: Partial<StreamLimits>;
  /** Is told of lines that were cut. @default {nobody} */
  readonly observer?: TailObserver;
  /** Clock and timers. @default {SYSTEM_SCHEDULER} */
  readonly scheduler?: Scheduler;
}

/** What one step yields: consecutive lines of a stream. */
export interface StreamBatch {
  /** The source of the events. */
  readonly path: string;
  /** In the order of the stream, at least one. */
  readonly events: readonly Event[];
  /** Seconds since 1970 at which they were read: the timestamp of the events. */
  readonly timestamp: number;
  /** None: a stream cannot be read again from a place. */
  readonly spans: readonly FileSpan[];
}

const NO_SPANS: readonly FileSpan[] = [];

/**
 * Reads a stream, such as standard input, as lines.
 *
 * Nothing is read ahead but one chunk of the stream. A stream cannot be read twice and nothing tells
 * one from another, so ids begin with a random UUID: what is sent again within one run is recognised,
 * but what was read and not delivered when the program ends is lost.
 *
 * @example
 * ```ts
 * import { StreamSource } from "./stream_source.ts";
 *
 * const stream = new Blob(["one\ntwo"]).stream();
 * await using source = new StreamSource(stream, { source: "stdin", tags: ["batch"] });
 * for await (const { events } of source) {
 *   for (const { content } of events) console.log(content);
 * }
 * ```
 */
export class StreamSource implements AsyncIterable<StreamBatch>, AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #source: string;
  readonly #tags: readonly string[];
  readonly #decoder: LineDecoder;
  readonly #limits: StreamLimits;
  readonly #observer: TailObserver;
  readonly #scheduler: Scheduler;
  readonly #splitter: LineSplitter;
  readonly #prefix = crypto.randomUUID();
  #nap: AbortController | undefined;
  #isStopped = false;
  #reading: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  /** Those of the chunk read last that were not delivered yet. */
  #lines: Iterator<SplitLine, void, undefined> | undefined;
  #readAt = 0;
  /** The line that goes on was delivered in part already. */
  #lineOpen = false;
  #isOver = false;

  /**
   * Takes the stream over.
   *
   * @throws {TypeError} When the stream is locked, the source or a tag is none.
   * @throws {RangeError} When the encoding is unknown or a limit out of its range.
   */
  constructor(stream: ReadableStream<Uint8Array>, options: StreamSourceOptions = {}) {
    this.#source = options.source ?? "-";
    this.#tags = options.tags ?? [];
    createEvent({ source: this.#source, tags: this.#tags });
    this.#decoder = new LineDecoder(options.encoding);
    this.#limits = {
      maxBatchLines: MAX_BATCH_LINES,
      maxBatchBytes: MAX_BATCH_BYTES,
      maxLineBytes: MAX_LINE_BYTES,
      idleLineMs: IDLE_LINE_MS,
      ...options.limits,
    };
    this.#observer = options.observer ?? (() => {});
    this.#scheduler = options.scheduler ?? SYSTEM_SCHEDULER;
    this.#splitter = new LineSplitter({
      codeUnit: this.#decoder.codeUnit,
      maxLineBytes: this.#limits.maxLineBytes,
    });
    this.#reader = stream.getReader();
  }

  /**
   * The batches, until the stream ends or {@linkcode StreamSource.stop} is called. An iteration that
   * was left can be taken up again by another.
   *
   * @throws {unknown} What reading the stream threw, after everything that was read before.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<StreamBatch, void, undefined> {
    for (;;) {
      const events = this.#takeEvents();
      if (events.length > 0) yield this.#makeBatch(events);
      else if (this.#lines) continue;
      else if (this.#isOver) return;
      else yield* this.#readOn();
    }
  }

  /** Reads no further: iterations end after what was read, an unfinished line among it. */
  stop(): void {
    this.#isStopped = true;
    this.#nap?.abort();
  }

  /** Ends iterations and cancels the stream; doing so twice is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    this.#isOver = true;
    this.#lines = undefined;
    this.#splitter.reset(this.#splitter.lineStart);
    await this.#reader.cancel().catch(() => {});
  }

  /** Waits for the next chunk; yields the unfinished line when none will complete it. */
  async *#readOn(): AsyncGenerator<StreamBatch, void, undefined> {
    try {
      const next = await this.#next();
      if (next instanceof Uint8Array) {
        this.#lines = this.#splitter.push(next);
        return;
      }
      this.#isOver = next === "end";
    } catch (error) {
      this.#isOver = true;
      const batch = this.#takeUnfinished();
      if (batch) yield batch;
      throw error;
    }
    const batch = this.#takeUnfinished();
    if (batch) yield batch;
  }

  async #next(): Promise<Uint8Array | "idle" | "end"> {
    if (this.#isStopped) return "end";
    this.#reading ??= this.#reader.read();
    const nap = this.#nap = new AbortController();
    const result = await Promise.race([this.#reading, this.#sleepUntilIdle(nap.signal)])
      .finally(() => nap.abort());
    if (result === undefined) return this.#isStopped ? "end" : "idle";
    this.#reading = undefined;
    this.#readAt = this.#scheduler.now();
    return result.done ? "end" : result.value;
  }

  /** With nothing unfinished it lasts until the signal. */
  #sleepUntilIdle(signal: AbortSignal): Promise<void> {
    const { lineStart, readOffset } = this.#splitter;
    if (readOffset === lineStart) {
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    }
    const left = this.#readAt + this.#limits.idleLineMs - this.#scheduler.now();
    return this.#scheduler.sleep(left, signal);
  }

  #takeUnfinished(): StreamBatch | undefined {
    const line = this.#splitter.end();
    const event = line && this.#makeEvent(line);
    return event && this.#makeBatch([event]);
  }

  /** Takes lines of the chunk within the limits of a batch. */
  #takeEvents(): Event[] {
    const events: Event[] = [];
    const { maxBatchBytes, maxBatchLines } = this.#limits;
    const begin = this.#splitter.lineStart;
    while (this.#lines) {
      const { value: line } = this.#lines.next();
      if (!line) {
        this.#lines = undefined;
        break;
      }
      const event = this.#makeEvent(line);
      if (event) events.push(event);
      if (events.length >= maxBatchLines || line.end - begin >= maxBatchBytes) break;
    }
    return events;
  }

  /** A line end alone that follows a line delivered without one is no line. */
  #makeEvent(line: SplitLine): Event | undefined {
    const isRest = this.#lineOpen && line.bytes.length === 0;
    this.#lineOpen = !line.terminated;
    if (isRest) return undefined;
    const { text, cut } = this.#decoder.decodeLine(line.bytes, line.offset, line.cut);
    const lineBytes = line.end - line.offset;
    if (cut) {
      this.#observer({
        kind: "line-cut",
        path: this.#source,
        offset: line.offset,
        lineBytes,
        keptBytes: line.bytes.length,
      });
    }
    return createEvent({
      id: `${this.#prefix}-${line.offset}`,
      timestamp: this.#readAt / 1000,
      source: this.#source,
      tags: this.#tags,
      content: text,
      headers: cut ? [`offset: ${line.offset}`, `cut: ${lineBytes}`] : [`offset: ${line.offset}`],
    });
  }

  #makeBatch(events: readonly Event[]): StreamBatch {
    return { path: this.#source, events, timestamp: this.#readAt / 1000, spans: NO_SPANS };
  }
}
