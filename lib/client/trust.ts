/** How each certificate in PEM begins. */
const BEGINNING = "-----BEGIN CERTIFICATE-----";

/** Enough of a text to recognise it. */
const MAX_SHOWN_CHARS = 40;

/**
 * What the runtime connects with, so that it trusts these authorities, too; to be closed once the
 * connection is there.
 *
 * @param caCerts Certificates in PEM; several may be in one text.
 * @returns Undefined when there are none.
 * @throws {TypeError} When one of them is no certificate.
 */
export function makeTrust(caCerts: readonly string[]): Deno.HttpClient | undefined {
  if (caCerts.length === 0) return undefined;
  for (const cert of caCerts) {
    // The runtime passes over a text without any certificate, and then trusts nobody.
    if (!cert.includes(BEGINNING)) throw malformed(cert, `must hold '${BEGINNING}'`);
  }
  try {
    return Deno.createHttpClient({ caCerts: [...caCerts] });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw malformed(caCerts[0] ?? "", `is damaged (${cause.message})`, cause);
  }
}

function malformed(cert: string, reason: string, cause?: unknown): TypeError {
  const shown = JSON.stringify(cert.slice(0, MAX_SHOWN_CHARS));
  return new TypeError(
    "Cannot connect to collector as 'caCerts' must be certificates in PEM: " +
      `current value ${shown} ${reason}`,
    cause === undefined ? {} : { cause },
  );
}
