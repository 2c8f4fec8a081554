import { type Dialect, PROTOCOL_V1 } from "../wire/dialect.ts";
import { SOCKET_PATHS } from "../wire/paths.ts";
import { isAllowedOrigin, type OriginRules } from "./origin.ts";

/** What a request is answered with. */
export type Handshake =
  | { readonly kind: "socket"; readonly path: string; readonly dialect: Dialect }
  /** Neither the path nor the request is of a WebSocket. */
  | { readonly kind: "http" }
  | { readonly kind: "refusal"; readonly status: number; readonly text: string };

/** Decides what a request gets. The query of a path is not looked at. */
export function readHandshake(request: Request, rules: OriginRules): Handshake {
  const path = new URL(request.url).pathname;
  const isSocket = asksForWebSocket(request.headers);
  if (!SOCKET_PATHS.includes(path)) {
    if (!isSocket) return { kind: "http" };
    const text = `Unknown path of a WebSocket: known are ${SOCKET_PATHS.join(", ")}\n`;
    return { kind: "refusal", status: 404, text };
  }
  if (!isSocket) {
    const text = `Cannot answer plain HTTP on ${path}: connect by WebSocket\n`;
    return { kind: "refusal", status: 426, text };
  }
  if (!isAllowedOrigin(request, rules)) {
    const origin = request.headers.get("origin");
    const text = `Cannot take WebSocket of a page from ${origin}: allow this origin first\n`;
    return { kind: "refusal", status: 403, text };
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

function listItems(value: string | null): string[] {
  return (value ?? "").split(",").map((item) => item.trim());
}
