import { Client } from "../client/client.ts";
import type { CollectorAddress } from "../client/address.ts";
import type { ClientOptions } from "../client/client_options.ts";
import type { ClientNotice } from "../client/notice.ts";
import { ConnectionReport } from "./client_report.ts";
import type { CommandContext } from "./command.ts";
import { unlessStopped } from "./stop_request.ts";

/** How a command connects. */
export interface ConnectOptions {
  /** Tries again when the first attempt fails. @default {true} */
  readonly retryFirst?: boolean;
  /** Is told what happens to the connection, besides the user. @default {nobody} */
  readonly onNotice?: (notice: ClientNotice) => void;
}

/**
 * Connects to a collector, trying again until it is there.
 *
 * A stop while it tries ends that; a stop later does not touch the connection, so that what was read
 * can be delivered.
 *
 * @returns Undefined when the command was stopped before there was a connection.
 */
export function connectUntilStopped(
  { stop, reporter }: CommandContext,
  address: CollectorAddress | Pick<ClientOptions, "collectors">,
  { retryFirst = true, onNotice }: ConnectOptions = {},
): Promise<Client | undefined> {
  const report = new ConnectionReport(reporter);
  return unlessStopped(stop, (signal, release) =>
    Client.connect({
      ...address,
      retryFirst,
      // Commands wait for acknowledgements themselves, with a deadline.
      flushTimeoutMs: 0,
      signal,
      onNotice: (notice) => {
        // A connection that has just been made would end with the attempt.
        if (notice.kind === "connected") release();
        report.take(notice);
        onNotice?.(notice);
      },
    }));
}
