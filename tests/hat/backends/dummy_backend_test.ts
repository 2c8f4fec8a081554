import assert from "node:assert/strict";
import { DummyBackend } from "../../../lib/hat/mod.ts";
import { assertRefused, hatEvent, idText } from "./fixtures.ts";

Deno.test("DummyBackend tells of events at once and keeps none", async () => {
  await using backend = new DummyBackend();
  const told: string[] = [];
  using _registered = backend.onRegistered((events) =>
    told.push(`registered ${events.map(idText)}`)
  );
  using _flushed = backend.onFlushed((events) => told.push(`flushed ${events.map(idText)}`));
  const events = [hatEvent(1), hatEvent(2)];
  assert.equal(await backend.register(events), events);
  assert.deepEqual(told, ["registered 1/1/1,1/2/1", "flushed 1/1/1,1/2/1"]);
  await backend.flush();
  const nothing = { events: [], moreFollows: false };
  assert.deepEqual(await backend.query({ kind: "latest" }), nothing);
  assert.deepEqual(await backend.query({ kind: "timeseries", maxResults: 0 }), nothing);
  assert.deepEqual(await backend.query({ kind: "server", serverId: 1 }), nothing);
  assert.deepEqual(await backend.getLastEventId(1), { server: 1, session: 2, instance: 1 });
  assert.deepEqual(await backend.getLastEventId(2), { server: 2, session: 0, instance: 0 });
});

Deno.test("DummyBackend refuses what breaks a rule, and everything once it is closed", async () => {
  const backend = new DummyBackend();
  await assertRefused(backend.query({ kind: "server", serverId: 1.5 }), "serverId");
  await backend[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
  await assertRefused(backend.register([]), "it is closed");
  await assertRefused(backend.flush(), "it is closed");
});
