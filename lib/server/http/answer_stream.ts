import { StalledClientError } from "../send_room.ts";

/** What {@linkcode openAnswerStream} works with. */
export interface AnswerStreamOptions {
  /** Ends the making of pieces; aborted by the stream when its client leaves or reads nothing. */
  readonly abort: AbortController;
  /** When it resolves, the answer begins without its first piece; when it rejects, it is in vain. */
  readonly headDue: Promise<void>;
  /** How long the client may read nothing. */
  readonly stallMs: number;
  /** Called once when nothing more is made, with what broke the answer. */
  readonly onEnd: (error: unknown) => void;
}

/**
 * Makes the body of an answer of pieces that are made as the client takes them.
 *
 * Nothing is made ahead but one piece. When the client leaves, or takes nothing for `stallMs`, the
 * making ends at once. An error, also that of `abort`, breaks the connection, so that the client can
 * tell a torn answer from a whole one.
 *
 * @param pieces Its `return` runs however the answer ends.
 * @returns The body, as soon as the first piece is there or the head is due.
 * @throws What making the first piece, or waiting for the head, throws meanwhile.
 */
export async function openAnswerStream(
  pieces: AsyncIterator<Uint8Array, void>,
  options: AnswerStreamOptions,
): Promise<ReadableStream<Uint8Array>> {
  const answer = new AnswerStream(pieces, options);
  await answer.begin();
  return answer.body;
}

type Result = IteratorResult<Uint8Array, void>;

class AnswerStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #pieces: AsyncIterator<Uint8Array, void>;
  readonly #options: AnswerStreamOptions;
  #first: Promise<Result> | undefined;
  #controller!: ReadableByteStreamController;
  #stallTimer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(pieces: AsyncIterator<Uint8Array, void>, options: AnswerStreamOptions) {
    this.#pieces = pieces;
    this.#options = options;
    this.body = new ReadableStream({
      type: "bytes",
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => this.#end(new DOMException("The client left", "AbortError")),
    });
    this.#first = pieces.next();
    const { signal } = options.abort;
    signal.addEventListener("abort", () => this.#break(signal.reason), { once: true });
  }

  /** Waits for the first piece, or for the head to be due. */
  async begin(): Promise<void> {
    try {
      await Promise.race([this.#first, this.#options.headDue]);
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  async #pull(): Promise<void> {
    clearTimeout(this.#stallTimer);
    const next = this.#first ?? this.#pieces.next();
    this.#first = undefined;
    let result: Result;
    try {
      result = await next;
    } catch (error) {
      return this.#break(error);
    }
    if (this.#isOver) return;
    if (result.done === true) {
      this.#end(undefined);
      this.#controller.close();
      // A close leaves the reader of a byte stream waiting until it is answered.
      this.#controller.byobRequest?.respond(0);
      return;
    }
    this.#controller.enqueue(result.value as Uint8Array<ArrayBuffer>);
    const { stallMs } = this.#options;
    this.#stallTimer = setTimeout(() => this.#break(new StalledClientError(stallMs)), stallMs);
  }

  #break(error: unknown): void {
    if (this.#isOver) return;
    this.#end(error);
    this.#controller.error(new BrokenAnswerError(error));
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#stallTimer);
    this.#options.onEnd(error);
    this.#options.abort.abort(error);
    this.#pieces.return?.().catch(() => {});
  }
}

/** Breaks the connection of an answer that had begun; who has to know of it was told. */
export class BrokenAnswerError extends Error {
  override readonly name = "BrokenAnswerError";

  /** @param cause What broke it. */
  constructor(cause: unknown) {
    super("The answer broke", { cause });
  }
}
