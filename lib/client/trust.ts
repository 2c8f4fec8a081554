/** How each certificate in PEM begins. */
const BEGINNING = "-----BEGIN CERTIFICATE-----";

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
 * What `fetch` makes its connections with.
 *
 * @param caCerts Authorities to trust beside the runtime's, checked by {@linkcode checkCaCerts}.
 */
export function trustingClient(caCerts: readonly string[]): Deno.HttpClient {
  return Deno.createHttpClient({ caCerts: [...caCerts] });
}

function malformed(cert: string, reason: string, cause?: unknown): TypeError {
  const shown = JSON.stringify(cert.slice(0, MAX_SHOWN_CHARS));
  return new TypeError(
    "Cannot connect to collector as 'caCerts' must be certificates in PEM: " +
      `current value ${shown} ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
