import assert from "node:assert/strict";
import { live, type LiveNotice } from "../../lib/client/mod.ts";
import { createEvent, type Event, serializeEvent } from "../../lib/event/mod.ts";
import { forSeeds } from "../random.ts";
import { CuttingProxy } from "./cutting_proxy.ts";
import { FakeCollector } from "./fake_collector.ts";
import { LiveCollector } from "./live_collector.ts";
import { freePort } from "../e2e/free_port.ts";

/** Retries without delay, but never in the same turn. */
const BACKOFF = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };

function event(id: string | number, timestamp = 1): Event {
  return createEvent({ id: String(id), timestamp });
}

Deno.test("live yields events as they arrive, until the loop is left", async () => {
  await using collector = new LiveCollector();
  const ids: string[] = [];
  let number = 0;
  const options = {
    ...collector.fake.address,
    onNotice({ kind }: LiveNotice) {
      if (kind === "connected") collector.whenAsked.then(() => collector.publish(event(number++)));
    },
  };
  for await (const { id } of live(options, {})) {
    ids.push(id);
    if (ids.length === 3) break;
    collector.publish(event(number++));
  }
  assert.deepEqual(ids, ["0", "1", "2"]);
  assert.deepEqual(collector.asked, [{}]);
});

Deno.test("live rejects when the first connection cannot be made", async () => {
  const collector = new FakeCollector({});
  const { address } = collector;
  await collector[Symbol.asyncDispose]();
  await assert.rejects(Array.fromAsync(live(address, {})), {
    name: "ConnectError",
    failure: "unreachable",
  });
});

Deno.test("live tries the first connection again when it is told so", async () => {
  const address = { host: "127.0.0.1", port: freePort() };
  let collector: FakeCollector | undefined;
  const notices: string[] = [];
  const options = {
    ...address,
    retryFirst: true,
    backoff: BACKOFF,
    onNotice({ kind }: LiveNotice) {
      notices.push(kind);
      if (kind !== "retrying" || collector !== undefined) return;
      collector = new FakeCollector({
        onMessage(peer) {
          peer.send("ok");
          peer.send(serializeEvent(event("a")));
        },
      }, { port: address.port });
    },
  };
  const events = await Array.fromAsync(live(options, { limit: 1 }));
  await collector?.[Symbol.asyncDispose]();
  assert.deepEqual(events.map(({ id }) => id), ["a"]);
  assert.deepEqual(notices.slice(0, 3), ["connecting", "disconnected", "retrying"]);
});

Deno.test("live goes on after the last cursor when the connection is lost", async () => {
  await using collector = new LiveCollector();
  const kinds: string[] = [];
  for (const id of [1, 2]) collector.publish(event(id));
  const ids: string[] = [];
  const options = {
    ...collector.fake.address,
    backoff: BACKOFF,
    onNotice: ({ kind }: LiveNotice) => void kinds.push(kind),
  };
  for await (const { id } of live(options, { since: 0, limit: 5 })) {
    ids.push(id);
    if (id === "2") collector.publish(event(3), false);
    if (id !== "3") continue;
    collector.fake.drop();
    for (const missed of [4, 5, 6]) collector.publish(event(missed));
  }
  assert.deepEqual(ids, ["1", "2", "3", "4", "5"]);
  // What came after the last cursor comes again, and must not count for the limit.
  assert.deepEqual(collector.asked, [{ since: 0, limit: 5 }, { since: 2, limit: 3 }]);
  assert.deepEqual(kinds, [
    ...["connecting", "connected", "disconnected"],
    ...["retrying", "connecting", "connected"],
  ]);
});

Deno.test("live recognises what comes again, also when it is much and the connection is lost twice", async () => {
  const content = "x".repeat(50_000);
  const messages = Array.from({ length: 300 }, (_, i) => {
    return serializeEvent(createEvent({ id: `${i}`, timestamp: 1, content }));
  });
  await using collector = new FakeCollector({
    onMessage(peer) {
      peer.send("ok");
      // A replay that breaks off tells no cursor but its own.
      const sent = peer.connection < 3 ? messages.slice(0, 100 * peer.connection) : messages;
      for (const message of sent) peer.send(message);
      if (peer.connection < 3) peer.socket.close(1001);
      else peer.send({ cursor: messages.length });
    },
  });
  const options = { ...collector.address, backoff: BACKOFF };
  const events = await Array.fromAsync(live(options, { since: 0, limit: messages.length }));
  assert.deepEqual(events.map(({ id }) => id), messages.map((_, i) => `${i}`));
  assert.equal(collector.peers.length, 3);
});

