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
}

/** Answers a request. */
export type HttpHandler = (
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
) => Response | Promise<Response>;

/**
 * Listens for HTTP requests. `Deno.serve` is used nowhere else.
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
  { hostname, port, tls, shownAs = hostname, onError, signal }: HttpListenOptions,
  handler: HttpHandler,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    const stop = signal === undefined ? {} : { signal };
    return Deno.serve({ hostname, port, ...tls, ...stop, onListen: () => {}, onError }, handler);
  } catch (cause) {
    throw listenError(`${shownAs}:${port}`, cause);
  }
}
