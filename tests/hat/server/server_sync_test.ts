import assert from "node:assert/strict";
import type { Backend } from "../../../lib/hat/backend.ts";
import { MemoryBackend } from "../../../lib/hat/backends/memory_backend.ts";
import { compareEventIds, type HatEvent } from "../../../lib/hat/event.ts";
import { ServerSync } from "../../../lib/hat/server/server_sync.ts";
import { CuttingProxy } from "../../client/cutting_proxy.ts";
import { freePort } from "../../e2e/free_port.ts";
import { until } from "../../e2e/until.ts";
import { forSeeds } from "../../random.ts";
import { describe } from "../engine/engine_fixture.ts";
import { eventsOf, quickBackend, register, RunningServer } from "./running_server.ts";

/** Starts a server that copies another one. */
async function startStandby(
  backend: Backend,
  port: number,
  more: { readonly serverId?: number } = {},
): Promise<RunningServer> {
  return await RunningServer.start(backend, {
    serverId: 2,
    syncFrom: [{ hostname: "127.0.0.1", port, ...more, closeTimeoutMs: 200 }],
  });
}

/** Waits until both hold the same events of a server; connecting makes some, too. */
async function untilEqual(active: Backend, standby: Backend, serverId = 1): Promise<void> {
  await until(`the same last event of server ${serverId}`, async () => {
    await active.flush();
    const last = await active.getLastEventId(serverId);
    const copied = await standby.getLastEventId(serverId);
    return compareEventIds(copied, last) === 0;
  });
  assert.deepEqual(
    (await eventsOf(standby, serverId)).map(describe),
    (await eventsOf(active, serverId)).map(describe),
  );
  assert.deepEqual(await eventsOf(standby, serverId), await eventsOf(active, serverId));
}

Deno.test("ServerSync copies what the other server has, by pages, and follows it", async () => {
  await using active = quickBackend();
  await using first = await RunningServer.start(active);
  await using client = await first.connect();
  for (let i = 0; i < 30; i++) {
    await client.register(register(...Array.from({ length: 100 }, (_, n) => `a/${i}/${n}`)));
  }
  await active.flush();
  await using standby = quickBackend();
  await using second = await startStandby(standby, first.port);
  const told: string[] = [];
  await using _watching = await second.connect({
    subscriptions: [["b"]],
    onEvents: (events: readonly HatEvent[]) => void told.push(...events.map(describe)),
  });
  const { events } = await second.notice("sync-caught-up");
  assert(events > 3000, `${events} events were copied`);
  const registered = await client.register(register("b"));
  await untilEqual(active, standby);
  await until("the notification", () => told.length === 1);
  assert.deepEqual(told, registered?.map(describe));
});

Deno.test("ServerSync copies only what is durable in the other server", async () => {
  await using active = quickBackend();
  await using first = await RunningServer.start(active);
  await using standby = quickBackend();
  await using second = await startStandby(standby, first.port);
  await second.notice("sync-caught-up");
  await using client = await first.connect();
  const durable = new Set<string>();
  const order: string[] = [];
  using _flushed = active.onFlushed((events) => {
    for (const event of events) durable.add(describe(event));
  });
  using _registered = standby.onRegistered((events) => {
    for (const event of events.filter(({ id }) => id.server === 1)) {
      if (!durable.has(describe(event))) order.push(describe(event));
    }
  });
  for (let i = 0; i < 20; i++) await client.register(register("a"));
  await untilEqual(active, standby);
  assert.deepEqual(order, []);
});

Deno.test("ServerSync asks only for what is durable in the other server", async () => {
  await using active = new MemoryBackend({ flushPeriodMs: 2 ** 30 });
  await using first = await RunningServer.start(active);
  await using client = await first.connect();
  await client.register(register("a"));
  await active.flush();
  const durable = await eventsOf(active, 1);
  await client.register(register("b"));
  await using standby = quickBackend();
  await using second = await startStandby(standby, first.port);
  assert.equal((await second.notice("sync-caught-up")).events, durable.length);
  assert.deepEqual(await eventsOf(standby, 1), durable);
  await untilEqual(active, standby);
});

