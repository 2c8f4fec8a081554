/** What {@linkcode dial} connects to. */
export interface DialOptions {
  readonly hostname: string;
  readonly port: number;
  /** Whether to use TLS. */
  readonly secure: boolean;
  /** Authorities to trust beside the runtime's, in PEM. */
  readonly caCerts: readonly string[];
}

/**
 * Connects, and sends each write at once: the runtime's own WebSocket writes a message in two pieces, and
 * leaves the second one to wait, 40 ms on Linux, until the first is acknowledged (Nagle's algorithm).
 */
export async function dial(options: DialOptions, signal: AbortSignal): Promise<Deno.Conn> {
  const { hostname, port, secure, caCerts } = options;
  const tcp = await Deno.connect({ hostname, port, signal });
  try {
    tcp.setNoDelay(true);
    if (!secure) return tcp;
    const tls = await Deno.startTls(tcp, { hostname, caCerts: [...caCerts] });
    return await shakeHands(tls, signal);
  } catch (error) {
    close(tcp);
    throw error;
  }
}

async function shakeHands(tls: Deno.TlsConn, signal: AbortSignal): Promise<Deno.Conn> {
  const abort = () => close(tls);
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) abort();
    await tls.handshake();
    return tls;
  } catch (error) {
    close(tls);
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed, or part of a connection that is.
  }
}
