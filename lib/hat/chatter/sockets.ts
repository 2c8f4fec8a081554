import { listenError } from "../../base/listen_error.ts";
import type { ByteSocket } from "./connection.ts";

/** Where a peer is. */
export interface ChatterAddress {
  /** A name or an address. @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** The port; for listening 0 = any free one. */
  readonly port: number;
}

/** How a client connects by TLS. */
export interface ClientTls {
  /** Authorities to trust beside the runtime's, in PEM. @default {[]} */
  readonly caCerts?: readonly string[];
}

/** With what a server proves to its clients who it is. */
export interface ServerTls {
  /** The certificate in PEM, followed by those of the authorities between it and one that clients trust. */
  readonly cert: string;
  /** Its private key, in PEM. */
  readonly key: string;
}

/** A socket and who is at its other end. */
export interface Accepted {
  readonly socket: ByteSocket;
  /** Address and port. */
  readonly remote: string;
}

const DEFAULT_HOSTNAME = "127.0.0.1";

/**
 * Connects by TCP or TLS. Each write is sent at once.
 *
 * @throws The signal's reason when it aborts, else the runtime's error.
 */
export async function connectSocket(
  address: ChatterAddress,
  tls: ClientTls | undefined,
  signal?: AbortSignal,
): Promise<Accepted> {
  const { hostname = DEFAULT_HOSTNAME, port } = address;
  const options = signal === undefined ? { hostname, port } : { hostname, port, signal };
  const tcp = await Deno.connect(options);
  tcp.setNoDelay(true);
  const remote = formatAddress(tcp.remoteAddr);
  if (tls === undefined) return { socket: tcp, remote };
  let socket: Deno.TlsConn;
  try {
    socket = await Deno.startTls(tcp, { hostname, caCerts: [...tls.caCerts ?? []] });
  } catch (error) {
    closeQuietly(tcp);
    throw error;
  }
  await shakeHands(socket, signal);
  return { socket, remote };
}

async function shakeHands(socket: Deno.TlsConn, signal: AbortSignal | undefined): Promise<void> {
  const abort = () => closeQuietly(socket);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    await socket.handshake();
  } catch (error) {
    closeQuietly(socket);
    throw signal?.aborted ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

/** Takes connections by TCP, or by TLS and then no others. `Deno.listen` is used nowhere else. */
export class ChatterListener implements Disposable {
  /** The address bound. */
  readonly hostname: string;
  /** The port bound. */
  readonly port: number;
  readonly #listener: Deno.TcpListener | Deno.TlsListener;

  /** @throws {Error} When it cannot; the message says why, the cause is the runtime's error. */
  constructor({ hostname = DEFAULT_HOSTNAME, port }: ChatterAddress, tls: ServerTls | undefined) {
    try {
      this.#listener = tls === undefined
        ? Deno.listen({ hostname, port })
        : Deno.listenTls({ hostname, port, cert: tls.cert, key: tls.key });
    } catch (cause) {
      throw listenError(`${hostname}:${port}`, cause);
    }
    this.hostname = this.#listener.addr.hostname;
    this.port = this.#listener.addr.port;
  }

  /**
   * The next connection; undefined when it is closed.
   *
   * @throws The runtime's error when there is one and it cannot be taken.
   */
  async accept(): Promise<Accepted | undefined> {
    try {
      const socket = await this.#listener.accept();
      if ("setNoDelay" in socket) socket.setNoDelay(true);
      return { socket, remote: formatAddress(socket.remoteAddr) };
    } catch (error) {
      if (error instanceof Deno.errors.BadResource) return undefined;
      if (error instanceof Deno.errors.Interrupted) return undefined;
      throw error;
    }
  }

  /** Takes none any more. */
  [Symbol.dispose](): void {
    closeQuietly(this.#listener);
  }
}

function formatAddress(address: Deno.NetAddr): string {
  const { hostname, port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch {
    // It is closed, or part of a connection that is.
  }
}
