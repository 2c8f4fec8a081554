import { Client } from "../client/client.ts";
import type { CollectorAddress } from "../client/address.ts";
import type { ClientOptions } from "../client/client_options.ts";
import { ConnectionReport } from "./client_report.ts";
import type { CommandContext } from "./command.ts";

/**
 * Connects to a collector, trying again until it is there.
 *
 * A stop while it tries ends that; a stop later does not touch the connection, so that what was read
 * can be delivered.
 *
 * @returns Undefined when the command was stopped before there was a connection.
 */
export async function connectUntilStopped(
  { stop, reporter }: CommandContext,
  address: CollectorAddress | Pick<ClientOptions, "collectors">,
  options: { readonly retryFirst: boolean } = { retryFirst: true },
): Promise<Client | undefined> {
  const report = new ConnectionReport(reporter);
  const connecting = new AbortController();
  let isConnected = false;
  const onStop = () => {
    // A connection that has just been made would end with the attempt.
    if (!isConnected) connecting.abort(stop.reason);
  };
  stop.addEventListener("abort", onStop, { once: true });
  try {
    stop.throwIfAborted();
    return await Client.connect({
      ...address,
      ...options,
      // Commands wait for acknowledgements themselves, with a deadline.
      flushTimeoutMs: 0,
      signal: connecting.signal,
      onNotice: (notice) => {
        if (notice.kind === "connected") isConnected = true;
        report.take(notice);
      },
    });
  } catch (error) {
    if (stop.aborted) return undefined;
    throw error;
  } finally {
    stop.removeEventListener("abort", onStop);
  }
}
