import type { Backend } from "../backend.ts";
import type { EventId, HatEvent } from "../event.ts";
import { assertQueryParams, type QueryParams, type QueryResult } from "../query.ts";
import { BackendError } from "./backend_error.ts";
import { LastIds } from "./last_ids.ts";
import { type EventsCallback, Listeners } from "./listeners.ts";
import { type BackendOptions, backendSettings } from "./options.ts";

/**
 * A backend that keeps no events, for servers that only hand on: whatever is registered counts as
 * flushed, and queries find nothing. It knows the last ids until it is closed.
 *
 * @example
 * ```ts
 * import { DummyBackend } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * await using backend = new DummyBackend();
 * assert.deepEqual(await backend.query({ kind: "latest" }), { events: [], moreFollows: false });
 * ```
 */
export class DummyBackend implements Backend {
  readonly #registered: Listeners;
  readonly #flushed: Listeners;
  readonly #lastIds = new LastIds();
  #isClosed = false;

  /** Makes a backend. Of the options only the observer counts. */
  constructor(options: BackendOptions = {}) {
    const { observer } = backendSettings(options);
    const onError = (error: unknown) => observer({ kind: "callback-failed", error });
    this.#registered = new Listeners(onError);
    this.#flushed = new Listeners(onError);
  }

  /** See {@linkcode Backend.getLastEventId}. */
  // deno-lint-ignore require-await -- failures are rejections
  async getLastEventId(serverId: number): Promise<EventId> {
    this.#assertOpen();
    return this.#lastIds.get(serverId);
  }

  /** See {@linkcode Backend.register}. */
  // deno-lint-ignore require-await -- failures are rejections
  async register(events: readonly HatEvent[]): Promise<readonly HatEvent[]> {
    this.#assertOpen();
    const fresh = this.#lastIds.takeNew(events);
    this.#registered.call(fresh);
    this.#flushed.call(fresh);
    return events;
  }

  /** Finds nothing. */
  // deno-lint-ignore require-await -- failures are rejections
  async query(params: QueryParams): Promise<QueryResult> {
    this.#assertOpen();
    assertQueryParams(params);
    return { events: [], moreFollows: false };
  }

  /** Does nothing. */
  // deno-lint-ignore require-await -- failures are rejections
  async flush(): Promise<void> {
    this.#assertOpen();
  }

  /** See {@linkcode Backend.onRegistered}. */
  onRegistered(callback: EventsCallback): Disposable {
    return this.#registered.add(callback);
  }

  /** See {@linkcode Backend.onFlushed}. */
  onFlushed(callback: EventsCallback): Disposable {
    return this.#flushed.add(callback);
  }

  /** Closes the backend. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    return Promise.resolve();
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new BackendError("Cannot use backend 'dummy': it is closed");
  }
}
