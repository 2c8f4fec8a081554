import type { Criteria } from "../../event/criteria.ts";
import type {
  CountOptions,
  EventCounts,
  EventSearch,
  SearchOptions,
  StoreStats,
} from "../store.ts";
import { parseAddress } from "./address.ts";
import { REQUEST_TIMEOUT_MS } from "./clickhouse_store.ts";
import { readLedger } from "./ledger.ts";
import { openServer } from "./open_server.ts";
import { Reading } from "./reading.ts";
import type { Server } from "./server.ts";
import { checkTables } from "./tables.ts";
import type { Visible } from "./visible.ts";
import { hasDeleted } from "./settle.ts";

/** Reads a store that somebody else may have open for writing. */
export class ClickHouseReader implements AsyncDisposable {
  readonly #server: Server;
  readonly #reading: Reading;

  private constructor(server: Server) {
    this.#server = server;
    this.#reading = new Reading(server);
  }

  /** @throws {EventStoreError} When there is no such store, or it cannot be reached. */
  static async open(url: string): Promise<ClickHouseReader> {
    return await openServer(parseAddress(url), REQUEST_TIMEOUT_MS, async (server) => {
      await checkTables(server);
      return new ClickHouseReader(server);
    });
  }

  /** As the one of a store. */
  search(criteria: Criteria, options: SearchOptions = {}): EventSearch {
    return this.#reading.search(criteria, options, () => this.#visible());
  }

  /** As the one of a store. */
  async count(criteria: Criteria, options: CountOptions = {}): Promise<EventCounts> {
    return await this.#reading.count(criteria, options, () => this.#visible());
  }

  /** As the one of a store. */
  async stats(): Promise<StoreStats> {
    return await this.#reading.stats(await this.#visible());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#reading[Symbol.asyncDispose]();
  }

  async #visible(): Promise<Visible> {
    const { committed, gaps } = await readLedger(this.#server);
    return { until: committed, gaps, hasDeleted: await hasDeleted(this.#server) };
  }
}
