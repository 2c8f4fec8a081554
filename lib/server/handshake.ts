import { type Dialect, PROTOCOL_V1 } from "../wire/dialect.ts";
import { SOCKET_PATHS } from "../wire/paths.ts";

/** Answers 200 as long as the program runs. */
export const HEALTH_PATH = "/healthz";

/** What a request is answered with. */
export type Handshake =
  | { readonly kind: "socket"; readonly path: string; readonly dialect: Dialect }
  | { readonly kind: "response"; readonly status: number; readonly text: string };

/** Who may open a WebSocket from a web page. */
export interface OriginRules {
  /** Whether only this machine can connect. */
  readonly isLoopback: boolean;
  /** Origins of web pages that may connect beside the collector's own, such as `https://ops.example`. */
  readonly allowedOrigins: readonly string[];
}

/** Decides what a request gets. The query of a path is not looked at. */
export function readHandshake(request: Request, rules: OriginRules): Handshake {
  const path = new URL(request.url).pathname;
  if (path === HEALTH_PATH) return { kind: "response", status: 200, text: "ok" };
  if (!SOCKET_PATHS.includes(path)) {
    const known = [...SOCKET_PATHS, HEALTH_PATH].join(", ");
    return { kind: "response", status: 404, text: `Unknown path: known are ${known}\n` };
  }
  if (!asksForWebSocket(request.headers)) {
    const text = `Cannot answer plain HTTP on ${path}: connect by WebSocket\n`;
    return { kind: "response", status: 426, text };
  }
  if (!isAllowedOrigin(request.headers, rules)) {
    const origin = request.headers.get("origin");
    const text = `Cannot take WebSocket of a page from ${origin}: allow this origin first\n`;
    return { kind: "response", status: 403, text };
  }
  return { kind: "socket", path, dialect: chooseDialect(request.headers) };
}

function asksForWebSocket(headers: Headers): boolean {
  return listItems(headers.get("upgrade")).some((item) => item.toLowerCase() === "websocket");
}

function chooseDialect(headers: Headers): Dialect {
  const offered = listItems(headers.get("sec-websocket-protocol"));
  return offered.includes(PROTOCOL_V1) ? PROTOCOL_V1 : "theia.v0";
}

/**
 * Browsers let any web page open a WebSocket to any host, and name the page's origin: only the
 * collector's own pages and those allowed may. Where only this machine can connect, the name asked for
 * must be this machine's, lest a page's own host name was pointed here.
 */
function isAllowedOrigin(headers: Headers, rules: OriginRules): boolean {
  const origin = headers.get("origin");
  if (origin === null || rules.allowedOrigins.includes(origin)) return true;
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  if (page === undefined || page.host !== headers.get("host")?.toLowerCase()) return false;
  return !rules.isLoopback || isLoopback(page.hostname);
}

/** Whether a host name or address is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") ||
    /^127(\.\d+){3}$/.test(hostname) || hostname === "::1" || hostname === "[::1]";
}

function listItems(value: string | null): string[] {
  return (value ?? "").split(",").map((item) => item.trim());
}
