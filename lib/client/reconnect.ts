import type { Backoff } from "../base/backoff.ts";
import { socketUrl } from "./address.ts";
import { ConnectError } from "./connect_error.ts";
import { connect, type Connection, type ConnectOptions } from "./connection.ts";
import type { ConnectionNotice } from "./notice.ts";

/** Connects once, with notices. */
export async function connectOnce(
  target: ConnectOptions,
  onNotice: (notice: ConnectionNotice) => void,
): Promise<Connection> {
  const url = socketUrl(target);
  onNotice({ kind: "connecting", url });
  const connection = await connect(target);
  onNotice({ kind: "connected", url });
  return connection;
}

/**
 * Connects again until that succeeds, waiting before each attempt.
 *
 * @throws {ConnectError} When no further attempt can succeed: the server speaks another protocol.
 * @throws The signal's reason when it aborts.
 */
export async function reconnect(
  target: ConnectOptions,
  backoff: Backoff,
  onNotice: (notice: ConnectionNotice) => void,
): Promise<Connection> {
  for (;;) {
    const delayMs = backoff.next();
    onNotice({ kind: "retrying", delayMs });
    await backoff.sleep(delayMs, target.signal);
    try {
      return await connectOnce(target, onNotice);
    } catch (error) {
      if (!isTransient(error)) throw error;
      onNotice({ kind: "disconnected", url: error.url, reason: error.message });
    }
  }
}

/** Whether another attempt may succeed. */
export function isTransient(error: unknown): error is ConnectError {
  return error instanceof ConnectError && error.failure !== "protocol";
}
