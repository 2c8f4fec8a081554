import { type HttpListener, listenHttp } from "../../base/http_listener.ts";
import { METRICS_TYPE } from "../../base/metrics/metrics_text.ts";
import { TimeLimit } from "../time_limit.ts";
import { metricsText } from "./metrics_text.ts";
import type { WatchStatus } from "./watch_status.ts";

/** Figures are for the machine itself; who wants them elsewhere puts a proxy before. */
const HOSTNAME = "127.0.0.1";

/** How long the end waits for a client that does not finish its request. */
const CLOSE_MS = 500;

const TEXT = "text/plain; charset=utf-8";

/** Answers `/metrics`, `/healthz` and `/readyz` of a watcher. */
export class MetricsServer implements AsyncDisposable {
  readonly #server: HttpListener;

  private constructor(server: HttpListener) {
    this.#server = server;
  }

  /**
   * Starts to listen on the machine's own address.
   *
   * @param port 0 = any free one.
   * @throws {Error} When that is not possible; the message says why and what to do.
   */
  static listen(port: number, status: () => WatchStatus): MetricsServer {
    const onError = () => answer(500, "The watcher failed\n");
    return new MetricsServer(
      listenHttp({ hostname: HOSTNAME, port, onError }, (request) => respond(request, status)),
    );
  }

  /** Where the metrics are. */
  get url(): string {
    return `http://${HOSTNAME}:${this.#server.addr.port}/metrics`;
  }

  /** Stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    using limit = new TimeLimit(CLOSE_MS);
    await Promise.race([this.#server.shutdown(), limit.passed]);
  }
}

function respond({ url, method }: Request, status: () => WatchStatus): Response {
  const { pathname } = new URL(url);
  if (!["/metrics", "/healthz", "/readyz"].includes(pathname)) {
    return answer(404, "There are /metrics, /healthz and /readyz\n");
  }
  if (method !== "GET" && method !== "HEAD") return answer(405, "Only GET\n", { allow: "GET" });
  if (pathname === "/healthz") return answer(200, "ok\n");
  if (pathname === "/metrics") {
    return answer(200, metricsText(status()), { "content-type": METRICS_TYPE });
  }
  const { collector: { connected }, state } = status();
  if (state !== "running") return answer(503, `${state}\n`);
  return connected ? answer(200, "ok\n") : answer(503, "no connection to a collector\n");
}

function answer(status: number, text: string, headers: HeadersInit = {}): Response {
  return new Response(text, { status, headers: { "content-type": TEXT, ...headers } });
}
