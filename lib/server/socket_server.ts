import { type HttpHandler, listenHttp } from "../base/http_listener.ts";
import { type Dialect, PROTOCOL_V1 } from "../wire/dialect.ts";
import { FIND_PATH } from "../wire/paths.ts";
import type { ClientInfo, CollectorObserver } from "./collector_notice.ts";
import { Connection } from "./connection.ts";
import { type Handshake, isLoopback, type OriginRules, readHandshake } from "./handshake.ts";
import { CLOSE_GRACE_MS } from "./limits.ts";
import type { Session } from "./session.ts";

/** How often a free port is looked for that all addresses of `localhost` have. */
const PORT_ATTEMPTS = 16;

/** With what a collector proves to its clients who it is. */
export interface TlsCertificate {
  /** The certificate in PEM, followed by those of the authorities between it and one that clients trust. */
  readonly cert: string;
  /** Its private key, in PEM. */
  readonly key: string;
}

/** What {@linkcode SocketServer.listen} needs to know. */
export interface SocketServerOptions extends Pick<OriginRules, "allowedOrigins"> {
  readonly hostname: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Takes connections by TLS, and no others. */
  readonly tls?: TlsCertificate | undefined;
  readonly observer: CollectorObserver;
  /** Makes the session of a connection that was opened. */
  readonly onConnection: (connection: Connection) => Session;
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
  readonly #servers: readonly Deno.HttpServer<Deno.NetAddr>[];
  #count = 0;
  #isStopping = false;

  private constructor(options: SocketServerOptions) {
    this.#options = options;
    this.hostname = options.hostname;
    this.#rules = {
      isLoopback: isLoopback(options.hostname),
      allowedOrigins: options.allowedOrigins,
    };
    this.#servers = bindAll(options, (request, info) => this.#answer(request, info.remoteAddr));
    this.addresses = this.#servers.map(({ addr }) => addr.hostname);
    this.port = this.#servers[0]?.addr.port ?? options.port;
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
    await Promise.all(this.#servers.map((server) => server.shutdown()));
  }

  #answer(request: Request, address: Deno.Addr): Response {
    const remote = describeAddress(address);
    if (this.#isStopping) return this.#refuse(remote, 503, "The collector stops\n");
    const handshake = readHandshake(request, this.#rules);
    if (handshake.kind === "socket") return this.#upgrade(request, handshake, remote);
    const { status, text } = handshake;
    if (status === 200) return new Response(text, { headers: { "content-type": "text/plain" } });
    return this.#refuse(remote, status, text);
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

function bindAll(
  options: SocketServerOptions,
  handler: HttpHandler,
): readonly Deno.HttpServer<Deno.NetAddr>[] {
  const { hostname, port } = options;
  if (hostname !== "localhost") return [bind(options, hostname, port, handler)];
  for (let attempt = 1;; attempt++) {
    const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
    try {
      for (const address of ["127.0.0.1", "::1"]) {
        const server = tryBind(options, address, servers[0]?.addr.port ?? port, handler);
        if (server !== undefined) servers.push(server);
      }
      if (servers.length > 0) return servers;
      return [bind(options, hostname, port, handler)];
    } catch (error) {
      for (const server of servers) void server.shutdown();
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** The server, or undefined when the machine does not have the address. */
function tryBind(
  options: SocketServerOptions,
  address: string,
  port: number,
  handler: HttpHandler,
): Deno.HttpServer<Deno.NetAddr> | undefined {
  try {
    return bind(options, address, port, handler);
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Deno.errors.AddrInUse) throw error;
    return undefined;
  }
}

function bind(
  { hostname: shownAs, observer, tls }: SocketServerOptions,
  hostname: string,
  port: number,
  handler: HttpHandler,
): Deno.HttpServer<Deno.NetAddr> {
  return listenHttp({
    hostname,
    port,
    tls,
    shownAs,
    onError(error) {
      const reason = error instanceof Error ? error.message : String(error);
      observer({ kind: "request-refused", remote: "", status: 500, reason });
      return new Response("The collector failed\n", { status: 500 });
    },
  }, handler);
}

function describeAddress(address: Deno.Addr): string {
  if (address.transport !== "tcp") return address.transport;
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
