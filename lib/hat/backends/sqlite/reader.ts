import type { EventId, HatEvent } from "../../event.ts";
import type { QueryServerParams, QueryTimeseriesParams } from "../../query.ts";
import { BackendError } from "../backend_error.ts";
import type { BackendSettings } from "../options.ts";
import type { KnownType, KnownTypes } from "./known_types.ts";
import { idBytes, TYPE_BYTES, unpackEvents } from "./packed_events.ts";
import { type QueryReply, type QueryRequest, startQueryThread } from "./query_thread.ts";
import { ThreadCalls } from "./thread_calls.ts";
import type { TypeChoice } from "./timeseries.ts";
import { reasonOf } from "./write_queue.ts";

/** Events that are fetched at a time by their arrival numbers. */
const FETCHED_AT_ONCE = 4096;

const NOTHING: Found = { events: [], count: 0 };

/** Less than the session and instance of every id. */
const BEFORE_ALL: Omit<EventId, "server"> = { session: -(2 ** 53), instance: -(2 ** 53) };

/** What was found. */
export interface Found {
  readonly events: readonly HatEvent[];
  /** How many there are, with those that are damaged. */
  readonly count: number;
}

/** Finds events in a database, in a thread of its own. */
export class Reader implements AsyncDisposable {
  readonly #path: string;
  readonly #types: KnownTypes;
  readonly #observer: BackendSettings["observer"];
  readonly #calls: ThreadCalls<QueryRequest, QueryReply> = new ThreadCalls(startQueryThread);

  private constructor(path: string, types: KnownTypes, observer: BackendSettings["observer"]) {
    this.#path = path;
    this.#types = types;
    this.#observer = observer;
  }

  /**
   * @param observer Told of damaged events.
   * @throws {BackendError} When the database cannot be read.
   */
  static async open(
    path: string,
    types: KnownTypes,
    observer: BackendSettings["observer"],
  ): Promise<Reader> {
    const reader = new Reader(path, types, observer);
    try {
      await reader.#ask({ kind: "open", path });
      return reader;
    } catch (error) {
      reader.#calls[Symbol.dispose]();
      throw error;
    }
  }

  /** The events of a timeseries query, so many at most. */
  async timeseries(params: QueryTimeseriesParams, limit: number): Promise<Found> {
    const types = params.eventTypes === undefined ? undefined : this.#types.find(params.eventTypes);
    if (types?.length === 0) return NOTHING;
    return await this.#find({
      kind: "timeseries",
      request: {
        types: types === undefined ? undefined : this.#choice(types),
        tFrom: params.tFrom?.toBytes(),
        tTo: params.tTo?.toBytes(),
        sourceTFrom: params.sourceTFrom?.toBytes(),
        sourceTTo: params.sourceTTo?.toBytes(),
        column: params.orderBy === "sourceTimestamp" ? "source" : "time",
        isAscending: params.order === "ascending",
        last: params.lastEventId === undefined ? undefined : idBytes(params.lastEventId),
        limit,
      },
    });
  }

  /** The events of a server query, so many at most, up to an arrival number. */
  async ofServer(
    { serverId, lastEventId }: QueryServerParams,
    lastArrival: number,
    limit: number,
  ): Promise<Found> {
    return await this.#find({
      kind: "ids",
      after: idBytes(lastEventId ?? { server: serverId, ...BEFORE_ALL }),
      before: idBytes({ server: serverId + 1, ...BEFORE_ALL }),
      lastArrival,
      limit,
    });
  }

  /**
   * The latest events of types, in any order; again those that another event has become the latest of
   * meanwhile.
   *
   * @param committed Resolves when the database has all latest events.
   */
  async latest(
    types: readonly KnownType[],
    committed: () => Promise<void>,
  ): Promise<readonly HatEvent[]> {
    await committed();
    const arrivals = types.map(({ arrival }) => arrival);
    const events = await this.#withArrivals(arrivals);
    const byType = new Map(events.map((event) => [event.type, event]));
    const found: HatEvent[] = [];
    const missed: KnownType[] = [];
    types.forEach((known, i) => {
      const event = byType.get(known.type);
      if (event !== undefined) {
        this.#types.keep(known, arrivals[i] ?? 0, event);
        found.push(event);
      } else if (known.event !== undefined) found.push(known.event);
      // Else it is damaged, which the observer was told.
      else if (known.arrival !== arrivals[i]) missed.push(known);
    });
    return missed.length === 0 ? found : found.concat(await this.latest(missed, committed));
  }

  /** Ends the thread when it has done what it was asked. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#ask({ kind: "close" });
    } finally {
      this.#calls[Symbol.dispose]();
    }
  }

  /** The events with these arrival numbers, as far as they are there. */
  async #withArrivals(arrivals: readonly number[]): Promise<readonly HatEvent[]> {
    const events: HatEvent[] = [];
    // Neighbours lie on the same pages.
    const sorted = arrivals.toSorted((a, b) => a - b);
    for (let at = 0; at < sorted.length; at += FETCHED_AT_ONCE) {
      const portion = sorted.slice(at, at + FETCHED_AT_ONCE);
      const found = await this.#find({ kind: "arrivals", arrivals: portion });
      for (const event of found.events) events.push(event);
    }
    return events;
  }

  /** The shorter list: that of the types, or of all others. */
  #choice(types: readonly KnownType[]): TypeChoice | undefined {
    if (types.length === this.#types.count) return undefined;
    const areExcluded = 2 * types.length > this.#types.count;
    const listed = areExcluded ? this.#types.others(types) : types;
    return { areExcluded, numbers: listed.map(({ number }) => hexOf(number)) };
  }

  async #find(request: QueryRequest): Promise<Found> {
    const reply = await this.#ask(request);
    if (reply.kind !== "found") return NOTHING;
    const { events, damaged } = unpackEvents(
      reply.events,
      (number) => this.#types.withNumber(number),
    );
    if (damaged > 0) this.#observer({ kind: "damaged", events: damaged });
    return { events, count: reply.events.count };
  }

  async #ask(request: QueryRequest): Promise<QueryReply> {
    const reply = await this.#calls.ask(request);
    if (reply.kind !== "failed") return reply;
    throw new BackendError(`Cannot read backend '${this.#path}': ${reasonOf(reply)}`);
  }
}

/** The bytes of a type's number as SQLite writes them. */
function hexOf(number: number): string {
  return number.toString(16).padStart(2 * TYPE_BYTES, "0").toUpperCase();
}
