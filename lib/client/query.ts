import type { Criteria } from "../event/criteria.ts";
import { FIND_PATH } from "../wire/paths.ts";
import { type CollectorAddress, socketUrl } from "./address.ts";
import { fetchCounts, type FetchCountsOptions } from "./counts.ts";
import type { CollectorCounts } from "./counts_answer.ts";
import { find } from "./find.ts";
import { live } from "./live.ts";
import type { LiveOptions } from "./query_options.ts";
import type { QueryResult } from "./query_result.ts";
import { type EventCallback, ResultHandler } from "./result_handler.ts";

/** Options of {@linkcode Query}; those about connections that are made anew concern `live` only. */
export type QueryOptions = Omit<LiveOptions, "host" | "port">;

/**
 * Asks a collector for events: stored ones by `find`, those that arrive by `live`, how many there are
 * by `count`.
 *
 * Each call makes a connection of its own when its result is iterated, or at once when there is a
 * callback, and closes it when the loop is left, the query ends or is cancelled.
 *
 * @example
 * ```ts
 * import { Collector, MemoryStore, Query } from "@theia/collector";
 *
 * await using store = new MemoryStore();
 * await using collector = await Collector.listen({ store, port: 0 });
 * const query = new Query("localhost", collector.port);
 * for await (const event of query.find({ content: "error", limit: 10 })) {
 *   console.log(event.timestamp, event.content);
 * }
 *
 * const following = query.live({ tags: ["web"] }, (event) => console.log(event.content));
 * following.whenClosed((code, reason) => console.log("closed", code, reason));
 * following.cancel();
 * ```
 */
export class Query {
  readonly #options: QueryOptions;
  readonly #address: CollectorAddress;

  /**
   * Names the collector; nothing is connected yet.
   *
   * @param host A name or an address of the collector.
   * @param port Its port.
   * @throws {TypeError} When host or port cannot be part of an address.
   */
  constructor(host: string, port: number, options: QueryOptions = {}) {
    this.#address = { host, port };
    this.#options = options;
    socketUrl({ host, port, path: FIND_PATH });
  }

  /**
   * Finds stored events; see {@linkcode QueryResult}.
   *
   * @throws {CriteriaError} When the criteria are malformed.
   */
  find(criteria: Criteria): QueryResult;
  /** Finds stored events, calling back with each one. */
  find(criteria: Criteria, callback: EventCallback): ResultHandler;
  find(criteria: Criteria, callback?: EventCallback): QueryResult | ResultHandler {
    return this.#ask(find, criteria, callback);
  }

  /**
   * Follows events that arrive; see {@linkcode QueryResult}.
   *
   * @throws {CriteriaError} When the criteria are malformed.
   */
  live(criteria: Criteria): QueryResult;
  /** Follows events that arrive, calling back with each one. */
  live(criteria: Criteria, callback: EventCallback): ResultHandler;
  live(criteria: Criteria, callback?: EventCallback): QueryResult | ResultHandler {
    return this.#ask(live, criteria, callback);
  }

  /**
   * Counts stored events; see {@linkcode fetchCounts}.
   *
   * @throws {CriteriaError} When the criteria are malformed.
   */
  count(criteria: Criteria, options: FetchCountsOptions = {}): Promise<CollectorCounts> {
    const { signal = this.#options.signal } = options;
    const { secure, caCerts } = this.#options;
    return fetchCounts({ ...this.#address, secure, caCerts }, criteria, { ...options, signal });
  }

  #ask(
    ask: (options: LiveOptions, criteria: Criteria) => QueryResult,
    criteria: Criteria,
    callback: EventCallback | undefined,
  ): QueryResult | ResultHandler {
    const options = { ...this.#options, ...this.#address };
    if (callback === undefined) return ask(options, criteria);
    const cancelling = new AbortController();
    const { signal } = options;
    const signals = signal === undefined
      ? cancelling.signal
      : AbortSignal.any([signal, cancelling.signal]);
    return new ResultHandler(ask({ ...options, signal: signals }, criteria), callback, cancelling);
  }
}
