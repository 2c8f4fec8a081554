import { type HttpHandler, listenHttp } from "../base/http_listener.ts";
import type { CollectorObserver } from "./collector_notice.ts";
import { BrokenAnswerError } from "./http/answer_stream.ts";

/** How often a free port is looked for that all addresses of `localhost` have. */
const PORT_ATTEMPTS = 16;

/** With what a collector proves to its clients who it is. */
export interface TlsCertificate {
  /** The certificate in PEM, followed by those of the authorities between it and one that clients trust. */
  readonly cert: string;
  /** Its private key, in PEM. */
  readonly key: string;
}

/** What {@linkcode bindPorts} needs to know. */
export interface BindOptions {
  readonly hostname: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Takes connections by TLS, and no others. */
  readonly tls?: TlsCertificate | undefined;
  readonly observer: CollectorObserver;
}

/** A port of one address that is listened on. */
export interface BoundPort {
  readonly address: Deno.NetAddr;
  /** Stops listening and cuts off every connection. */
  cutOff(): Promise<void>;
}

/**
 * Listens on the port of a name: for `localhost` on the same port of 127.0.0.1 and ::1, as far as the
 * machine has them.
 *
 * @throws {Error} When it cannot; the message says why, the cause is the runtime's error.
 */
export function bindPorts(options: BindOptions, handler: HttpHandler): readonly BoundPort[] {
  const { hostname, port } = options;
  if (hostname !== "localhost") return [bind(options, hostname, port, handler)];
  for (let attempt = 1;; attempt++) {
    const ports: BoundPort[] = [];
    try {
      for (const address of ["127.0.0.1", "::1"]) {
        const bound = tryBind(options, address, ports[0]?.address.port ?? port, handler);
        if (bound !== undefined) ports.push(bound);
      }
      if (ports.length > 0) return ports;
      return [bind(options, hostname, port, handler)];
    } catch (error) {
      for (const bound of ports) void bound.cutOff();
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** Undefined when the machine does not have the address. */
function tryBind(
  options: BindOptions,
  address: string,
  port: number,
  handler: HttpHandler,
): BoundPort | undefined {
  try {
    return bind(options, address, port, handler);
  } catch (error) {
    if (error instanceof Error && error.cause instanceof Deno.errors.AddrInUse) throw error;
    return undefined;
  }
}

function bind(
  { hostname: shownAs, observer, tls }: BindOptions,
  hostname: string,
  port: number,
  handler: HttpHandler,
): BoundPort {
  const abort = new AbortController();
  const { signal } = abort;
  function onError(error: unknown): Response {
    if (error instanceof BrokenAnswerError) return new Response(null, { status: 500 });
    const reason = error instanceof Error ? error.message : String(error);
    observer({ kind: "request-refused", remote: "", status: 500, reason });
    return new Response("The collector failed\n", { status: 500 });
  }
  const onInterrupted = (error: unknown) => observer({ kind: "listening-interrupted", error });
  const options = { hostname, port, tls, shownAs, signal, onError, onInterrupted };
  const server = listenHttp(options, handler);
  return {
    address: server.addr,
    async cutOff() {
      abort.abort();
      await server.finished;
    },
  };
}
