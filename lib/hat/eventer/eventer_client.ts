import { ChatterError } from "../chatter/chatter_error.ts";
import { ChatterConnection } from "../chatter/connection.ts";
import type { ConnectionOptions } from "../chatter/connection_options.ts";
import type { ChatterMessage } from "../chatter/message.ts";
import { type ChatterAddress, type ClientTls, connectSocket } from "../chatter/sockets.ts";
import type { HatEvent, RegisterEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import { assertQueryParams, type QueryParams, type QueryResult, type Status } from "../query.ts";
import { unexpected } from "./client_session.ts";
import {
  type EventerMessage,
  EVENTS_ACK,
  EVENTS_NOTIFY,
  INIT_REQUEST,
  INIT_RESPONSE,
  type InitResponse,
  QUERY_REQUEST,
  QUERY_RESPONSE,
  REGISTER_REQUEST,
  REGISTER_RESPONSE,
  STATUS_NOTIFY,
} from "./messages.ts";

/** How a client connects to an event server, and what it wants to be told. */
export interface EventerClientOptions extends ConnectionOptions, ChatterAddress {
  /** What it calls itself. */
  readonly clientName: string;
  /** A secret that it has of the server. @default {none} */
  readonly clientToken?: string | undefined;
  /** Query types: it is told events that match one. @default {[]} */
  readonly subscriptions?: readonly EventType[];
  /** It is told events of this server only. @default {of all} */
  readonly serverId?: number | undefined;
  /** Whether it is told events when they are durable, instead of when they are registered. @default {false} */
  readonly persisted?: boolean;
  /** Connects by TLS. @default {TCP} */
  readonly tls?: ClientTls | undefined;
  /** Ends the attempt to connect. */
  readonly signal?: AbortSignal | undefined;
  /** Is told each new status of the server. What it throws ends the connection. */
  readonly onStatus?: (status: Status) => void;
  /**
   * Is told events of one session, one call after another: what it returns is waited for. What it throws
   * ends the connection.
   */
  readonly onEvents?: (events: readonly HatEvent[]) => void | Promise<void>;
}

/** The server does not accept the client. */
export class EventerInitError extends Error {
  /** `"EventerInitError"`. */
  override readonly name = "EventerInitError";
}

/**
 * A connection to an event server, ours or Hat's.
 *
 * @example
 * ```ts
 * import { EventerClient, EventerServer, type EventerService } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const nothing = { [Symbol.dispose]() {} };
 * const service: EventerService = {
 *   status: "standby",
 *   onStatus: () => nothing,
 *   onRegistered: () => nothing,
 *   onFlushed: () => nothing,
 *   register: () => Promise.resolve([]),
 *   query: () => Promise.resolve({ events: [], moreFollows: false }),
 * };
 * await using server = EventerServer.listen(service, { port: 0 });
 * await using client = await EventerClient.connect({
 *   port: server.port,
 *   clientName: "watcher",
 *   subscriptions: [["plant", "*"]],
 *   onEvents: (events) => assert(events.length > 0),
 * });
 * assert.equal(client.status, "standby");
 * const event = { type: ["plant", "pump"], sourceTimestamp: undefined, payload: undefined };
 * assert.equal(await client.register([event]), undefined);
 * const { events } = await client.query({ kind: "latest", eventTypes: [["plant", "*"]] });
 * assert.deepEqual(events, []);
 * ```
 */
export class EventerClient implements AsyncDisposable {
  /** Settled when the connection has ended: with what ended it before its time, or undefined. Never rejects. */
  readonly ended: Promise<unknown>;
  readonly #connection: ChatterConnection;
  readonly #options: EventerClientOptions;
  #status: Status;

  private constructor(
    connection: ChatterConnection,
    options: EventerClientOptions,
    status: Status,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.#status = status;
    this.ended = this.#listen();
  }

  /**
   * Connects, and says who the client is.
   *
   * @throws {EventerInitError} When the server does not accept it; the message says why.
   * @throws {ChatterError} When the connection ends before the server answers.
   * @throws The runtime's error when it cannot connect, the signal's reason when it aborts.
   */
  static async connect(options: EventerClientOptions): Promise<EventerClient> {
    const { signal, tls } = options;
    signal?.throwIfAborted();
    const { socket, remote } = await connectSocket(options, tls, signal);
    const connection = new ChatterConnection(socket, remote, options);
    const abort = () => connection.abort(new ChatterError("closed", "The attempt was given up"));
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      const response = await greet(connection, options);
      if (response.kind === "error") throw new EventerInitError(response.message);
      return new EventerClient(connection, options, response.status);
    } catch (error) {
      if (signal?.aborted) abort();
      await connection.close();
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The status of the server, as it said last. */
  get status(): Status {
    return this.#status;
  }

  /**
   * Has events registered in a session of their own.
   *
   * @returns The events as registered, in the same order; undefined when the server did not register them.
   * @throws {ChatterError} When the connection ends before the answer; then they may be registered or not.
   */
  async register(events: readonly RegisterEvent[]): Promise<readonly HatEvent[] | undefined> {
    const data = REGISTER_REQUEST.encode(events);
    const answer = await this.#connection.request(REGISTER_REQUEST.type, data);
    return this.#decode(answer, REGISTER_RESPONSE);
  }

  /**
   * Sends events to be registered, without an answer; resolves when they are queued. Closing sends them.
   *
   * @throws {ChatterError} When the connection has ended.
   */
  async registerUnanswered(events: readonly RegisterEvent[]): Promise<void> {
    await this.#connection.sendWhenRoom(REGISTER_REQUEST.type, REGISTER_REQUEST.encode(events));
  }

  /**
   * Asks for events.
   *
   * @throws {TypeError | RangeError | QueryTypeError} When it is no query that can be answered.
   * @throws {ChatterError} When the connection ends before the answer, as it does when the server cannot
   * answer.
   */
  async query(params: QueryParams): Promise<QueryResult> {
    assertQueryParams(params);
    const answer = await this.#connection.request(QUERY_REQUEST.type, QUERY_REQUEST.encode(params));
    return this.#decode(answer, QUERY_RESPONSE);
  }

  /**
   * Sends what is queued, closes, and waits until `onEvents` is done, which must therefore not wait for it.
   */
  async close(): Promise<void> {
    await this.#connection.close();
    await this.ended;
  }

  /** As {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #listen(): Promise<unknown> {
    const connection = this.#connection;
    try {
      for (
        let next = await connection.receive();
        next !== undefined;
        next = await connection.receive()
      ) await this.#handle(next);
      return connection.failure;
    } catch (error) {
      return error;
    } finally {
      void connection.close();
    }
  }

  async #handle(message: ChatterMessage): Promise<void> {
    const { id, first, last, type, data } = message;
    if (id !== first) throw unexpected(message);
    if (type === STATUS_NOTIFY.type && last) {
      this.#status = STATUS_NOTIFY.decode(data);
      this.#options.onStatus?.(this.#status);
    } else if (type === EVENTS_NOTIFY.type) {
      const events = EVENTS_NOTIFY.decode(data);
      await this.#options.onEvents?.(events);
      if (last) return;
      const conversation = { isOwn: false, first };
      await this.#connection.sendWhenRoom(EVENTS_ACK.type, EVENTS_ACK.encode(null), {
        conversation,
      });
    } else {
      throw unexpected(message);
    }
  }

  #decode<T>(answer: ChatterMessage, expected: EventerMessage<T>): T {
    try {
      return decodeAnswer(answer, expected);
    } catch (error) {
      void this.#connection.close();
      throw error;
    }
  }
}

async function greet(
  connection: ChatterConnection,
  options: EventerClientOptions,
): Promise<InitResponse> {
  const { clientName, clientToken, subscriptions = [], serverId, persisted = false } = options;
  const request = { clientName, clientToken, subscriptions, serverId, persisted };
  const answer = await connection.request(INIT_REQUEST.type, INIT_REQUEST.encode(request));
  return decodeAnswer(answer, INIT_RESPONSE);
}

function decodeAnswer<T>(answer: ChatterMessage, expected: EventerMessage<T>): T {
  if (answer.type === expected.type) return expected.decode(answer.data);
  const reason = `it is a '${answer.type}' instead of a '${expected.type}'`;
  throw new ChatterError("protocol", `Cannot take answer as ${reason}`);
}
