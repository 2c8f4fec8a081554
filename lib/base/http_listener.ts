import { sleep } from "./backoff.ts";
import { listenError } from "./listen_error.ts";

/** Where {@linkcode listenHttp} listens, and how. */
export interface HttpListenOptions {
  /** The address to bind; of a name the first that it has. */
  readonly hostname: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Takes connections by TLS, and no others. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** The name for messages. @default {hostname} */
  readonly shownAs?: string;
  /** Answers a request whose handler threw. */
  readonly onError: (error: unknown) => Response;
  /** Cuts off every connection, and stops listening; not to be aborted after a shutdown. */
  readonly signal?: AbortSignal;
  /** Told why nobody can connect for a moment, once a minute at most. @default {nobody is told} */
  readonly onInterrupted?: (error: unknown) => void;
}

/** A port that is listened on until it is told otherwise. */
export interface HttpListener {
  readonly addr: Deno.NetAddr;
  /** Resolves when it has ended. */
  readonly finished: Promise<void>;
  /** Stops listening; resolves when the answers under way are delivered. */
  shutdown(): Promise<void>;
}

type Server = Deno.HttpServer<Deno.NetAddr>;

/** How soon a port is listened on again: connections that are tried meanwhile are refused. */
const RELISTEN_MS = 200;

/** Answers a request. */
export type HttpHandler = (
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/**
 * Listens for HTTP requests. `Deno.serve` is used nowhere else.
 *
 * The runtime stops listening when it cannot take a connection, such as when no file may be opened any more:
 * then the port is listened on again, as soon as that is possible.
 *
 * @throws {Error} When it cannot; the message says why and what to do, the cause is the runtime's error.
 * @example
 * ```ts
 * import { listenHttp } from "./http_listener.ts";
 *
 * const onError = () => new Response("failed\n", { status: 500 });
 * const server = listenHttp({ hostname: "127.0.0.1", port: 0, onError }, () => new Response("hello\n"));
 * const address = `http://127.0.0.1:${server.addr.port}/`;
 * await server.shutdown();
 * ```
 */
export function listenHttp(
  options: HttpListenOptions,
  handler: HttpHandler,
): HttpListener {
  const { hostname, port, tls, shownAs = hostname, onError, signal } = options;
  const stop = signal === undefined ? {} : { signal };
  function serve(port: number): Server {
    return Deno.serve({ hostname, port, ...tls, ...stop, onListen: () => {}, onError }, handler);
  }
  try {
    return new LastingListener(serve, port, options);
  } catch (cause) {
    throw listenError(`${shownAs}:${port}`, cause);
  }
}

/** How often it is told that a port was not listened on. */
const TELL_MS = 60_000;

class LastingListener implements HttpListener {
  readonly addr: Deno.NetAddr;
  readonly finished: Promise<void>;
  readonly #serve: (port: number) => Server;
  readonly #options: HttpListenOptions;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #server: Server;
  #toldAt = -Infinity;

  constructor(serve: (port: number) => Server, port: number, options: HttpListenOptions) {
    this.#serve = serve;
    this.#options = options;
    this.#server = serve(port);
    this.addr = this.#server.addr;
    const { signal } = this.#ending;
    this.#signal = options.signal === undefined
      ? signal
      : AbortSignal.any([signal, options.signal]);
    this.finished = this.#run();
  }

  async shutdown(): Promise<void> {
    this.#ending.abort();
    await this.#server.shutdown().catch(() => {});
    await this.finished;
  }

  async #run(): Promise<void> {
    for (;;) {
      try {
        return await this.#server.finished;
      } catch (error) {
        if (this.#signal.aborted) return;
        this.#tell(error);
      }
      await this.#listenAgain();
      if (this.#signal.aborted) return;
    }
  }

  #tell(error: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.#options.onInterrupted?.(error);
  }

  async #listenAgain(): Promise<void> {
    for (;;) {
      await sleep(RELISTEN_MS, this.#signal).catch(() => {});
      if (this.#signal.aborted) return;
      try {
        this.#server = this.#serve(this.addr.port);
        return;
      } catch {
        // What kept it from listening keeps it still.
      }
    }
  }
}
