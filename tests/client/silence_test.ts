import assert from "node:assert/strict";
import { live, type LiveNotice } from "../../lib/client/mod.ts";
import { createEvent } from "../../lib/event/mod.ts";
import { FakeCollector } from "./fake_collector.ts";
import { LiveCollector } from "./live_collector.ts";

const BACKOFF = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };

Deno.test("live gives up a connection on which nothing comes, and resumes", async () => {
  await using collector = new LiveCollector();
  const reasons: string[] = [];
  const found: string[] = [];
  const options = {
    ...collector.fake.address,
    backoff: BACKOFF,
    silenceTimeoutMs: 60,
    onNotice(notice: LiveNotice) {
      if (notice.kind !== "disconnected") return;
      reasons.push(notice.reason);
      // What arrived while the connection was dead.
      if (reasons.length === 1) collector.publish(createEvent({ id: "b" }));
    },
  };
  collector.publish(createEvent({ id: "a" }));
  for await (const { id } of live(options, { since: 0, limit: 2 })) found.push(id);
  assert.deepEqual(found, ["a", "b"]);
  assert.match(reasons[0] ?? "", /^nothing came for 60 ms$/);
  assert.equal(collector.asked[1]?.since, 1);
});

Deno.test("live keeps a connection with heartbeats, also while its loop waits or blocks", async () => {
  await using collector = new LiveCollector();
  const kinds: string[] = [];
  const options = {
    ...collector.fake.address,
    backoff: BACKOFF,
    silenceTimeoutMs: 90,
    onNotice: ({ kind }: LiveNotice) => void kinds.push(kind),
  };
  collector.publish(createEvent({ id: "a" }));
  const beating = setInterval(() => collector.heartbeat(), 10);
  for await (const { id } of live(options, { since: 0, limit: 2 })) {
    if (id === "b") break;
    await new Promise((resolve) => setTimeout(resolve, 200));
    const end = performance.now() + 200;
    while (performance.now() < end);
    setTimeout(() => collector.publish(createEvent({ id: "b" })), 100);
  }
  clearInterval(beating);
  assert.deepEqual(kinds, ["connecting", "connected"]);
});

Deno.test("live takes a heartbeat during a replay for no progress", async () => {
  const a = new TextEncoder().encode("event: 18 18 0\nid:a\ntimestamp: 1\n\n");
  const b = new TextEncoder().encode("event: 18 18 0\nid:b\ntimestamp: 2\n\n");
  const asked: unknown[] = [];
  await using collector = new FakeCollector({
    onMessage(peer, message) {
      asked.push(JSON.parse(String(message)));
      const answers = ["ok", a, { cursor: 7 }];
      for (const answer of peer.connection === 1 ? answers : [...answers, b, { cursor: 9 }]) {
        peer.send(answer);
      }
      if (peer.connection === 1) peer.socket.close(1001);
    },
  });
  const options = { ...collector.address, backoff: BACKOFF };
  const events = await Array.fromAsync(live(options, { since: 7, limit: 2 }));
  assert.deepEqual(events.map(({ id }) => id), ["a", "b"]);
  assert.deepEqual(asked, [{ since: 7, limit: 2 }, { since: 7, limit: 2 }]);
});

Deno.test("live refuses a silence that is no time", () => {
  assert.throws(() => live({ silenceTimeoutMs: 0 }, {}), {
    name: "RangeError",
    message: /'silenceTimeoutMs' must be positive: current value is 0/,
  });
});
