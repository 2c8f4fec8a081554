import type { EventerClient } from "../eventer/eventer_client.ts";
import type { EventId } from "../event.ts";

/**
 * The server id of an event server, by the event with which it registered that this client connected.
 *
 * The protocol has no question for it.
 *
 * @param clientName What the client calls itself; no other client of the server must.
 * @returns The id of that event.
 * @throws {Error} When the server did not register it, or has such events of several servers.
 */
export async function findServerId(client: EventerClient, clientName: string): Promise<EventId> {
  const [connected, ...more] = await connectionEvents(client, clientName);
  if (connected === undefined) {
    throw new Error(
      `Cannot find server id as the server did not register that '${clientName}' connected: ` +
        `its status is '${client.status}'; name the id in the configuration`,
    );
  }
  if (more.length > 0) {
    const ids = [connected, ...more].map(({ server }) => server).join(", ");
    throw new Error(
      `Cannot find server id as '${clientName}' connected to several servers that the server knows ` +
        `of: ${ids}; name the id in the configuration`,
    );
  }
  return connected;
}

/** The ids of the events by which servers registered last that this client connected, one of each server. */
export async function connectionEvents(
  client: EventerClient,
  clientName: string,
): Promise<readonly EventId[]> {
  const eventTypes = [["event", "?", "eventer", clientName]];
  const { events } = await client.query({ kind: "latest", eventTypes });
  return events.filter(({ id, type }) => type[1] === String(id.server)).map(({ id }) => id);
}
