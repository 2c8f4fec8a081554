import { DEFAULT_HOST, DEFAULT_PORT } from "../wire/paths.ts";

/** Whether and whom to trust on the way to a collector. */
export interface TlsOptions {
  /** Whether to use TLS. @default {false} */
  readonly secure?: boolean | undefined;
  /**
   * Certificates of authorities, in PEM, that are trusted beside those that the runtime trusts: for a
   * collector whose certificate is signed by an authority of one's own. @default {none}
   */
  readonly caCerts?: readonly string[] | undefined;
}

/** Where a collector listens. */
export interface CollectorAddress extends TlsOptions {
  /** A name or an address, IPv6 with or without brackets. @default {"localhost"} */
  readonly host?: string | undefined;
  /** Its TCP port. @default {6433} */
  readonly port?: number | undefined;
}

/**
 * The address of a path of a collector.
 *
 * @throws {TypeError} When host or port cannot be part of an address.
 */
export function socketUrl(address: CollectorAddress & { readonly path: string }): string {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT, secure = false, path } = address;
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new TypeError(
      `Cannot connect to collector as 'port' must be an integer from 1 to 65535: current value is ${port}`,
    );
  }
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const url = `${secure ? "wss" : "ws"}://${name}:${port}${path}`;
  const parsed = URL.parse(url);
  if (parsed === null || parsed.pathname !== path || parsed.username !== "") {
    throw new TypeError(
      `Cannot connect to collector as 'host' must be a host name or address: current value is '${host}'`,
    );
  }
  return url;
}
