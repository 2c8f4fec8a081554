import assert from "node:assert/strict";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { SyncInbox } from "../../../lib/hat/server/sync_inbox.ts";
import { Timestamp } from "../../../lib/hat/timestamp.ts";

function events(...instances: number[]): HatEvent[] {
  return instances.map((instance) => ({
    id: { server: 1, session: 1, instance },
    type: ["a"],
    timestamp: new Timestamp(1n, 0),
    sourceTimestamp: undefined,
    payload: undefined,
  }));
}

Deno.test("SyncInbox gives what waits, waits for more, and ends when that is taken", async () => {
  const inbox = new SyncInbox();
  inbox.add(events(1));
  inbox.add(events(2, 3));
  assert.deepEqual(await inbox.take(), events(1, 2, 3));
  const next = inbox.take();
  inbox.add(events(4));
  assert.deepEqual(await next, events(4));
  inbox.add(events(5));
  inbox.end();
  assert.deepEqual(await inbox.take(), events(5));
  assert.equal(await inbox.take(), undefined);
});

Deno.test("SyncInbox says that it forgot events, once, before those that came later", async () => {
  const inbox = new SyncInbox(3);
  inbox.add(events(1, 2));
  inbox.add(events(3, 4));
  inbox.add(events(5));
  assert.equal(await inbox.take(), "missed");
  assert.deepEqual(await inbox.take(), events(5));
  const waiting = inbox.take();
  inbox.end();
  assert.equal(await waiting, undefined);
});
