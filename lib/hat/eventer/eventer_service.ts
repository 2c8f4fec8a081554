import type { HatEvent, RegisterEvent } from "../event.ts";
import type { QueryParams, QueryResult, Status } from "../query.ts";

/** Who is at the other end of a connection to an event server. */
export interface EventerClientInfo {
  /** Counts the clients of a server, from 1. */
  readonly id: number;
  /** What it calls itself. */
  readonly name: string;
  /** Address and port, such as `127.0.0.1:50312`. */
  readonly remote: string;
}

/**
 * What stands behind an event server: the port that an engine with its backend fills.
 *
 * Callbacks must be called in the order of what they tell. They only queue something for each client, and
 * never throw.
 */
export interface EventerService {
  /** The status now. */
  readonly status: Status;

  /** Calls back with the new status at every change, after `status` has it, until it is disposed of. */
  onStatus(callback: (status: Status) => void): Disposable;

  /**
   * Registers events for a client. The callbacks of `onRegistered` must have been called with the events
   * of the session when it resolves, so that a client is notified before it is answered.
   *
   * @returns The events in the order in which they were asked for, without others of their session, or
   * undefined when they were not registered. For no events it must be no events, without a session.
   * @throws When the client did something that has no answer: its connection is closed.
   */
  register(
    client: EventerClientInfo,
    events: readonly RegisterEvent[],
  ): Promise<readonly HatEvent[] | undefined>;

  /**
   * Answers a query, whatever the status is.
   *
   * @throws When it cannot be answered: the connection of the client is closed.
   */
  query(params: QueryParams): Promise<QueryResult>;

  /** Calls back with the events of every session that was registered, until it is disposed of. */
  onRegistered(callback: (events: readonly HatEvent[]) => void): Disposable;

  /** Calls back with events that have become durable, each once, until it is disposed of. */
  onFlushed(callback: (events: readonly HatEvent[]) => void): Disposable;

  /**
   * A client was accepted. It is answered, and then notified, after this is done.
   *
   * @throws {Error} When the client is refused: it gets the message.
   */
  clientConnected?(client: EventerClientInfo): void | Promise<void>;

  /** A client that was accepted has gone. */
  clientDisconnected?(client: EventerClientInfo): void | Promise<void>;
}
