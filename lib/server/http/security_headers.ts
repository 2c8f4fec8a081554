import type { OriginRules } from "../origin.ts";
import { CURSOR_HEADER } from "./find_events.ts";

/**
 * What the page may load: its own files, and WebSockets of its own origin, which `'self'` covers.
 * Pictures may be made by the page itself.
 */
const PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; " +
  "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** Headers of the page's files: a browser asks each time whether it has the latest. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": PAGE_POLICY,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** Sets what every answer has. Where nothing else is said, no copy of it may be kept. */
export function secure(headers: Headers): void {
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
}

/** How long a browser may remember what a page of an allowed origin may send. */
const PREFLIGHT_SECONDS = 600;

/** Lets pages of allowed origins read an answer, and send requests that browsers ask for first. */
export function share(headers: Headers, request: Request, rules: OriginRules): void {
  headers.append("vary", "origin");
  const origin = request.headers.get("origin");
  if (origin === null || !rules.allowedOrigins.includes(origin)) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", `${CURSOR_HEADER}, retry-after`);
  if (!request.headers.has("access-control-request-method")) return;
  headers.set("access-control-allow-methods", headers.get("allow") ?? "");
  headers.set("access-control-allow-headers", "content-type, content-encoding");
  headers.set("access-control-max-age", String(PREFLIGHT_SECONDS));
}