Deno.test("live fetches what a gap left out", async () => {
  await using collector = new LiveCollector();
  const gaps: LiveNotice[] = [];
  collector.publish(event(0));
  const ids: string[] = [];
  const options = {
    ...collector.fake.address,
    onNotice: (notice: LiveNotice) => void (notice.kind === "gap" && gaps.push(notice)),
  };
  for await (const { id } of live(options, { since: 0 })) {
    ids.push(id);
    if (id === "0") {
      collector.publish(event(1));
      collector.beginGap();
      for (const dropped of [2, 3]) collector.publish(event(dropped));
      collector.endGap();
      collector.publish(event(4));
    }
    if (id === "4") break;
  }
  assert.deepEqual(ids, ["0", "1", "2", "3", "4"]);
  assert.deepEqual(gaps, [{ kind: "gap", dropped: 2, since: 2, replayed: true }]);
});

Deno.test("live just goes on where a collector keeps nothing, and reports what is missing", async () => {
  await using collector = new LiveCollector(false);
  const gaps: LiveNotice[] = [];
  const ids: string[] = [];
  const options = {
    ...collector.fake.address,
    backoff: BACKOFF,
    onNotice(notice: LiveNotice) {
      if (notice.kind === "gap") {
        gaps.push(notice);
        collector.publish(event("after"));
      }
      if (notice.kind === "connected" && ids.length === 0) {
        collector.whenAsked.then(() => collector.publish(event("before")));
      }
    },
  };
  for await (const { id } of live(options, {})) {
    ids.push(id);
    if (id === "after") break;
    collector.fake.drop();
    collector.publish(event("missed"));
  }
  assert.deepEqual(ids, ["before", "after"]);
  assert.deepEqual(gaps, [{ kind: "gap", dropped: 1, since: 2, replayed: false }]);
});

Deno.test("live reports a gap when the connection was lost before the first cursor", async () => {
  const gaps: LiveNotice[] = [];
  await using collector = new FakeCollector({
    onMessage(peer) {
      if (peer.connection === 1) return peer.socket.close(1001);
      peer.send("ok");
      peer.send(new TextEncoder().encode("event: 18 18 0\nid:a\ntimestamp: 1\n\n"));
    },
  });
  const options = {
    ...collector.address,
    backoff: BACKOFF,
    onNotice: (notice: LiveNotice) => void (notice.kind === "gap" && gaps.push(notice)),
  };
  const events = await Array.fromAsync(live(options, { limit: 1 }));
  assert.equal(events[0]?.id, "a");
  assert.deepEqual(gaps, [
    { kind: "gap", dropped: undefined, since: undefined, replayed: false },
  ]);
});

Deno.test("live rejects when a connection is lost and must not be made anew", async () => {
  await using collector = new FakeCollector({
    onMessage(peer) {
      peer.send("ok");
      peer.socket.close(1001);
    },
  });
  const options = { ...collector.address, reconnect: false };
  await assert.rejects(Array.fromAsync(live(options, {})), {
    name: "QueryError",
    code: 1001,
    message: /^Cannot follow events at ws:.*\/live: closed by the collector with code 1001/,
  });
});

Deno.test("live rejects with the collector's error and does not ask again", async () => {
  await using collector = new FakeCollector({
    onMessage(peer) {
      peer.send({ error: "Cannot read pattern" });
      peer.socket.close(1008);
    },
  });
  await assert.rejects(Array.fromAsync(live(collector.address, {})), {
    name: "QueryError",
    message: /Cannot follow events at .*: Cannot read pattern$/,
  });
  assert.equal(collector.peers.length, 1);
});

for (
  const [what, answer] of [
    ["garbage text", "garbage"],
    ["events without ok", new Uint8Array(3)],
    ["a cursor without ok", { cursor: 1 }],
    ["an ack", { ack: 1, events: 1, duplicates: 0 }],
  ] as const
) {
  Deno.test(`live rejects when the collector sends ${what}`, async () => {
    await using collector = new FakeCollector({ onMessage: (peer) => peer.send(answer) });
    await assert.rejects(Array.fromAsync(live(collector.address, {})), {
      name: "QueryError",
      message: /which must not come here/,
    });
  });
}

