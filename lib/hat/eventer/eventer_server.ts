import { ChatterError } from "../chatter/chatter_error.ts";
import { ChatterConnection } from "../chatter/connection.ts";
import { completeOptions, type ConnectionOptions } from "../chatter/connection_options.ts";
import {
  type Accepted,
  type ChatterAddress,
  ChatterListener,
  type ServerTls,
} from "../chatter/sockets.ts";
import type { HatEvent } from "../event.ts";
import { ClientHub, type ClientRules } from "./client_hub.ts";
import type { EventerObserver } from "./eventer_notice.ts";
import type { EventerClientInfo, EventerService } from "./eventer_service.ts";

/** How an event server takes clients. */
export interface EventerServerOptions extends ConnectionOptions, ChatterAddress, ClientRules {
  /** Takes connections by TLS, and no others. @default {TCP} */
  readonly tls?: ServerTls | undefined;
  /** How many connections may be open; others are closed at once. @default {500} */
  readonly maxConnections?: number;
  /** Is told what happens. @default {nobody} */
  readonly observer?: EventerObserver;
}

/** How events are told by {@linkcode EventerServer.notifyEvents}. */
export interface NotifyOptions {
  /** Whether they are durable: which clients are told. @default {false} */
  readonly persisted?: boolean;
}

/** More than an installation has clients; a program has a thousand files open by default. */
const DEFAULT_MAX_CONNECTIONS = 500;

/** What a client says of itself is far less; strangers cannot fill the memory with more. */
const MAX_INIT_BYTES = 1 << 20;

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
  readonly #options: ConnectionOptions;
  readonly #maxConnections: number;
  readonly #observer: EventerObserver;
  readonly #listener: ChatterListener;
  readonly #connections = new Map<ChatterConnection, Promise<void>>();
  readonly #hub: ClientHub;
  readonly #callbacks = new DisposableStack();
  readonly #accepting: Promise<void>;
  #closing: Promise<void> | undefined;

  private constructor(service: EventerService, options: EventerServerOptions) {
    const { maxConnections = DEFAULT_MAX_CONNECTIONS } = options;
    const { maxMessageBytes, maxFirstMessageBytes } = completeOptions(options);
    assertCount("maxConnections", maxConnections);
    this.#options = {
      ...options,
      maxFirstMessageBytes: Math.min(maxFirstMessageBytes, MAX_INIT_BYTES),
    };
    this.#maxConnections = maxConnections;
    this.#observer = options.observer ?? (() => {});
    this.#hub = new ClientHub(service, this.#observer, { ...options, maxMessageBytes });
    this.#listener = new ChatterListener(options, options.tls);
    const hub = this.#hub;
    this.#callbacks.use(service.onStatus((status) => hub.notifyStatus(status)));
    this.#callbacks.use(service.onRegistered((events) => hub.notifyEvents(events, false)));
    this.#callbacks.use(service.onFlushed((events) => hub.notifyEvents(events, true)));
    const { hostname, port } = this.#listener;
    this.#observer({ kind: "listening", hostname, port });
    this.#accepting = this.#accept();
  }

  /**
   * Starts to listen.
   *
   * @throws {RangeError} When an option is out of range.
   * @throws {Error} When it cannot; the message says why, the cause is the runtime's error.
   */
  static listen(service: EventerService, options: EventerServerOptions): EventerServer {
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
    return this.#hub.clients;
  }

  /**
   * Tells events to the clients that want them, and waits until each has handled them, or is gone. What the
   * service registers is told without that, and not by this.
   */
  async notifyEvents(events: readonly HatEvent[], options: NotifyOptions = {}): Promise<void> {
    await this.#hub.notifyEventsWithAck(events, options.persisted ?? false);
  }

  /**
   * Takes no more clients, sends to each what is queued, closes its connection, and waits for what the
   * service does for it.
   */
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
    if (this.#connections.size >= this.#maxConnections) {
      socket.close();
      const reason = `${this.#maxConnections} are open, and no more may be`;
      const error = new ChatterError("overflow", `Cannot take connection as ${reason}`);
      return this.#observer({ kind: "stranger-failed", remote, error });
    }
    const connection = new ChatterConnection(socket, remote, this.#options);
    const serving = this.#hub.serve(connection).finally(() => this.#connections.delete(connection));
    this.#connections.set(connection, serving);
  }
}

function assertCount(name: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return;
  throw new RangeError(
    `Cannot start event server as '${name}' must be a positive integer: current value is ${value}`,
  );
}
