import assert from "node:assert/strict";
import { find, live } from "../../lib/client/mod.ts";
import { concatBytes } from "../../lib/base/bytes.ts";
import { createEvent, type Event, serializeEvent } from "../../lib/event/mod.ts";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { forSeeds, type Random } from "../random.ts";
import { FakeCollector, type Peer } from "./fake_collector.ts";

function event(id: number, length: number): Event {
  return createEvent({ id: String(id), timestamp: id + 1, content: "x".repeat(length) });
}

function ids(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Sends messages within the window, one event each, and notes how far ahead it ever was. */
class WindowedCollector implements AsyncDisposable {
  readonly fake: FakeCollector;
  /** What the client said. */
  readonly said: object[] = [];
  readonly left = Promise.withResolvers<void>();
  sent = 0;
  maxAhead = 0;
  #window = 0;
  #taken = 0;
  #next = 0;

  constructor(readonly messages: readonly Uint8Array<ArrayBuffer>[]) {
    this.fake = new FakeCollector({
      onOpen: ({ socket }) => socket.addEventListener("close", () => this.left.resolve()),
      onFlow: (peer, flow) => {
        this.said.push(flow);
        if ("window" in flow) this.#window = flow.window;
        else this.#taken = flow.taken;
        if (peer.messages > 0) this.#send(peer);
      },
      onMessage: (peer) => {
        peer.send("ok");
        this.#send(peer);
      },
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.fake[Symbol.asyncDispose]();
  }

  #send(peer: Peer): void {
    while (this.sent - this.#taken < this.#window) {
      const message = this.messages[this.#next++];
      if (message === undefined) break;
      peer.send(message);
      this.sent += message.length;
      this.maxAhead = Math.max(this.maxAhead, this.sent - this.#taken);
    }
    if (this.#next < this.messages.length) return;
    peer.send({ done: true, matched: 0, scanned: 0, elapsed_ms: 0, cursor: 0 });
  }
}

/** Messages of one event each, all of one size. */
function messagesOf(count: number, length: number): Uint8Array<ArrayBuffer>[] {
  return ids(count).map((id) => concatBytes([serializeEvent(event(100 + id, length))]));
}

Deno.test("find tells its window first, and what it took when that is a quarter of it", async () => {
  const messages = messagesOf(10, 1000);
  const size = messages[0]?.length ?? 0;
  await using collector = new WindowedCollector(messages);
  const options = { ...collector.fake.address, windowBytes: 8 * size };
  assert.equal((await Array.fromAsync(find(options, {}))).length, 10);
  await collector.left.promise;
  assert.deepEqual(
    collector.said,
    [{ window: 8 * size }, ...[2, 4, 6, 8, 10].map((count) => ({ taken: count * size }))],
  );
});

Deno.test("find counts a message as taken when the loop is through with it", async () => {
  const messages = messagesOf(20, 1000);
  const size = messages[0]?.length ?? 0;
  await using collector = new WindowedCollector(messages);
  const options = { ...collector.fake.address, windowBytes: 4 * size };
  let taken = 0;
  for await (const _ of find(options, {}).batches()) {
    await new Promise((resolve) => setTimeout(resolve, 3));
    assert.ok(collector.sent <= (taken++ + 4) * size, "sent too far ahead of the loop");
  }
  assert.equal(taken, 20);
});

Deno.test("find leaves a collector that waits for it", async () => {
  await using collector = new WindowedCollector(messagesOf(20, 1000));
  for await (const _ of find({ ...collector.fake.address, windowBytes: 1 }, {})) break;
  await collector.left.promise;
  assert.deepEqual(collector.said, [{ window: 1 }]);
});

Deno.test("find ends by its signal while a collector waits for it", async () => {
  await using collector = new WindowedCollector(messagesOf(20, 1000));
  const aborting = new AbortController();
  const options = { ...collector.fake.address, windowBytes: 1, signal: aborting.signal };
  await assert.rejects(async () => {
    for await (const _ of find(options, {})) aborting.abort(new Error("enough"));
  }, /^Error: enough$/);
  await collector.left.promise;
});

for (const windowBytes of [0, -1, 1.5, NaN]) {
  Deno.test(`find and live refuse a window of ${windowBytes}`, () => {
    for (const ask of [find, live]) {
      assert.throws(() => ask({ windowBytes }, {}), {
        name: "RangeError",
        message: /'windowBytes' must be a positive integer: current value is/,
      });
    }
  });
}

/** A loop that sometimes waits, sometimes blocks, and mostly does neither. */
async function dawdle(random: Random): Promise<void> {
  if (random.chance(0.02)) await new Promise((resolve) => setTimeout(resolve, random.int(0, 5)));
  if (!random.chance(0.005)) return;
  const end = performance.now() + random.int(1, 5);
  while (performance.now() < end);
}

Deno.test("find and live bring every event whatever the loop's pace and the window", async () => {
  await forSeeds(25, async (random) => {
    await using store = new MemoryStore();
    const count = random.int(1, 600);
    await store.save(ids(count).map((id) => event(id, random.int(0, 3000))));
    await using collector = await Collector.listen({
      store,
      port: 0,
      maxSendBufferBytes: random.pick([1000, 1 << 20]),
    });
    const options = {
      host: "127.0.0.1",
      port: collector.port,
      windowBytes: random.pick([1, 1000, 300_000, 4 << 20]),
      maxBufferedBytes: random.pick([1 << 20, 64 << 20]),
    };
    for (const ask of [find, live]) {
      const criteria = ask === live ? { since: 0, limit: count } : {};
      const found: number[] = [];
      for await (const { id } of ask(options, criteria)) {
        found.push(Number(id));
        await dawdle(random);
      }
      assert.deepEqual(found, ids(count));
    }
  });
});