Deno.test("live ends with the signal's reason, also while it waits to connect again", async () => {
  for (const kind of ["connected", "retrying"]) {
    const controller = new AbortController();
    await using collector = new FakeCollector({
      onMessage: (peer) => void (kind === "retrying" && peer.socket.close(1001)),
    });
    const options = {
      ...collector.address,
      signal: controller.signal,
      onNotice(notice: LiveNotice) {
        if (notice.kind === kind) setTimeout(() => controller.abort(new Error("enough")), 1);
      },
      backoff: { minDelayMs: 1e6, maxDelayMs: 1e6, random: () => 1 },
    };
    await assert.rejects(Array.fromAsync(live(options, {})), /^Error: enough$/);
  }
});

Deno.test("live gives up the connection of a slow loop and fetches the rest later", async () => {
  await using collector = new LiveCollector();
  const disconnections: string[] = [];
  const options = {
    ...collector.fake.address,
    backoff: BACKOFF,
    // Half of what comes while the loop waits: the other half, which is replayed then, has room.
    maxBufferedBytes: 30 * (serializeEvent(event(10)).length + '{"cursor":10}'.length),
    onNotice(notice: LiveNotice) {
      if (notice.kind === "disconnected") disconnections.push(notice.reason);
    },
  };
  collector.publish(event(0));
  const ids: number[] = [];
  for await (const { id } of live(options, { since: 0 })) {
    ids.push(Number(id));
    if (id === "1") {
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      collector.fake.peers[0]?.socket.addEventListener("close", () => resolve());
      for (let i = 2; i < 60; i++) collector.publish(event(i));
      await closed;
    }
    if (id === "0") collector.publish(event(1));
    if (id === "59") break;
  }
  assert.deepEqual(ids, Array.from({ length: 60 }, (_, i) => i));
  assert(disconnections.length > 0);
  assert.match(disconnections[0] ?? "", /more than \d+ bytes wait to be taken/);
});

Deno.test("live misses nothing and doubles nothing across cuts, gaps and missing cursors", async () => {
  await forSeeds(30, async (random) => {
    await using collector = new LiveCollector();
    await using proxy = new CuttingProxy(
      collector.fake.port,
      // A replay has no cursors in it: some connections must live long enough for a whole one.
      () => random.chance(0.5) ? random.int(1, 3000) : random.int(3000, 40_000),
    );
    const total = random.int(1, 120);
    const before = random.int(0, total);
    for (let i = 0; i < before; i++) collector.publish(event(i, random.int(1, 9)));
    let published = before;
    function publishSome(): void {
      for (let count = random.int(0, 4); count > 0 && published < total; count--) {
        if (random.chance(0.1)) collector.beginGap();
        if (random.chance(0.3)) collector.endGap();
        if (random.chance(0.2)) collector.heartbeat();
        collector.publish(event(published++, random.int(1, 9)), random.chance(0.5));
      }
      if (published === total) collector.endGap();
    }
    const ids: number[] = [];
    // The first connection must be made: only later ones are made anew.
    for await (const { id } of liveThrough(proxy.port, publishSome)) {
      ids.push(Number(id));
      publishSome();
      if (ids.length === total) break;
    }
    assert.deepEqual(ids.sort((a, b) => a - b), Array.from({ length: total }, (_, i) => i));
  });
});

/** Follows from the start, again if the first connection failed; publishes while it connects. */
async function* liveThrough(port: number, publishSome: () => void): AsyncGenerator<Event> {
  const target = { host: "127.0.0.1", port, backoff: BACKOFF };
  const timer = setInterval(publishSome, 1);
  try {
    for (;;) {
      let hasConnected = false;
      const onNotice = ({ kind }: LiveNotice) => void (hasConnected ||= kind === "connected");
      try {
        yield* live({ ...target, onNotice }, { since: 0 });
        return;
      } catch (error) {
        if (hasConnected) throw error;
      }
    }
  } finally {
    clearInterval(timer);
  }
}

Deno.test("live tells a cursor once the loop is done with all events up to it", async () => {
  await using collector = new LiveCollector();
  for (const id of [1, 2, 3, 4]) collector.publish(event(id));
  const log: (number | string)[] = [];
  const onCursor = (cursor: number) => void log.push(cursor);
  const options = { ...collector.fake.address, backoff: BACKOFF, onCursor };
  for await (const { id } of live(options, { since: 1, limit: 6 })) {
    log.push(id);
    if (id === "4") collector.publish(event(5), false);
    if (id === "5") collector.fake.drop();
    if (id === "5") collector.publish(event(6));
    if (id === "6") collector.publish(event(7));
  }
  assert.deepEqual(log, ["2", "3", "4", 4, "5", "6", 6, "7"]);
});