Deno.test("ServerSync loses and doubles nothing when connections break and servers restart", async () => {
  await forSeeds(6, async (random) => {
    await using active = quickBackend();
    await using standby = quickBackend();
    let cuts = 0;
    let isCalm = false;
    const port = freePort();
    const servers = {
      active: await RunningServer.start(active, { port }),
      standby: undefined as RunningServer | undefined,
    };
    // The proxy stays where it is while servers come and go.
    await using proxy = new CuttingProxy(port, () => {
      cuts++;
      return random.chance(0.8) && !isCalm ? random.int(50, 30_000) : Infinity;
    });
    try {
      servers.standby = await startStandby(
        standby,
        proxy.port,
        random.chance(0.5) ? { serverId: 1 } : {},
      );
      for (let step = 0; step < 30; step++) {
        const turn = random.pick(["active", "standby", "cut", "cut", ...Array(10).fill("none")]);
        if (turn === "active") {
          await servers.active[Symbol.asyncDispose]();
          servers.active = await RunningServer.start(active, { port });
        } else if (turn === "standby") {
          await servers.standby[Symbol.asyncDispose]();
          servers.standby = await startStandby(standby, proxy.port);
        } else if (turn === "cut") {
          proxy.cut();
        }
        await using client = await servers.active.connect();
        const types = Array.from({ length: random.int(1, 200) }, (_, i) => `a/${step}/${i}`);
        assert.equal((await client.register(register(...types)))?.length, types.length);
      }
      isCalm = true;
      proxy.cut();
      await untilEqual(active, standby);
      assert(cuts > 1, "the connection was made several times");
    } finally {
      await servers.standby?.[Symbol.asyncDispose]();
      await servers.active[Symbol.asyncDispose]();
    }
  });
});

Deno.test("ServerSync works both ways at once", async () => {
  await using one = quickBackend();
  await using two = quickBackend();
  await using first = await RunningServer.start(one);
  await using second = await startStandby(two, first.port);
  const { port } = second;
  // The first one has a door; what copies into its backend stands beside it.
  await using third = await RunningServer.start(one, {
    serverId: 3,
    syncFrom: [{ hostname: "127.0.0.1", port, serverId: 2 }],
  });
  await Promise.all([second.notice("sync-caught-up"), third.notice("sync-caught-up")]);
  await using clientOfFirst = await first.connect();
  await using clientOfSecond = await second.connect();
  for (let i = 0; i < 10; i++) {
    await Promise.all([
      clientOfFirst.register(register(`a/${i}`)),
      clientOfSecond.register(register(`b/${i}`)),
    ]);
  }
  await untilEqual(one, two, 1);
  await untilEqual(two, one, 2);
});

Deno.test("ServerSync says why it cannot copy: its own id, another copy of the same server, a lost store, a wrong id", async () => {
  await using active = quickBackend();
  await using first = await RunningServer.start(active);
  const from = { hostname: "127.0.0.1", port: first.port };
  await using own = quickBackend();
  await using same = await RunningServer.start(own, { serverId: 1, syncFrom: [from] });
  const { error: sameId } = await same.notice("sync-lost");
  assert.match(String(sameId), /must have another server id: both have 1/);

  await using twice = quickBackend();
  await using doubled = await RunningServer.start(twice, { serverId: 2, syncFrom: [from, from] });
  const { error: claimed } = await doubled.notice("sync-lost");
  assert.match(String(claimed), /server 1 is synchronised from already/);

  await using ahead = quickBackend();
  await ahead.register([{
    id: { server: 1, session: 1_000, instance: 1 },
    type: ["old"],
    timestamp: (await eventsOf(active, 1))[0]?.timestamp ?? assert.fail(),
    sourceTimestamp: undefined,
    payload: undefined,
  }]);
  for (const more of [{}, { serverId: 1 }]) {
    await using behind = await startStandby(ahead, first.port, more);
    const { error: lost } = await behind.notice("sync-lost");
    assert.match(String(lost), /session 1000 is known of it: it seems to have lost its store/);
  }

  // Whoever copies the server already may be ahead, too.
  const refused = Promise.withResolvers<unknown>();
  await using _claimed = ServerSync.start({
    from,
    ownServerId: 2,
    backend: ahead,
    claimed: new Set([1]),
    observer: (notice) => notice.kind === "sync-lost" && refused.resolve(notice.error),
  });
  assert.match(String(await refused.promise), /server 1 is synchronised from already/);

  await using none = quickBackend();
  await using wrong = await startStandby(none, first.port, { serverId: 5 });
  const { error: other } = await wrong.notice("sync-lost");
  assert.match(String(other), /the server has the id 1, not 5/);
});

Deno.test("ServerSync reports a wrong token and a server that is not there, once, and goes on trying", async () => {
  await using active = quickBackend();
  const port = freePort();
  const first = await RunningServer.start(active, { token: "secret", port });
  await using backend = quickBackend();
  const from = { hostname: "127.0.0.1", port, token: "wrong", closeTimeoutMs: 200 };
  await using wrong = await RunningServer.start(backend, { serverId: 2, syncFrom: [from] });
  assert.match(String((await wrong.notice("sync-lost")).error), /invalid client token/);
  await first[Symbol.asyncDispose]();
  await using other = quickBackend();
  await using early = await RunningServer.start(other, {
    serverId: 3,
    syncFrom: [{ hostname: "127.0.0.1", port, token: "secret", closeTimeoutMs: 200 }],
  });
  assert.match(String((await early.notice("sync-lost")).error), /refused/i);
  await using _again = await RunningServer.start(active, { token: "secret", port });
  await early.notice("sync-caught-up");
  await untilEqual(active, other);
  assert.equal(early.notices.filter(({ kind }) => kind === "sync-lost").length, 1);
});
