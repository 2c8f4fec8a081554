/** What became of the events of one `send`. */
export interface PushResult {
  /** How many are stored now that were not before. */
  readonly events: number;
  /** How many were stored already. */
  readonly duplicates: number;
  /** Those that will not be stored, by rising index. */
  readonly rejected: readonly RejectedEvent[];
}

/** An event that will not be stored. */
export interface RejectedEvent {
  /** Its place in the array that was given to `send`. */
  readonly index: number;
  /** The rule that it breaks. */
  readonly reason: string;
}

/** A single event was refused for good. */
export class EventRejectedError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "EventRejectedError";
  /** The id of the event. */
  readonly id: string;
  /** The rule that it breaks. */
  readonly reason: string;

  /** The message names the event and the reason. */
  constructor(id: string, reason: string) {
    super(`Cannot push event '${id}': ${reason}`);
    this.id = id;
    this.reason = reason;
  }
}

/** A collector answered what the protocol does not allow. */
export class ProtocolError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "ProtocolError";

  /**
   * The message names the collector and the reason.
   *
   * @param url The address of the collector.
   * @param reason What it answered, and what it must answer.
   */
  constructor(url: string, reason: string, options?: ErrorOptions) {
    super(`Cannot go on with collector at ${url}: ${reason}`, options);
  }
}
