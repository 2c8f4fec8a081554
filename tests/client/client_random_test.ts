import assert from "node:assert/strict";
import { Client } from "../../lib/client/mod.ts";
import { createEvent, type Event } from "../../lib/event/mod.ts";
import type { Rejection } from "../../lib/wire/messages.ts";
import { forSeeds, type Random } from "../random.ts";
import { CuttingProxy } from "./cutting_proxy.ts";
import { FakeCollector, keyOf, ModelStore, type Peer, readEvents } from "./fake_collector.ts";

/** Retries without delay, but never in the same turn. */
const BACKOFF = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };

/** A collector that now and then closes before storing, after storing, or refuses some events for now. */
class MoodyCollector {
  readonly store = new ModelStore();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  take(peer: Peer, message: string | Uint8Array): void {
    if (peer.socket.readyState !== WebSocket.OPEN) return;
    const random = this.#random;
    if (random.chance(0.1)) return peer.socket.close(1001, "before storing");
    const events = readEvents(message);
    const rejected: Rejection[] = [];
    const isFull = random.chance(0.1);
    const taken = events.filter((_, index) => {
      if (!isFull || random.chance(0.5)) return true;
      rejected.push({ index, reason: "disk full", retryable: true });
      return false;
    });
    const saved = this.store.save(taken);
    if (random.chance(0.1)) return peer.socket.close(1001, "after storing");
    peer.send({ ack: peer.messages, ...saved, rejected });
  }
}

/** Sends events in random pieces and ways; resolves when all are acknowledged. */
async function sendAll(client: Client, events: readonly Event[], random: Random): Promise<void> {
  const outcomes: Promise<unknown>[] = [];
  for (let at = 0; at < events.length;) {
    const count = random.int(1, 20);
    const piece = events.slice(at, at + count);
    at += count;
    const way = random.int(0, 3);
    if (way === 0) outcomes.push(...piece.map((event) => client.sendEvent(event)));
    else outcomes.push(client.send(piece));
    if (way === 1) await client.ready();
    if (way === 2) await outcomes.at(-1);
  }
  if (random.chance(0.5)) await client.flush();
  await Promise.all(outcomes);
}

function clientOptions(port: number, random: Random): Parameters<typeof Client.connect>[0] {
  return {
    host: "127.0.0.1",
    port,
    backoff: BACKOFF,
    retryFirst: true,
    maxMessageBytes: random.int(1, 2000),
    maxInFlightMessages: random.int(1, 8),
    maxInFlightBytes: random.int(1, 5000),
  };
}

function randomEvents(random: Random): Event[] {
  return Array.from({ length: random.int(1, 300) }, (_, i) =>
    createEvent({
      id: `event-${i}`,
      timestamp: random.int(1, 5),
      content: "x".repeat(random.int(0, 50)),
    }));
}

function assertStoredOnce(store: ModelStore, events: readonly Event[]): void {
  assert.deepEqual([...store.keys].sort(), events.map(keyOf).sort());
}

Deno.test("Client delivers everything exactly once to a collector that closes and refuses", async () => {
  await forSeeds(30, async (random) => {
    const moody = new MoodyCollector(random);
    await using collector = new FakeCollector({
      onMessage: (peer, message) => moody.take(peer, message),
    });
    await using client = await Client.connect(clientOptions(collector.port, random));
    const events = randomEvents(random);
    await sendAll(client, events, random);
    assertStoredOnce(moody.store, events);
  });
});

Deno.test("Client delivers everything exactly once and in order over a line that breaks at any byte", async () => {
  await forSeeds(30, async (random) => {
    const store = new ModelStore();
    await using collector = new FakeCollector({
      onMessage: (peer, message) =>
        peer.send({ ack: peer.messages, ...store.save(readEvents(message)) }),
    });
    await using proxy = new CuttingProxy(
      collector.port,
      () => random.chance(0.2) ? random.int(1, 400) : random.int(400, 8000),
    );
    await using client = await Client.connect(clientOptions(proxy.port, random));
    const events = randomEvents(random);
    await Promise.all(events.map((event) => client.send([event])));
    assert.deepEqual(store.keys, events.map(keyOf));
  });
});
