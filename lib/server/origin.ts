/** Who may use a collector from a web page. */
export interface OriginRules {
  /** Whether only this machine can connect. */
  readonly isLoopback: boolean;
  /** Origins of web pages that may connect beside the collector's own, such as `https://ops.example`. */
  readonly allowedOrigins: readonly string[];
}

/**
 * Browsers let any web page open a WebSocket to any host, and name the page's origin: only the
 * collector's own pages and those allowed may. Where only this machine can connect, the name asked for
 * must be this machine's, lest a page's own host name was pointed here.
 */
export function isAllowedOrigin(request: Request, rules: OriginRules): boolean {
  const origin = request.headers.get("origin");
  if (origin === null || rules.allowedOrigins.includes(origin)) return true;
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  if (page === undefined || page.host !== hostOf(request)) return false;
  return !rules.isLoopback || isLoopback(page.hostname);
}

/**
 * Why an HTTP request is not answered, undefined when it is.
 *
 * A page of another origin can send requests that name no origin, such as for a picture or a script;
 * browsers then say by `Sec-Fetch-Site` where they come from. A page whose own host name was pointed to
 * this machine is of the same origin to a browser, and is told by the `Host`.
 */
export function refusalOf(request: Request, rules: OriginRules): string | undefined {
  const { headers } = request;
  const origin = headers.get("origin");
  if (!isAllowedOrigin(request, rules)) {
    return `Cannot answer a page from ${origin}: allow this origin first`;
  }
  const host = hostOf(request);
  if (!isKnownHost(host, rules)) {
    return `Cannot answer for host ${host}: only this machine can connect, under its ` +
      "own names such as localhost; allow an origin of this host first";
  }
  if (origin === null && isForeign(headers.get("sec-fetch-site")) && !isNavigation(request)) {
    return "Cannot answer a page of another site: allow its origin first";
  }
  return undefined;
}

/** Whether a host name or address is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return /(^|\.)localhost\.?$/.test(hostname) || /^127(\.\d+){3}$/.test(hostname) ||
    hostname === "::1" || hostname === "[::1]";
}

/** The host that was asked for; requests of HTTP/2 have no header for it. */
function hostOf({ headers, url }: Request): string {
  return headers.get("host")?.toLowerCase() ?? new URL(url).host;
}

function isKnownHost(host: string, rules: OriginRules): boolean {
  if (!rules.isLoopback) return true;
  if (!URL.canParse(`http://${host}`)) return false;
  if (isLoopback(new URL(`http://${host}`).hostname)) return true;
  return rules.allowedOrigins.some((origin) =>
    URL.canParse(origin) && new URL(origin).host === host
  );
}

function isForeign(site: string | null): boolean {
  return site !== null && site !== "same-origin" && site !== "none";
}

/** Whether a person followed a link to here: the page that has the link sees nothing of the answer. */
function isNavigation({ method, headers }: Request): boolean {
  return (method === "GET" || method === "HEAD") && headers.get("sec-fetch-mode") === "navigate" &&
    headers.get("sec-fetch-dest") === "document";
}
