import { PROTOCOL_V1 } from "../wire/dialect.ts";
import { EVENT_PATH } from "../wire/paths.ts";
import { socketUrl } from "./address.ts";
import type { ClientOptions } from "./client_options.ts";
import type { ConnectOptions } from "./connection.ts";

/**
 * Where a producer connects, in order.
 *
 * @param signal Ends attempts and connections.
 * @throws {TypeError} When there is no collector, or an address is malformed.
 */
export function pushTargets(
  options: ClientOptions,
  signal: AbortSignal,
): readonly ConnectOptions[] {
  const { host, port, secure, caCerts, connectTimeoutMs } = options;
  const { collectors = [{ host, port }] } = options;
  if (options.collectors !== undefined && (host !== undefined || port !== undefined)) {
    throw new TypeError(
      "Cannot connect to collectors as 'collectors' must stand alone: 'host' and 'port' are given, too",
    );
  }
  if (collectors.length === 0) {
    throw new TypeError("Cannot connect to collectors as 'collectors' must not be empty");
  }
  return collectors.map((collector) => {
    const target = {
      host: collector.host,
      port: collector.port,
      secure: collector.secure ?? secure,
      caCerts: collector.caCerts ?? caCerts,
      path: EVENT_PATH,
      protocol: PROTOCOL_V1,
      connectTimeoutMs,
      signal,
    };
    socketUrl(target);
    return target;
  });
}
