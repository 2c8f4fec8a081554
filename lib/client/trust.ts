/** How each certificate in PEM begins. */
const BEGINNING = "-----BEGIN CERTIFICATE-----";

/** Where HTTP is unless an address says otherwise. */
const HTTP_PORT = 80;

/** Enough of a text to recognise it. */
const MAX_SHOWN_CHARS = 40;

/**
 * Checks that each text holds certificates.
 *
 * @param caCerts In PEM; several may be in one text.
 * @throws {TypeError} When one of them is no certificate.
 */
export function checkCaCerts(caCerts: readonly string[]): void {
  for (const cert of caCerts) {
    // The runtime passes over a text without any certificate, and then trusts nobody.
    if (!cert.includes(BEGINNING)) throw malformed(cert, `must hold '${BEGINNING}'`);
    try {
      Deno.createHttpClient({ caCerts: [cert] }).close();
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw malformed(cert, `is damaged (${cause.message})`, cause);
    }
  }
}

/**
 * What `fetch` makes its connections with. They go straight to the host, as WebSockets do, whatever proxies
 * the environment names; with TLS the runtime can do that only without proxies in the environment.
 *
 * @param url The address; an IPv6 one in brackets.
 * @param caCerts Authorities to trust beside the runtime's, checked by {@linkcode checkCaCerts}.
 */
export function httpClient(url: URL, caCerts: readonly string[]): Deno.HttpClient {
  if (url.protocol === "https:") return Deno.createHttpClient({ caCerts: [...caCerts] });
  const { hostname, port } = url;
  const proxy = { transport: "tcp", hostname, port: Number(port || HTTP_PORT) } as const;
  return Deno.createHttpClient({ proxy });
}

function malformed(cert: string, reason: string, cause?: unknown): TypeError {
  const shown = JSON.stringify(cert.slice(0, MAX_SHOWN_CHARS));
  return new TypeError(
    "Cannot connect to collector as 'caCerts' must be certificates in PEM: " +
      `current value ${shown} ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
