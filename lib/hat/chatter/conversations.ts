import { ChatterError } from "./chatter_error.ts";
import type { ChatterMessage } from "./message.ts";
import type { Conversation } from "./outbox.ts";

/** Who waits for the answers of a conversation that this side began. */
export interface AnswerHandler {
  /** Gets an answer; after the last one of the conversation there is none. Throws when it must not be. */
  readonly onAnswer: (message: ChatterMessage) => void;
  /** The connection ended before the conversation. */
  readonly onEnd: (error: ChatterError) => void;
}

/** The open conversations of a connection: who waits for answers, and what the peer may go on with. */
export class Conversations {
  readonly #handlers = new Set<AnswerHandler>();
  readonly #own = new Map<number, AnswerHandler>();
  readonly #peers = new Set<number>();
  #ended: ChatterError | undefined;

  /** Whether somebody waits for an answer. */
  get isAnswerAwaited(): boolean {
    return this.#handlers.size > 0;
  }

  /**
   * Somebody will wait for answers to a message that is not on its way yet.
   *
   * @throws {ChatterError} When no answers come any more.
   */
  expect(handler: AnswerHandler): void {
    if (this.#ended !== undefined) throw this.#ended;
    this.#handlers.add(handler);
  }

  /** That message is on its way. */
  begin(first: number, handler: AnswerHandler): void {
    this.#own.set(first, handler);
  }

  /** This side ends a conversation. */
  close({ isOwn, first }: Conversation): void {
    if (!isOwn) this.#peers.delete(first);
  }

  /**
   * Gives an answer to who waits for it.
   *
   * @returns Whether it was one; else it is for whoever receives messages.
   * @throws {ChatterError} When it belongs to a conversation that is not open.
   */
  take(message: ChatterMessage): boolean {
    const { id, first, owner, last } = message;
    if (!owner) {
      const handler = this.#own.get(first);
      if (handler === undefined) throw unknown(message);
      handler.onAnswer(message);
      if (last) {
        this.#own.delete(first);
        this.#handlers.delete(handler);
      }
      return true;
    }
    if (id !== first && !this.#peers.has(first)) throw unknown(message);
    if (last) this.#peers.delete(first);
    else this.#peers.add(first);
    return false;
  }

  /** No answers come any more. */
  end(error: ChatterError): void {
    this.#ended ??= error;
    const handlers = [...this.#handlers];
    this.#handlers.clear();
    this.#own.clear();
    for (const handler of handlers) handler.onEnd(error);
  }
}

function unknown({ id, first, owner, type }: ChatterMessage): ChatterError {
  const whose = owner ? "the peer's" : "our";
  const reason = `message ${id} of type '${type}' belongs to ${whose} conversation ${first}`;
  return new ChatterError("protocol", `Cannot take message as ${reason}, which is not open`);
}
