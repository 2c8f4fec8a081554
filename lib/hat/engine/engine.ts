import type { HatEvent } from "../event.ts";
import type { QueryParams, QueryResult } from "../query.ts";
import type { RegisterEventInit } from "./register_event_init.ts";
import type { Source } from "./source.ts";

/**
 * What modules and doors see of an engine.
 *
 * A module must not wait for `register` while the engine waits for that module: the request is behind
 * the very session that waits, which then ends by its time limit.
 */
export interface Engine {
  /** The server whose events this engine makes: the `server` of their ids. */
  readonly serverId: number;

  /**
   * Makes events in a session of their own, after the sessions asked for before: gives them ids and a
   * timestamp, has the modules process them, and registers what comes of it.
   *
   * @returns The events that were asked for, in their order, without those that modules added; undefined
   * when the session failed, there is no room for it, or the engine is closed. The observer knows why.
   * @throws {TypeError | RangeError | SyntaxError} When an event is none.
   */
  register(
    source: Source,
    events: readonly RegisterEventInit[],
  ): Promise<readonly HatEvent[] | undefined>;

  /** Asks the backend. */
  query(params: QueryParams): Promise<QueryResult>;

  /** Calls back with events that are on disk from now on, in order, each once, until disposed. */
  onFlushed(callback: (events: readonly HatEvent[]) => void): Disposable;
}
