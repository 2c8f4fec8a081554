import type { EventerClient } from "../../hat/eventer/eventer_client.ts";
import { type CommandContext, EXIT_FAILED } from "../command.ts";
import { StopRequest, unlessAborted } from "../stop_request.ts";
import { TimeLimit } from "../time_limit.ts";
import { connectEventer, type EventerClientValues } from "./connect_eventer.ts";

/** A server that answers closes within that time; one that does not is not waited for after a stop. */
const STOPPED_CLOSE_MS = 500;

/**
 * Does something with an event server that has an end. A stop ends it on the spot, whatever it waits for.
 *
 * @returns The exit code: that of the work, or that it failed when it was stopped before its end.
 * @throws {Error} When there is no connection, or what the work throws.
 */
export async function withEventer(
  values: EventerClientValues,
  context: CommandContext,
  work: (client: EventerClient) => Promise<number>,
): Promise<number> {
  const { stop, reporter } = context;
  const client = await connectEventer(values, context);
  if (client === undefined) return EXIT_FAILED;
  try {
    return await unlessAborted(workAndClose(client, work), stop);
  } catch (error) {
    if (!(error instanceof StopRequest)) throw error;
    reporter.notice("Stopped before the end.");
    return EXIT_FAILED;
  } finally {
    await close(client, stop);
  }
}

/** Closing sends what is queued: a part of the work. */
async function workAndClose(
  client: EventerClient,
  work: (client: EventerClient) => Promise<number>,
): Promise<number> {
  const code = await work(client);
  await client.close();
  return code;
}

async function close(client: EventerClient, stop: AbortSignal): Promise<void> {
  const closed = client.close();
  if (!stop.aborted) return await closed;
  using limit = new TimeLimit(STOPPED_CLOSE_MS);
  await Promise.race([closed, limit.passed]);
}
