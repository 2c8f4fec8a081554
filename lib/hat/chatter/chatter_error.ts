/**
 * Why a connection came to its end before its time: `protocol` = the peer sent what it must not; `overflow`
 * = more waits to be sent or handled than may, as someone is too slow; `timeout` = the peer is silent, or
 * does not answer; `network` = the connection broke; `closed` = it was closed, so nothing can be sent or
 * answered.
 */
export type ChatterErrorKind = "protocol" | "overflow" | "timeout" | "network" | "closed";

/** What ended a connection, or a request over one. */
export class ChatterError extends Error {
  /** `"ChatterError"`. */
  override readonly name = "ChatterError";
  /** What kind of end it is. */
  readonly kind: ChatterErrorKind;

  /**
   * Makes the error.
   *
   * @param kind What kind of end it is.
   * @param options The error below it.
   */
  constructor(kind: ChatterErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
