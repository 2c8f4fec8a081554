import { sleep } from "../base/backoff.ts";
import type { HttpHandler } from "../base/http_listener.ts";
import { type Dialect, PROTOCOL_V1 } from "../wire/dialect.ts";
import { FIND_PATH } from "../wire/paths.ts";
import { type BindOptions, bindPorts, type BoundPort } from "./bound_port.ts";
import type { ClientInfo } from "./collector_notice.ts";
import { Connection } from "./connection.ts";
import { type Handshake, readHandshake } from "./handshake.ts";
import type { Visit } from "./http/router.ts";
import { CLOSE_GRACE_MS } from "./limits.ts";
import { isLoopback, type OriginRules } from "./origin.ts";
import type { Session } from "./session.ts";
import { settledWithin } from "./settled_within.ts";

/**
 * An answer that the runtime calls delivered is on its way to the socket: with one turn of the event
 * loop every one arrived, cut off at once none did.
 */
const FLUSH_MS = 20;

/** What {@linkcode SocketServer.listen} needs to know. */
export interface SocketServerOptions extends BindOptions, Pick<OriginRules, "allowedOrigins"> {
  /** Makes the session of a connection that was opened. */
  readonly onConnection: (connection: Connection) => Session;
  /** Answers a request for a path that is of no WebSocket. */
  readonly onRequest: (
    request: Request,
    visit: Visit,
    rules: OriginRules,
  ) => Promise<Response>;
}

/**
 * Listens, and turns requests into connections. `Deno.upgradeWebSocket` is used nowhere else.
 *
 * Listening binds one address of a name; for `localhost` both 127.0.0.1 and ::1 are bound where the
 * machine has them, as a client may try either.
 */
export class SocketServer {
  readonly hostname: string;
  readonly port: number;
  /** The addresses bound. */
  readonly addresses: readonly string[];
  readonly #options: SocketServerOptions;
  readonly #rules: OriginRules;
  readonly #sessions = new Map<Connection, Session>();
  /** Settle when the answers under way are delivered. */
  readonly #answers = new Set<Promise<void>>();
  readonly #ports: readonly BoundPort[];
  #count = 0;
  #isStopping = false;

  private constructor(options: SocketServerOptions) {
    this.#options = options;
    this.hostname = options.hostname;
    this.#rules = {
      isLoopback: isLoopback(options.hostname),
      allowedOrigins: options.allowedOrigins,
    };
    this.#ports = bindPorts(options, (request, info) => this.#answer(request, info));
    this.addresses = this.#ports.map(({ address }) => address.hostname);
    this.port = this.#ports[0]?.address.port ?? options.port;
  }

  /**
   * Starts to listen.
   *
   * @throws {Error} When it cannot; the message says why, the cause is the runtime's error.
   */
  static listen(options: SocketServerOptions): SocketServer {
    return new SocketServer(options);
  }

  /** The sessions of the connections that are open. */
  sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** Takes no new connections and no messages from now on. */
  refuse(): void {
    this.#isStopping = true;
  }

  /**
   * Closes every connection and stops listening. Clients that do not answer the close in time are cut
   * off.
   */
  async close(code: number, reason: string): Promise<void> {
    this.#isStopping = true;
    const connections = [...this.#sessions.keys()];
    await Promise.all(connections.map(async (connection) => {
      void connection.refuse(code, reason);
      await connection.goneWithin(CLOSE_GRACE_MS);
    }));
    await settledWithin(CLOSE_GRACE_MS, Promise.all(this.#answers));
    await sleep(FLUSH_MS);
    // A shutdown would wait for who does not read its answer, or sends on what nobody takes.
    await Promise.all(this.#ports.map((port) => port.cutOff()));
  }

  #answer(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): HandlerResult {
    const remote = describeAddress(info.remoteAddr);
    // The runtime makes an address of whatever is said to be the host.
    if (!URL.canParse(request.url)) return this.#refuse(remote, 400, "Cannot read the host\n");
    const handshake = readHandshake(request, this.#rules);
    if (handshake.kind !== "http" && this.#isStopping) {
      return this.#refuse(remote, 503, "The collector stops\n");
    }
    if (handshake.kind === "socket") return this.#upgrade(request, handshake, remote);
    if (handshake.kind === "refusal") {
      return this.#refuse(remote, handshake.status, handshake.text);
    }
    const { pathname } = new URL(request.url);
    const client: ClientInfo = { id: ++this.#count, path: pathname, dialect: "http", remote };
    const delivered = info.completed.catch(() => {});
    this.#answers.add(delivered);
    void delivered.then(() => this.#answers.delete(delivered));
    return this.#options.onRequest(request, { client, delivered }, this.#rules);
  }

  #refuse(remote: string, status: number, text: string): Response {
    this.#options.observer({ kind: "request-refused", remote, status, reason: text.trim() });
    const headers = new Headers({ "content-type": "text/plain; charset=utf-8" });
    if (status === 426) {
      headers.set("upgrade", "websocket");
      headers.set("connection", "upgrade");
    }
    return new Response(text, { status, headers });
  }

  #upgrade(request: Request, handshake: Handshake & { kind: "socket" }, remote: string): Response {
    const { path, dialect } = handshake;
    const options = upgradeOptions(path, dialect);
    let upgraded: Deno.WebSocketUpgrade;
    try {
      upgraded = Deno.upgradeWebSocket(request, options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return this.#refuse(remote, 400, `Cannot open WebSocket: ${reason}\n`);
    }
    const { socket, response } = upgraded;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#open(socket, { id: ++this.#count, path, dialect, remote });
    return response;
  }

  #open(socket: WebSocket, client: ClientInfo): void {
    const { observer, onConnection } = this.#options;
    const connection = new Connection(socket, client, (error) => {
      observer({ kind: "client-failed", client, error });
    });
    socket.onclose = ({ code, reason }) => {
      if (!this.#sessions.delete(connection)) return;
      connection.markGone();
      observer({ kind: "client-left", client, code, reason });
    };
    // A broken connection is reported by the close that follows.
    socket.onerror = (event) => event.preventDefault();
    const session = onConnection(connection);
    this.#sessions.set(connection, session);
    observer({ kind: "client-joined", client });
    connection.onMessage((message) => session.receive(message));
    if (this.#isStopping) void connection.refuse(1001, "The collector stops");
  }
}

/**
 * The runtime closes a connection whose client answers no ping for 30 s. A client of `/find` does not
 * while its loop blocks the thread, and its session bounds silence itself.
 */
function upgradeOptions(path: string, dialect: Dialect): Deno.UpgradeWebSocketOptions {
  if (dialect !== PROTOCOL_V1) return {};
  return path === FIND_PATH ? { protocol: PROTOCOL_V1, idleTimeout: 0 } : { protocol: PROTOCOL_V1 };
}

type HandlerResult = ReturnType<HttpHandler>;

function describeAddress(address: Deno.Addr): string {
  if (address.transport !== "tcp") return address.transport;
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
