import type { Event } from "../event/event.ts";
import { CLOSE } from "../wire/dialect.ts";
import { QueryError } from "./query_error.ts";
import type { QueryResult } from "./query_result.ts";

/** Is called with each event. When it returns a promise, the next event waits for that. */
export type EventCallback = (event: Event) => void | Promise<void>;

/**
 * Is told how a query ended.
 *
 * @param code 1000 when it came to its end or was cancelled, otherwise a WebSocket close code: 1006 when
 * the collector could not be reached or went away, 1011 when it answered with an error or a callback threw.
 * @param reason The message of the error; empty when there was none.
 */
export type CloseHandler = (code?: number, reason?: string) => void;

/** Said by RFC 6455 of a connection that broke without a close. */
const BROKEN = 1006;

/** A query under way that calls back. */
export class ResultHandler implements AsyncDisposable {
  readonly #cancelling: AbortController;
  readonly #closed: Promise<{ readonly code: number; readonly reason: string }>;

  /**
   * For {@linkcode Query}: starts at once.
   *
   * @param result Whose iteration must end when the controller aborts.
   */
  constructor(result: QueryResult, callback: EventCallback, cancelling: AbortController) {
    this.#cancelling = cancelling;
    this.#closed = this.#run(result, callback);
  }

  /** Ends the query: the callback is not called again. */
  cancel(): void {
    this.#cancelling.abort();
  }

  /** Has the handler called once when the query ends; when it has ended already, at once. */
  whenClosed(handler: CloseHandler): void {
    void this.#closed.then(({ code, reason }) => handler(code, reason));
  }

  /** Cancels and waits until the connection is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    await this.#closed;
  }

  async #run(
    result: QueryResult,
    callback: EventCallback,
  ): Promise<{ readonly code: number; readonly reason: string }> {
    const { signal } = this.#cancelling;
    try {
      for await (const event of result) {
        if (signal.aborted) break;
        const pending = callback(event);
        if (pending !== undefined) await pending;
      }
    } catch (error) {
      if (!signal.aborted) return describe(error);
    }
    return { code: CLOSE.NORMAL, reason: "" };
  }
}

function describe(error: unknown): { readonly code: number; readonly reason: string } {
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof QueryError) return { code: error.code ?? CLOSE.INTERNAL, reason };
  const isUnreachable = error instanceof Error && error.name === "ConnectError";
  return { code: isUnreachable ? BROKEN : CLOSE.INTERNAL, reason };
}
