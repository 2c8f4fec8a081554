import assert from "node:assert/strict";
import { Client } from "../../lib/client/mod.ts";
import { createEvent } from "../../lib/event/mod.ts";
import { FakeCollector, ModelStore, readEvents } from "./fake_collector.ts";

/** A collector that refuses everything while its disk is full. */
class FullCollector extends FakeCollector {
  readonly store = new ModelStore();
  isFull = true;
  messages = 0;

  constructor() {
    super({
      onMessage: (peer, message) => {
        this.messages++;
        const events = readEvents(message);
        const stored = this.isFull ? [] : events;
        const rejected = this.isFull
          ? events.map((_, index) => ({ index, reason: "disk full", retryable: true }))
          : [];
        peer.send({ ack: peer.messages, ...this.store.save(stored), rejected });
      },
    });
  }
}

/** Waits that end when they are told to. */
class Pauses {
  readonly delays: number[] = [];
  #end = () => {};
  #begun = Promise.withResolvers<void>();

  readonly sleep = (ms: number): Promise<void> => {
    this.delays.push(ms);
    this.#begun.resolve();
    return new Promise((resolve) => this.#end = resolve);
  };

  /** Resolves when the client waits. */
  async begun(): Promise<void> {
    await this.#begun.promise;
    this.#begun = Promise.withResolvers();
  }

  end(): void {
    this.#end();
  }
}

Deno.test("Client tries a full collector with one message, at least twice a second", async () => {
  await using collector = new FullCollector();
  const pauses = new Pauses();
  let refused = 0;
  const allRefused = Promise.withResolvers<void>();
  await using client = await Client.connect({
    ...collector.address,
    maxMessageBytes: 1000,
    backoff: { random: () => 0.999, sleep: pauses.sleep },
    onNotice: (notice) => {
      if (notice.kind === "rejected") refused += notice.rejections.length;
      if (refused === 100) allRefused.resolve();
    },
  });
  const events = Array.from({ length: 100 }, (_, i) => createEvent({ timestamp: i + 1 }));
  const sent = client.send(events);
  await pauses.begun();
  // Behind the first refusal come those of all messages that were under way.
  await allRefused.promise;
  const flight = collector.messages;
  assert.ok(flight > 5, `${flight} messages`);
  for (let attempt = 1; attempt <= 8; attempt++) {
    pauses.end();
    await pauses.begun();
    assert.equal(collector.messages, flight + attempt);
  }
  assert.ok(pauses.delays.every((ms) => ms <= 500), `${pauses.delays}`);
  let hasRoom = false;
  const ready = client.ready().then(() => hasRoom = true);
  collector.isFull = false;
  assert.equal(hasRoom, false);
  pauses.end();
  assert.deepEqual(await sent, { events: 100, duplicates: 0, rejected: [] });
  await ready;
  assert.equal(collector.store.keys.length, 100);
});
