import { MAX_ADDRESS_CHARS } from "../limits.ts";
import type { ClientInfo } from "../collector_notice.ts";
import { type OriginRules, refusalOf } from "../origin.ts";
import type { HttpContext, Method, Operation, Route } from "./operation.ts";
import { readParameters } from "./parameter.ts";
import { HttpProblem, RETRY_LATER } from "./problem.ts";
import { KNOWN_PATHS, READY_PATH, ROUTES } from "./routes.ts";
import { secure, share } from "./security_headers.ts";
import { AssetServer } from "./serve_assets.ts";

/** A request's route, and what its path says. */
interface Match {
  readonly route: Route;
  readonly path: Readonly<Record<string, string>>;
}

/** Who asks. */
export interface Visit {
  readonly client: ClientInfo;
  /** Resolves when the answer was delivered, or was given up. */
  readonly delivered: Promise<void>;
}

/** Those that are counted by name. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"];

/** Answers requests that are not for a WebSocket, by the table of routes. */
export class Router {
  readonly #context: HttpContext;
  readonly #assets: AssetServer;

  constructor(context: HttpContext) {
    this.#context = context;
    this.#assets = new AssetServer(context.assets);
  }

  /**
   * Never rejects: what goes wrong is an answer, too.
   *
   * @param visit Who asks, and when the answer will have been delivered.
   */
  async answer(request: Request, visit: Visit, rules: OriginRules): Promise<Response> {
    const started = performance.now();
    const response = await this.#finish(request, visit.client, rules);
    const { method } = request;
    const { status } = response;
    void visit.delivered.then(() => {
      const seconds = (performance.now() - started) / 1000;
      const label = METHODS.includes(method) ? method : "other";
      this.#context.counts.answered(this.#labelOf(visit.client.path), label, status, seconds);
    });
    return response;
  }

  /** Bounded, whatever paths are asked for. */
  #labelOf(path: string): string {
    return findRoute(path)?.route.path ?? (this.#assets.has(path) ? "page" : "unknown");
  }

  async #finish(request: Request, client: ClientInfo, rules: OriginRules): Promise<Response> {
    const response = await this.#answerOrProblem(request, client, rules);
    secure(response.headers);
    share(response.headers, request, rules);
    if (request.method !== "HEAD" || response.body === null) return response;
    await response.body.cancel();
    // Without a body the runtime would say that a GET brings none.
    return new Response(new Blob().stream(), response);
  }

  async #answerOrProblem(
    request: Request,
    client: ClientInfo,
    rules: OriginRules,
  ): Promise<Response> {
    try {
      const refusal = refusalOf(request, rules);
      if (refusal !== undefined) throw new HttpProblem({ status: 403, detail: refusal });
      return await this.#route(request, client);
    } catch (error) {
      if (error instanceof HttpProblem) return this.#refuse(error, client);
      this.#context.observer({ kind: "client-failed", client, error });
      return new HttpProblem({
        status: 500,
        detail: "The collector failed at this request; see its messages",
      }).toResponse();
    }
  }

  #refuse(problem: HttpProblem, client: ClientInfo): Response {
    const { status, detail } = problem.details;
    const { remote } = client;
    this.#context.observer({ kind: "request-refused", remote, status, reason: detail });
    return problem.toResponse();
  }

  async #route(request: Request, client: ClientInfo): Promise<Response> {
    const url = new URL(request.url);
    const chars = url.pathname.length + url.search.length;
    if (chars > MAX_ADDRESS_CHARS) {
      throw new HttpProblem({
        status: 414,
        detail:
          `Cannot read address: longer than ${MAX_ADDRESS_CHARS} characters, current length ` +
          `is ${chars}`,
      });
    }
    const match = findRoute(url.pathname);
    if (this.#context.stopping.aborted && match?.route.path !== READY_PATH) throw stops();
    if (match === undefined) return this.#answerAsset(url.pathname, request);
    const operation = chooseOperation(match.route, request.method);
    if (operation === undefined) return answerOptions(allowedMethods(match.route));
    const values = readParameters(url.searchParams, operation.parameters);
    return await operation.answer({ request, path: match.path, client }, values, this.#context);
  }

  #answerAsset(path: string, request: Request): Response {
    const { method } = request;
    const response = this.#assets.answer(path, request);
    if (response === undefined) {
      const known = ["/", ...KNOWN_PATHS].join(", ");
      throw new HttpProblem({ status: 404, detail: `Unknown path: known are ${known}` });
    }
    if (method === "OPTIONS") return answerOptions("GET, HEAD, OPTIONS");
    if (method !== "GET" && method !== "HEAD") throw wrongMethod(method, "GET, HEAD, OPTIONS");
    return response;
  }
}

/** The route of a path, undefined when there is none. */
function findRoute(pathname: string): Match | undefined {
  const parts = pathname.split("/");
  for (const route of ROUTES) {
    const path = matchParts(route.path.split("/"), parts);
    if (path !== undefined) return { route, path };
  }
  return undefined;
}

function matchParts(
  pattern: readonly string[],
  parts: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const part = parts[i] ?? "";
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (name === undefined && part !== expected) return undefined;
    if (name === undefined) continue;
    if (part === "") return undefined;
    found[name] = decodePart(part);
  }
  return found;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Undefined for `OPTIONS`. */
function chooseOperation(route: Route, method: string): Operation | undefined {
  if (method === "OPTIONS") return undefined;
  const wanted = method === "HEAD" ? "GET" : method;
  const operation = Object.hasOwn(route.methods, wanted)
    ? route.methods[wanted as Method]
    : undefined;
  if (operation === undefined) throw wrongMethod(method, allowedMethods(route));
  return operation;
}

function allowedMethods({ methods }: Route): string {
  const head = methods.GET === undefined ? [] : ["HEAD"];
  return [...Object.keys(methods), ...head, "OPTIONS"].join(", ");
}

function answerOptions(allow: string): Response {
  return new Response(null, { status: 204, headers: { allow } });
}

function stops(): HttpProblem {
  return new HttpProblem({ status: 503, detail: "The collector stops", headers: RETRY_LATER });
}

function wrongMethod(method: string, allow: string): HttpProblem {
  return new HttpProblem({
    status: 405,
    detail: `Cannot answer ${method}: this path takes ${allow}`,
    headers: { allow },
  });
}
