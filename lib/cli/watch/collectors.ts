import type { CollectorAddress, TlsOptions } from "../../client/address.ts";
import type { GlobalValues } from "../global_options.ts";
import { badValue } from "../option_value.ts";
import { WATCH_OPTIONS, type WatchValues } from "./watch_options.ts";

/** `name:port`, `[address]:port`; a bare IPv6 address has more than one colon. */
const WITH_PORT = /^(\[[^\]]*\]|[^:]*):(\d+)$/;

/**
 * The collectors to push to, the first one to be tried first.
 *
 * @throws {UsageError} When one of them is none.
 */
export function collectorAddresses(
  { collectorServer, collectorPort }: Pick<WatchValues, "collectorServer" | "collectorPort">,
  global: Pick<GlobalValues, "host" | "port">,
  tls: TlsOptions,
): readonly CollectorAddress[] {
  const hosts = collectorServer.length === 0 ? [global.host] : collectorServer;
  const defaultPort = collectorPort ?? global.port;
  return hosts.map((text) => {
    const [, host = text, port] = WITH_PORT.exec(text) ?? [];
    const number = port === undefined ? defaultPort : Number(port);
    if (host === "" || number > 65535 || (port !== undefined && number < 1)) {
      throw badValue(WATCH_OPTIONS.collectorServer, "be HOST or HOST:PORT", text);
    }
    return { ...tls, host, port: number };
  });
}
