import { type Criteria, withoutOrder } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { countFound } from "../event_counter.ts";
import {
  type CountOptions,
  type EventBatch,
  type EventCounts,
  EventReadError,
  type EventSearch,
  EventStoreError,
  type SearchOptions,
  type StoreStats,
} from "../store.ts";
import { countEvents } from "./count.ts";
import { SELECTED } from "./event_rows.ts";
import { readLedger } from "./ledger.ts";
import { sqlText } from "./literal.ts";
import type { StoredEvent } from "./row_binary.ts";
import { searchEvents } from "./search.ts";
import type { Server } from "./server.ts";
import { ServerError } from "./server_error.ts";
import { localName, NAMES } from "./tables.ts";
import { sqlVisible, type Visible } from "./visible.ts";

/** Of an empty store. */
const NO_SPAN = { oldest: undefined, newest: undefined };

/** Reads a store, until it is closed. */
export class Reading implements AsyncDisposable {
  readonly #server: Server;
  /** Calls under way, besides searches. */
  readonly #attempts = new Set<Promise<unknown>>();
  readonly #closed = new AbortController();

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * A search as the port has it.
   *
   * @param visible What it sees, or how to find that out when it begins.
   */
  search(
    criteria: Criteria,
    options: SearchOptions,
    visible: Visible | (() => Promise<Visible>),
  ): EventSearch {
    const known = typeof visible === "function" ? undefined : visible;
    const summary = { matched: 0, scanned: 0, cursor: known?.until ?? 0 };
    const begin = async () => {
      const seen = typeof visible === "function" ? await visible() : visible;
      summary.cursor = seen.until;
      return seen;
    };
    const batches = () => this.#batches(criteria, begin, options);
    return {
      summary,
      async *[Symbol.asyncIterator]() {
        for await (const { batch, scanned } of batches()) {
          summary.scanned = scanned;
          if (batch === undefined) continue;
          summary.matched += batch.events.length;
          yield batch;
        }
      },
    };
  }

  /**
   * Counting as the port has it: by the server, or where that cannot tell exactly what matches, by going
   * over what it finds.
   *
   * @param visible As of a search.
   */
  async count(
    criteria: Criteria,
    options: CountOptions,
    visible: Visible | (() => Promise<Visible>),
  ): Promise<EventCounts> {
    const counted = withoutOrder(criteria);
    compileCriteria(counted);
    const check = () => {
      this.assertOpen();
      options.signal?.throwIfAborted();
    };
    check();
    const seen = typeof visible === "function" ? await this.#attempt(visible) : visible;
    const context = {
      server: this.#server,
      criteria: counted,
      visible: seen,
      signal: this.#stopSignal(options.signal),
    };
    const counts = await this.#attempt(() => countEvents(context, options), check);
    if (counts !== undefined) return counts;
    const store = { search: (criteria: Criteria) => this.search(criteria, options, seen) };
    return await countFound(store, counted, options);
  }

  /** @throws {EventReadError} When the server failed. */
  async get(id: string, visible: Visible): Promise<RawEvent | undefined> {
    const [event] = await this.#attempt(() =>
      this.#server.select(
        `SELECT ${SELECTED} FROM ${NAMES.events} WHERE id = ${sqlText(id)} ` +
          `AND ${sqlVisible(visible)} ORDER BY time DESC, arrival DESC LIMIT 1`,
        (row) => {
          row.uint8();
          row.double();
          row.uint64();
          return row.event();
        },
      )
    );
    return event;
  }

  /** @throws {EventReadError} When the server failed. */
  async stats(visible: Visible): Promise<StoreStats> {
    return await this.#attempt(async () => {
      const [sums] = await this.#server.select(
        `SELECT count(), sum(size), min(time), max(time) FROM ${NAMES.events} ` +
          `WHERE ${sqlVisible(visible)}`,
        (row) => ({
          events: row.uint64(),
          rawBytes: row.uint64(),
          oldest: row.double(),
          newest: row.double(),
        }),
      );
      const { events = 0, rawBytes = 0 } = sums ?? {};
      const { oldest, newest } = events === 0 ? NO_SPAN : sums ?? NO_SPAN;
      const storedBytes = await readStoredBytes(this.#server);
      const { dropped } = await readLedger(this.#server);
      return {
        ...{ events, rawBytes, storedBytes, oldest, newest, damaged: 0 },
        ...(dropped === undefined ? {} : { dropped }),
      };
    });
  }

  /** Ends searches and waits for what else is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(this.#closedError());
    await Promise.allSettled(this.#attempts);
    await this.#server.idle();
  }

  /** @throws {EventStoreError} When it is closed. */
  assertOpen(): void {
    if (this.#closed.signal.aborted) throw this.#closedError();
  }

  async *#batches(
    criteria: Criteria,
    begin: () => Promise<Visible>,
    { signal, onTurn }: SearchOptions,
  ): AsyncGenerator<{ readonly batch: EventBatch | undefined; readonly scanned: number }> {
    const check = () => {
      this.assertOpen();
      signal?.throwIfAborted();
    };
    check();
    const server = this.#server;
    try {
      const visible = await begin();
      const context = { server, criteria, visible, signal: this.#stopSignal(signal), onTurn };
      for await (const { found, scanned } of searchEvents(context)) {
        check();
        yield { batch: found.length === 0 ? undefined : toBatch(found), scanned };
        check();
      }
    } catch (error) {
      check();
      throw this.#toReadError(error);
    }
    check();
  }

  #stopSignal(signal: AbortSignal | undefined): AbortSignal {
    return AbortSignal.any([this.#closed.signal, ...(signal === undefined ? [] : [signal])]);
  }

  /** @param check Throws what stands before the error of an attempt that was stopped. */
  async #attempt<T>(read: () => Promise<T>, check = () => {}): Promise<T> {
    this.assertOpen();
    const attempt = read();
    this.#attempts.add(attempt);
    try {
      return await attempt;
    } catch (error) {
      check();
      throw this.#toReadError(error);
    } finally {
      this.#attempts.delete(attempt);
    }
  }

  #toReadError(cause: unknown): unknown {
    if (!(cause instanceof ServerError)) return cause;
    const message = `Cannot read store '${this.#server.address.name}': ${cause.message}`;
    return new EventReadError(message, { cause });
  }

  #closedError(): EventStoreError {
    return new EventStoreError(`Cannot use store '${this.#server.address.name}': it is closed`);
  }
}

async function readStoredBytes(server: Server): Promise<number> {
  const { cluster, database } = server.address;
  const parts = cluster === undefined
    ? "system.parts"
    : `cluster(${sqlText(cluster)}, system, parts)`;
  const names = Object.values(NAMES).map((name) => sqlText(localName(server, name)));
  const [bytes = 0] = await server.select(
    `SELECT sum(bytes_on_disk) FROM ${parts} WHERE active AND database = ${sqlText(database)} ` +
      `AND table IN (${names.join(", ")})`,
    (row) => row.uint64(),
  );
  return bytes;
}

function toBatch(found: readonly StoredEvent[]): EventBatch {
  return {
    events: found.map(({ event }) => event),
    arrivals: found.map(({ arrival }) => arrival),
  };
}
