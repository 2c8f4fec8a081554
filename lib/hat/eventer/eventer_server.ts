import { ChatterError } from "../chatter/chatter_error.ts";
import { ChatterConnection } from "../chatter/connection.ts";
import { completeOptions, type ConnectionOptions } from "../chatter/connection_options.ts";
import {
  type Accepted,
  type ChatterAddress,
  ChatterListener,
  type ServerTls,
} from "../chatter/sockets.ts";
import { type Clock, SYSTEM_CLOCK } from "../clock.ts";
import type { HatEvent } from "../event.ts";
import { ClientSession } from "./client_session.ts";
import { noticesOf } from "./event_notice.ts";
import type { EventerObserver } from "./eventer_notice.ts";
import type { EventerClientInfo, EventerService } from "./eventer_service.ts";
import { answerGreeting, checkGreeting, type Greeting, receiveGreeting } from "./greeting.ts";

/** How an event server takes clients. */
export interface EventerServerOptions extends ConnectionOptions, ChatterAddress {
  /** What clients must say that say a token at all. @default {nothing: such clients are refused} */
  readonly token?: string | undefined;
  /** Takes connections by TLS, and no others. @default {TCP} */
  readonly tls?: ServerTls | undefined;
  /** How long a connection may take to say who it is, in milliseconds. @default {10_000} */
  readonly initTimeoutMs?: number;
  /** How long a client may take to handle events that it must acknowledge. @default {10_000} */
  readonly ackTimeoutMs?: number;
  /** Is told what happens. @default {nobody} */
  readonly observer?: EventerObserver;
}

/** How events are told by {@linkcode EventerServer.notifyEvents}. */
export interface NotifyOptions {
  /** Whether they are durable: which clients are told. @default {false} */
  readonly persisted?: boolean;
}

/** A client sends its first message at once; this is a slow line. */
const DEFAULT_INIT_TIMEOUT_MS = 10_000;

/** Longer than handling a session takes, short enough that nobody waits for a client that hangs. */
const DEFAULT_ACK_TIMEOUT_MS = 10_000;

/** As in Hat: a client that is refused has so long to close. */
const REFUSED_CLOSE_MS = 500;

/** When no connection can be taken, as there are too many files open: until some may have been closed. */
const ACCEPT_RETRY_MS = 100;

/**
 * An event server: takes clients, and joins them to what stands behind it.
 *
 * @example
 * ```ts
 * import { EventerClient, EventerServer, type EventerService } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const nothing = { [Symbol.dispose]() {} };
 * const service: EventerService = {
 *   status: "operational",
 *   onStatus: () => nothing,
 *   onRegistered: () => nothing,
 *   onFlushed: () => nothing,
 *   register: () => Promise.resolve([]),
 *   query: () => Promise.resolve({ events: [], moreFollows: false }),
 * };
 * await using server = EventerServer.listen(service, { port: 0 });
 * await using client = await EventerClient.connect({ port: server.port, clientName: "me" });
 * assert.deepEqual(await client.register([]), []);
 * ```
 */
export class EventerServer implements AsyncDisposable {
  readonly #service: EventerService;
  readonly #options: EventerServerOptions;
  readonly #observer: EventerObserver;
  readonly #listener: ChatterListener;
  readonly #connections = new Map<ChatterConnection, Promise<void>>();
  readonly #sessions = new Set<ClientSession>();
  readonly #callbacks = new DisposableStack();
  readonly #accepting: Promise<void>;
  #clients = 0;
  #closing: Promise<void> | undefined;

