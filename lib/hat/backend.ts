import type { EventId, HatEvent } from "./event.ts";
import type { QueryParams, QueryResult } from "./query.ts";

/**
 * Where registered events are kept: the port that every backend fills.
 *
 * After it is disposed of, every method must reject with an `Error` that says so. Disposing must flush
 * what was registered, is idempotent, and must wait for work in flight.
 */
export interface Backend extends AsyncDisposable {
  /**
   * The greatest id that was registered with this server id.
   *
   * It must be `{server, session: 0, instance: 0}` where there is none, and must still be the greatest
   * after that event was dropped by age or size.
   */
  getLastEventId(serverId: number): Promise<EventId>;

  /**
   * Keeps events.
   *
   * When it resolves, queries must find them; they need not be on disk. All of them or none must be
   * kept. Results are the events as they were given. Callbacks of `onRegistered` must have been called.
   * Calls must take effect in the order in which they were made.
   */
  register(events: readonly HatEvent[]): Promise<readonly HatEvent[]>;

  /**
   * Answers a query over all that is registered, on disk or not.
   *
   * @throws {TypeError | RangeError | QueryTypeError} By `assertQueryParams`.
   */
  query(params: QueryParams): Promise<QueryResult>;

  /** Must resolve only when everything registered before is on disk and survives a crash. */
  flush(): Promise<void>;

  /** Calls back with the events of every `register`, in order, until it is disposed of. */
  onRegistered(callback: (events: readonly HatEvent[]) => void): Disposable;

  /**
   * Calls back with events that have become durable, each once and in order, until it is disposed of.
   * No event may be in it before it survives a crash.
   */
  onFlushed(callback: (events: readonly HatEvent[]) => void): Disposable;
}
