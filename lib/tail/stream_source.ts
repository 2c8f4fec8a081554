import { createEvent } from "../event/event.ts";
import { BatchMaker } from "./batch_maker.ts";
import type { FilePiece } from "./file_portion.ts";
import type { LineFormat } from "./line_format.ts";
import { type LineGroup, LineGrouper } from "./line_grouper.ts";
import { StreamLines } from "./stream_lines.ts";
import { createTailContext, type TailContext, type TailLimits } from "./tail_context.ts";
import type { TailObserver } from "./tail_notice.ts";
import type { Scheduler } from "./scheduler.ts";
import type { WatchedBatch } from "./watched_batch.ts";

/** The bounds that a stream has. */
export type StreamLimits = Omit<TailLimits, "lingerMs">;

/** How a stream is read; everything has a default. */
export interface StreamSourceOptions extends Omit<LineFormat, "split"> {
  /** The source of its events. @default {"-"} */
  readonly source?: string;
  /** Labels of its events. @default {[]} */
  readonly tags?: readonly string[];
  /** Bounds of batches and waiting. @default {those of files} */
  readonly limits?: Partial<StreamLimits>;
  /** Is told of lines that were cut. @default {nobody} */
  readonly observer?: TailObserver;
  /** Clock and timers. @default {SYSTEM_SCHEDULER} */
  readonly scheduler?: Scheduler;
}

/** What became of waiting. */
type Waited =
  | { readonly kind: "chunk"; readonly bytes: Uint8Array }
  | { readonly kind: "idle" }
  | { readonly kind: "end" };

/**
 * Reads a stream, such as standard input, as lines.
 *
 * Nothing is read ahead but one chunk of the stream. A stream cannot be read twice and nothing tells
 * one from another, so ids come of a random UUID: what is sent again within one run is recognised, but
 * what was read and not delivered when the program ends is lost. Its batches have no spans.
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
export class StreamSource implements AsyncIterable<WatchedBatch>, AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #context: TailContext;
  readonly #batches: BatchMaker;
  readonly #lines: StreamLines;
  readonly #grouper: LineGrouper | undefined;
  #reading: Promise<ReadableStreamReadResult<Uint8Array>> | undefined;
  #readAt = 0;
  #nap: AbortController | undefined;
  #isStopped = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  /**
   * Takes the stream over.
   *
   * @throws {TypeError} When the stream is locked, the source or a tag is none.
   * @throws {RangeError} When the encoding is unknown or a limit out of its range.
   * @throws {unknown} What {@linkcode LineGrouper} throws about the rule.
   */
  constructor(stream: ReadableStream<Uint8Array>, options: StreamSourceOptions = {}) {
    const { source = "-", tags = [], times, multiline, encoding } = options;
    createEvent({ source, tags });
    this.#context = createTailContext({ ...options, host: crypto.randomUUID() });
    this.#batches = new BatchMaker({ source, tags, times }, this.#context);
    const { limits: { maxLineBytes }, observer } = this.#context;
    this.#lines = new StreamLines({ path: source, encoding, maxLineBytes, observer });
    this.#grouper = multiline && new LineGrouper(multiline);
    this.#reader = stream.getReader();
  }

  /**
   * The batches, until the stream ends or {@linkcode StreamSource.stop} is called. An iteration that
   * was left can be taken up again by another.
   *
   * @throws {unknown} What reading the stream threw, after everything that was read before.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<WatchedBatch, void, undefined> {
    const { maxBatchBytes, maxBatchLines } = this.#context.limits;
    while (this.#lines.hasMore || !this.#isOver) {
      const lines = this.#lines.hasMore
        ? this.#join(this.#lines.take(maxBatchLines, maxBatchBytes))
        : await this.#readOn();
      if (lines.length > 0) yield this.#batches.make(lines, []);
    }
    if (this.#failure) throw this.#failure.error;
  }

  /** Reads no further: iterations end after what was read, an unfinished line among it. */
  stop(): void {
    this.#isStopped = true;
    this.#nap?.abort();
  }

  /** Ends iterations and cancels the stream; doing so twice is one. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    this.#lines.clear();
    this.#grouper?.reset();
    await this.#reader.cancel().catch(() => {});
  }

  #join(pieces: readonly FilePiece[]): readonly (FilePiece | LineGroup)[] {
    return this.#grouper ? this.#grouper.push(pieces, this.#readAt) : pieces;
  }

  /** Waits for the next chunk, and gives what need not wait for it any longer. */
  async #readOn(): Promise<readonly (FilePiece | LineGroup)[]> {
    const waited = await this.#wait();
    if (waited.kind === "idle") return this.#takeDue();
    if (waited.kind === "chunk") {
      this.#lines.push(waited.bytes);
      return [];
    }
    this.#isOver = true;
    return this.#takeLast();
  }

  async #wait(): Promise<Waited> {
    if (this.#isStopped) return { kind: "end" };
    this.#reading ??= this.#reader.read();
    const nap = this.#nap = new AbortController();
    try {
      const result = await Promise.race([this.#reading, this.#sleep(nap.signal)]);
      if (result === undefined) return { kind: this.#isStopped ? "end" : "idle" };
      this.#reading = undefined;
      this.#readAt = this.#context.scheduler.now();
      return result.done ? { kind: "end" } : { kind: "chunk", bytes: result.value };
    } catch (error) {
      this.#failure = { error };
      return { kind: "end" };
    } finally {
      nap.abort();
    }
  }

  /** How long is waited for more of what is unfinished; for ever where nothing is. */
  get #patienceMs(): number {
    const { idleLineMs, multilineTimeoutMs } = this.#context.limits;
    if (this.#lines.isUnfinished) return idleLineMs;
    return this.#grouper?.isOpen ? multilineTimeoutMs : Infinity;
  }

  #sleep(signal: AbortSignal): Promise<void> {
    const { scheduler } = this.#context;
    if (this.#patienceMs < Infinity) {
      return scheduler.sleep(this.#readAt + this.#patienceMs - scheduler.now(), signal);
    }
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
  }

  #takeDue(): readonly (FilePiece | LineGroup)[] {
    if (this.#lines.isUnfinished) return this.#join(this.#lines.end());
    const group = this.#grouper?.flush();
    return group ? [group] : [];
  }

  /** The unfinished line and the open group. */
  #takeLast(): readonly (FilePiece | LineGroup)[] {
    const lines = this.#join(this.#lines.end());
    const group = this.#grouper?.flush();
    return group ? [...lines, group] : lines;
  }
}
