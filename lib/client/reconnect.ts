import type { Backoff } from "../base/backoff.ts";
import { socketUrl } from "./address.ts";
import { ConnectError } from "./connect_error.ts";
import { connect, type Connection, type ConnectOptions } from "./connection.ts";
import type { ConnectionNotice } from "./notice.ts";

/** What {@linkcode reconnect} works with. */
export interface ReconnectParts {
  /** Tries to connect; rejects with a {@linkcode ConnectError} when it fails. */
  readonly attempt: () => Promise<Connection>;
  readonly backoff: Backoff;
  readonly onNotice: (notice: ConnectionNotice) => void;
  readonly signal: AbortSignal | undefined;
}

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
export async function reconnect(parts: ReconnectParts): Promise<Connection> {
  const { attempt, backoff, onNotice, signal } = parts;
  for (;;) {
    const delayMs = backoff.next();
    onNotice({ kind: "retrying", delayMs });
    await backoff.sleep(delayMs, signal);
    try {
      return await attempt();
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
