import { UpgradeError } from "./socket/upgrade.ts";

/**
 * Why a connection could not be made.
 *
 * - `unresolved`: the host has no address.
 * - `unreachable`: nothing listens there, or no way leads there.
 * - `refused`: an HTTP server is there and did not take the connection; see `status`.
 * - `foreign`: something is there that speaks neither HTTP nor WebSocket.
 * - `tls`: no secure connection could be agreed on.
 * - `timeout`: nothing answered in time.
 * - `protocol`: the server does not speak the protocol that was asked for.
 * - `other`: see the message.
 */
export type ConnectFailure =
  | "unresolved"
  | "unreachable"
  | "refused"
  | "foreign"
  | "tls"
  | "timeout"
  | "protocol"
  | "other";

/** No connection to a collector could be made. */
export class ConnectError extends Error {
  /** Tells this error from others, also across copies of this library. */
  override readonly name = "ConnectError";
  /** The address that was tried. */
  readonly url: string;
  /** Why it failed. */
  readonly failure: ConnectFailure;
  /** In words, with what to do about it. */
  readonly reason: string;
  /** The HTTP status of the answer, when there was one. */
  readonly status: number | undefined;

  /** The message names the address and the reason. */
  constructor(
    url: string,
    failure: ConnectFailure,
    reason: string,
    options: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(`Cannot connect to collector at ${url}: ${reason}`, options);
    this.url = url;
    this.failure = failure;
    this.reason = reason;
    this.status = options.status;
  }
}

/** Says what an error of the runtime, or of {@linkcode ClientSocket.open}, means. */
export function explainFailure(url: string, error: unknown): ConnectError {
  const reason = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (error instanceof UpgradeError && error.status !== undefined) {
    const { status } = error;
    return new ConnectError(url, "refused", explainStatus(status), { ...options, status });
  }
  const explained = EXPLAINED.find(({ pattern }) => pattern.test(reason));
  if (explained === undefined) return new ConnectError(url, "other", reason, options);
  return new ConnectError(url, explained.failure, `${explained.words} (${reason})`, options);
}

const EXPLAINED: readonly {
  readonly pattern: RegExp;
  readonly failure: ConnectFailure;
  readonly words: string;
}[] = [
  {
    pattern: /lookup address/,
    failure: "unresolved",
    words: "the host name does not resolve; check its spelling",
  },
  {
    pattern: /refused|unreachable|timed out|no route/i,
    failure: "unreachable",
    words: "nothing answers there; check host and port, and that the collector runs",
  },
  {
    pattern: /UnknownIssuer/,
    failure: "tls",
    words:
      "its certificate must be signed by an authority that is trusted here; name the authority's " +
      "own certificate by 'caCerts', on the command line by '--ca-file'",
  },
  {
    pattern: /NotValidForName|not valid for name/,
    failure: "tls",
    words: "its certificate must name the host that is connected to, and names others",
  },
  {
    pattern: /certificate.*(Expired|NotValidYet)/i,
    failure: "tls",
    words: "its certificate must be valid now; check its dates and the clocks",
  },
  {
    pattern: /certificate.*CaUsedAsEndEntity/i,
    failure: "tls",
    words: "its certificate must not be that of the authority; sign another one with that",
  },
  { pattern: /certificate/i, failure: "tls", words: "its certificate is not accepted" },
  {
    pattern: /corrupt message|HandshakeFailure|tls|handshake|alert/i,
    failure: "tls",
    words: "no secure connection is possible; the collector may not use TLS",
  },
  {
    pattern: /HTTP version|invalid HTTP|closed before|reset by peer|Invalid .*header|parsed/i,
    failure: "foreign",
    words: "what listens there is not a collector",
  },
];

function explainStatus(status: number): string {
  if (status === 401 || status === 403) return `it denies access (HTTP status ${status})`;
  if (status >= 500) return `it cannot take the connection now (HTTP status ${status})`;
  return `what listens there is not a collector (HTTP status ${status})`;
}