  private constructor(service: EventerService, options: EventerServerOptions) {
    this.#service = service;
    this.#options = options;
    this.#observer = options.observer ?? (() => {});
    this.#listener = new ChatterListener(options, options.tls);
    this.#callbacks.use(service.onStatus((status) => {
      for (const session of this.#sessions) session.notifyStatus(status);
    }));
    this.#callbacks.use(service.onRegistered((events) => this.#notify(events, false)));
    this.#callbacks.use(service.onFlushed((events) => this.#notify(events, true)));
    const { hostname, port } = this.#listener;
    this.#observer({ kind: "listening", hostname, port });
    this.#accepting = this.#accept();
  }

  /**
   * Starts to listen.
   *
   * @throws {RangeError} When an option is out of range.
   * @throws The runtime's error when it cannot.
   */
  static listen(service: EventerService, options: EventerServerOptions): EventerServer {
    completeOptions(options);
    return new EventerServer(service, options);
  }

  /** The address bound. */
  get hostname(): string {
    return this.#listener.hostname;
  }

  /** The port bound. */
  get port(): number {
    return this.#listener.port;
  }

  /** The clients that are accepted now. */
  get clients(): readonly EventerClientInfo[] {
    return [...this.#sessions].map(({ info }) => info);
  }

  /**
   * Tells events to the clients that want them, and waits until each has handled them, or is gone. What the
   * service registers is told without that, and not by this.
   */
  async notifyEvents(events: readonly HatEvent[], options: NotifyOptions = {}): Promise<void> {
    const { persisted = false } = options;
    const sessions = [...this.#sessions].filter((session) => session.persisted === persisted);
    const notices = noticesOf(events);
    await Promise.all(
      notices.flatMap((notice) => sessions.map((session) => session.notifyEventsWithAck(notice))),
    );
  }

  /** Takes no more clients, sends to each what is queued, and closes its connection. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** As {@linkcode close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#callbacks.dispose();
    this.#listener[Symbol.dispose]();
    await this.#accepting;
    await Promise.all([...this.#connections].map(async ([connection, serving]) => {
      await connection.close();
      await serving;
    }));
  }

  #notify(events: readonly HatEvent[], persisted: boolean): void {
    const notices = noticesOf(events);
    for (const session of this.#sessions) {
      if (session.persisted !== persisted) continue;
      for (const notice of notices) session.notifyEvents(notice);
    }
  }

  async #accept(): Promise<void> {
    while (true) {
      try {
        const accepted = await this.#listener.accept();
        if (accepted === undefined) return;
        this.#open(accepted);
      } catch (error) {
        if (this.#closing !== undefined) return;
        this.#observer({ kind: "accept-failed", error });
        await new Promise<void>((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  #open({ socket, remote }: Accepted): void {
    const connection = new ChatterConnection(socket, remote, this.#options);
    const serving = this.#serve(connection).finally(() => this.#connections.delete(connection));
    this.#connections.set(connection, serving);
  }

  async #serve(connection: ChatterConnection): Promise<void> {
    const { remote } = connection;
    const { initTimeoutMs = DEFAULT_INIT_TIMEOUT_MS } = this.#options;
    try {
      const greeting = await receiveGreeting(connection, this.#clock, initTimeoutMs);
      if (greeting !== undefined) await this.#welcome(connection, greeting);
    } catch (error) {
      this.#observer({ kind: "stranger-failed", remote, error });
    }
    await connection.close();
  }

  async #welcome(connection: ChatterConnection, greeting: Greeting): Promise<void> {
    const { remote } = connection;
    const { clientName: name } = greeting.request;
    const subscription = checkGreeting(greeting, this.#options.token);
    if (typeof subscription === "string") {
      return await this.#refuse(connection, greeting, subscription);
    }
    const info = { id: ++this.#clients, name, remote };
    try {
      await this.#service.clientConnected?.(info);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return await this.#refuse(connection, greeting, reason);
    }
    const { ackTimeoutMs = DEFAULT_ACK_TIMEOUT_MS } = this.#options;
    const { request } = greeting;
    await this.#hold(
      new ClientSession({
        ...{ connection, info, request, subscription, ackTimeoutMs },
        service: this.#service,
        clock: this.#clock,
      }),
      () => {
        const status = this.#service.status;
        answerGreeting(connection, greeting, { kind: "success", status });
      },
    );
    const closing = connection.close();
    try {
      await this.#service.clientDisconnected?.(info);
    } catch (error) {
      this.#observer({ kind: "client-failed", client: info, error });
    }
    await closing;
  }

  /** Has a client served until it leaves; its session is told nothing before it is answered. */
  async #hold(session: ClientSession, answer: () => void): Promise<void> {
    const client = session.info;
    try {
      answer();
      this.#sessions.add(session);
      this.#observer({ kind: "client-joined", client });
      await session.serve();
    } catch (error) {
      if (!this.#isClosed(error)) this.#observer({ kind: "client-failed", client, error });
    } finally {
      this.#sessions.delete(session);
      this.#observer({ kind: "client-left", client });
    }
  }

  async #refuse(connection: ChatterConnection, greeting: Greeting, reason: string): Promise<void> {
    const { clientName: name } = greeting.request;
    this.#observer({ kind: "client-refused", name, remote: connection.remote, reason });
    answerGreeting(connection, greeting, { kind: "error", message: reason });
    using _timer = this.#clock.after(REFUSED_CLOSE_MS, () => void connection.close());
    while (await connection.receive() !== undefined);
  }

  /** Whether it says no more than that this server closed a connection. */
  #isClosed(error: unknown): boolean {
    return this.#closing !== undefined && error instanceof ChatterError && error.kind === "closed";
  }

  get #clock(): Clock {
    return this.#options.clock ?? SYSTEM_CLOCK;
  }
}
