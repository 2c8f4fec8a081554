import assert from "node:assert/strict";
import type { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import type { QueryParams } from "../../../lib/hat/query.ts";
import { SyncInbox } from "../../../lib/hat/server/sync_inbox.ts";
import { SyncedServer } from "../../../lib/hat/server/synced_server.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";
import { eventsOf, quickBackend } from "./running_server.ts";

function event(session: number): HatEvent {
  return {
    id: { server: 1, session, instance: 1 },
    type: ["a"],
    timestamp: new Timestamp(BigInt(session), 0),
    sourceTimestamp: undefined,
    payload: undefined,
  };
}

Deno.test("SyncedServer asks again for events that its inbox had no room for", async () => {
  await using active = quickBackend();
  await using standby = quickBackend();
  await active.register([event(1)]);
  await active.flush();
  const inbox = new SyncInbox(1);
  const more = [event(2), event(3)];
  const client = {
    async query(params: QueryParams) {
      const page = await active.query(params);
      if (page.events.at(-1)?.id.session !== 1) return page;
      // Too many come while what was missing is on its way.
      await active.register(more);
      await active.flush();
      inbox.add(more);
      inbox.end();
      return page;
    },
  };
  const caughtUp: number[] = [];
  const server = new SyncedServer(standby, 1, client as unknown as EventerClient);
  await server.copy(inbox, (events) => void caughtUp.push(events));
  assert.deepEqual(caughtUp, [1]);
  assert.deepEqual(await eventsOf(standby, 1), [event(1), ...more]);
});
