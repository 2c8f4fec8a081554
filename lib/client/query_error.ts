/** A find or a live subscription ended otherwise than it should. */
export class QueryError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "QueryError";
  /** The WebSocket close code that ended it; undefined when it did not end by a close. */
  readonly code: number | undefined;

  /** The message says what was being done, and why it ended. */
  constructor(message: string, options: ErrorOptions & { readonly code?: number } = {}) {
    super(message, options);
    this.code = options.code;
  }
}
