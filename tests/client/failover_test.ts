import assert from "node:assert/strict";
import { Client, type ClientNotice, type ClientOptions } from "../../lib/client/mod.ts";
import { createEvent, type Event } from "../../lib/event/mod.ts";
import { forSeeds, type Random } from "../random.ts";
import { FakeCollector, keyOf, ModelStore, type Peer, readEvents } from "./fake_collector.ts";
import { freePort } from "../e2e/free_port.ts";

/** Retries without delay, but never in the same turn. */
const BACKOFF = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };

type Address = { readonly host: string; readonly port: number };

function makeEvents(count: number): Event[] {
  return Array.from({ length: count }, (_, i) => createEvent({ id: `e${i}`, timestamp: i + 1 }));
}

/** A collector with a store, that may do something else instead of taking a message. */
class StoringCollector extends FakeCollector {
  readonly store: ModelStore;

  constructor(
    instead: (peer: Peer) => boolean = () => false,
    options: { readonly port?: number; readonly protocol?: string } = {},
  ) {
    const store = new ModelStore();
    super({
      onMessage: (peer, message) => {
        if (instead(peer)) return;
        peer.send({ ack: peer.messages, ...store.save(readEvents(message)) });
      },
    }, options);
    this.store = store;
  }
}

/** The address of nobody. */
function nobody(): Address {
  return { host: "127.0.0.1", port: freePort() };
}

function failover(
  addresses: readonly Address[],
  options: ClientOptions = {},
): Promise<Client> {
  return Client.connect({ collectors: addresses, backoff: BACKOFF, ...options });
}

/** Notices in short: kind and place of the collector. */
function recorder(addresses: readonly Address[]): {
  readonly notes: string[];
  readonly onNotice: (notice: ClientNotice) => void;
} {
  const notes: string[] = [];
  const onNotice = (notice: ClientNotice) => {
    const place = "url" in notice
      ? ` ${addresses.findIndex(({ port }) => notice.url.includes(`:${port}/`))}`
      : "";
    notes.push(`${notice.kind}${place}`);
  };
  return { notes, onNotice };
}

Deno.test("Client takes the first of several collectors that answers", async () => {
  await using second = new StoringCollector();
  await using third = new StoringCollector();
  const addresses = [nobody(), second.address, third.address];
  const { notes, onNotice } = recorder(addresses);
  await using client = await failover(addresses, { onNotice });
  assert.equal((await client.send(makeEvents(3))).events, 3);
  assert.equal(second.store.keys.length, 3);
  assert.equal(third.peers.length, 0);
  assert.deepEqual(notes, ["connecting 0", "disconnected 0", "connecting 1", "connected 1"]);
});

Deno.test("Client passes over a collector that hangs", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  await using second = new StoringCollector();
  const addresses = [{ host: "127.0.0.1", port: listener.addr.port }, second.address];
  await using client = await failover(addresses, { connectTimeoutMs: 1000 });
  assert.equal((await client.send(makeEvents(3))).events, 3);
  (await accepting).close();
});

Deno.test("Client passes over a server that is no collector, and says so", async () => {
  await using other = new FakeCollector({}, { protocol: "" });
  await using second = new StoringCollector();
  const reasons: string[] = [];
  await using client = await failover([other.address, second.address], {
    onNotice: (notice) => {
      if (notice.kind === "disconnected") reasons.push(notice.reason);
    },
  });
  assert.equal((await client.send(makeEvents(3))).events, 3);
  assert.equal(reasons.length, 1);
  assert.match(reasons[0] ?? "", /does not speak 'theia.v1'/);
});

Deno.test("Client gives up when none of several servers is a collector", async () => {
  await using first = new FakeCollector({}, { protocol: "" });
  await using second = new FakeCollector({}, { protocol: "" });
  const connecting = failover([first.address, second.address], { retryFirst: true });
  await assert.rejects(connecting, {
    name: "ConnectError",
    failure: "protocol",
    message: /at ws:.*does not speak 'theia.v1'.*; nor at ws:.*does not speak/,
  });
});

Deno.test("Client goes on trying while one of several servers may be a collector later", async () => {
  await using other = new FakeCollector({}, { protocol: "" });
  const address = nobody();
  const made: StoringCollector[] = [];
  const { notes, onNotice } = recorder([other.address, address]);
  await using client = await failover([other.address, address], {
    retryFirst: true,
    onNotice,
    backoff: {
      sleep: () => {
        if (notes.length > 10) made[0] ??= new StoringCollector(undefined, { port: address.port });
        return BACKOFF.sleep();
      },
    },
  });
  assert.equal((await client.send(makeEvents(3))).events, 3);
  await made[0]?.[Symbol.asyncDispose]();
});

Deno.test("Client waits only after a full round", async () => {
  const addresses = [nobody(), nobody(), nobody()];
  const { notes, onNotice } = recorder(addresses);
  const controller = new AbortController();
  const connecting = failover(addresses, {
    retryFirst: true,
    signal: controller.signal,
    onNotice: (notice) => {
      onNotice(notice);
      if (notes.filter((note) => note === "retrying").length === 3) {
        controller.abort(new Error("enough"));
      }
    },
  });
  await assert.rejects(connecting, /^Error: enough$/);
  const round = [0, 1, 2].flatMap((place) => [`connecting ${place}`, `disconnected ${place}`]);
  // The last notice of a round is of all of them, by the address of the first.
  round[5] = "disconnected 0";
  const rounds = [...round, "retrying", ...round, "retrying", ...round, "retrying"];
  assert.deepEqual(notes.slice(0, rounds.length), rounds);
});

Deno.test("Client sends to the next collector what one that dies did not acknowledge, in order", async () => {
  const first = new StoringCollector((peer) => {
    if (peer.messages <= 3) return false;
    peer.socket.close(1001);
    return true;
  });
  await using second = new StoringCollector();
  await using client = await failover([first.address, second.address], {
    maxMessageBytes: 1,
    backoff: {
      sleep: async () => {
        await first[Symbol.asyncDispose]();
        await BACKOFF.sleep();
      },
    },
  });
  const events = makeEvents(20);
  const result = await client.send(events);
  assert.deepEqual(result, { events: 20, duplicates: 0, rejected: [] });
  assert.deepEqual(first.store.keys, events.slice(0, 3).map(keyOf));
  assert.deepEqual(second.store.keys, events.slice(3).map(keyOf));
});

Deno.test("Client turns to the next collector when one takes connections and serves none", async () => {
  await using first = new StoringCollector((peer) => {
    peer.socket.close(1013);
    return true;
  });
  await using second = new StoringCollector();
  await using client = await failover([first.address, second.address]);
  assert.equal((await client.send(makeEvents(5))).events, 5);
  assert.equal(first.peers.length, 1);
});

Deno.test("Client turns to the next collector when one acknowledges nothing", async () => {
  await using first = new StoringCollector(() => true);
  await using second = new StoringCollector();
  await using client = await failover([first.address, second.address], { ackTimeoutMs: 300 });
  assert.equal((await client.send(makeEvents(5))).events, 5);
  assert.ok(first.peers.length >= 1);
  assert.equal(second.store.keys.length, 5);
});

Deno.test("Client stays with a later collector until it is lost, and begins at the first again", async () => {
  const address = nobody();
  await using second = new StoringCollector();
  const again = Promise.withResolvers<void>();
  await using client = await failover([address, second.address], {
    onNotice: (notice) => {
      if (notice.kind === "connected" && notice.url.includes(`:${address.port}/`)) again.resolve();
    },
  });
  await client.send(makeEvents(5));
  await using first = new StoringCollector(undefined, { port: address.port });
  await client.send(makeEvents(6));
  assert.equal(first.peers.length, 0);
  assert.equal(second.store.keys.length, 6);
  second.drop();
  await again.promise;
  await client.send(makeEvents(7));
  assert.equal(first.store.keys.length, 7);
});

Deno.test("Client.connect refuses collectors that are none", async () => {
  await assert.rejects(Client.connect({ collectors: [] }), /'collectors' must not be empty/);
  await assert.rejects(
    Client.connect({ collectors: [{ port: 1 }], host: "a" }),
    /'collectors' must stand alone/,
  );
  await assert.rejects(
    Client.connect({ collectors: [{ port: 1 }, { port: 0 }] }),
    /'port' must be/,
  );
});

/** Collectors of which each may be away at any time, hang up before or after storing. */
class Fleet implements AsyncDisposable {
  readonly stores: ModelStore[] = [];
  readonly addresses: Address[];
  readonly #random: Random;
  readonly #running: (FakeCollector | undefined)[];
  readonly #stopping: Promise<void>[] = [];

  constructor(random: Random, size: number) {
    this.#random = random;
    this.addresses = Array.from({ length: size }, nobody);
    for (let i = 0; i < size; i++) this.stores.push(new ModelStore());
    this.#running = this.stores.map(() => undefined);
    for (let place = 0; place < size; place++) if (random.chance(0.7)) this.#start(place);
  }

  /** Starts or stops some of them; never leaves all of them away for long. */
  change(): void {
    for (const [place, running] of this.#running.entries()) {
      if (this.#random.chance(0.6)) continue;
      if (running === undefined) this.#start(place);
      else this.#stop(place);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const place of this.#running.keys()) this.#stop(place);
    await Promise.all(this.#stopping);
  }

  #start(place: number): void {
    const port = this.addresses[place]?.port ?? 0;
    try {
      this.#running[place] = new FakeCollector({
        onMessage: (peer, message) => this.#take(place, peer, message),
      }, { port });
    } catch (error) {
      // The one before it is still stopping.
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }

  #stop(place: number): void {
    const running = this.#running[place];
    this.#running[place] = undefined;
    if (running !== undefined) this.#stopping.push(running[Symbol.asyncDispose]());
  }

  #take(place: number, peer: Peer, message: string | Uint8Array): void {
    if (peer.socket.readyState !== WebSocket.OPEN) return;
    if (this.#random.chance(0.05)) return peer.socket.close(1001);
    const saved = this.stores[place]?.save(readEvents(message));
    if (this.#random.chance(0.05)) return peer.socket.close(1001);
    if (this.#random.chance(0.02)) this.change();
    peer.send({ ack: peer.messages, ...saved });
  }
}

Deno.test("Client delivers each event to one of several collectors, to none twice, in order", async () => {
  await forSeeds(25, async (random) => {
    await using fleet = new Fleet(random, random.int(2, 4));
    await using client = await failover(fleet.addresses, {
      retryFirst: true,
      maxMessageBytes: random.int(1, 500),
      maxInFlightMessages: random.int(1, 6),
      backoff: {
        sleep: () => {
          fleet.change();
          return BACKOFF.sleep();
        },
      },
    });
    const events = makeEvents(random.int(1, 200));
    await Promise.all(events.map((event) => client.send([event])));
    const everywhere = new Set(fleet.stores.flatMap(({ keys }) => keys));
    assert.deepEqual([...everywhere].sort(), events.map(keyOf).sort());
    const places = new Map(events.map((event, place) => [keyOf(event), place]));
    for (const { keys } of fleet.stores) {
      const order = keys.map((key) => places.get(key) ?? -1);
      assert.deepEqual(order, order.toSorted((a, b) => a - b));
    }
  });
});

Deno.test("Client holds no more than its window while all collectors are away", async () => {
  const attempts = 2_000;
  const delays: number[] = [];
  const address = nobody();
  const { port } = nobody();
  await using collector = new StoringCollector(undefined, { port });
  const longAway = Promise.withResolvers<void>();
  await using client = await failover([address, collector.address], {
    maxInFlightMessages: 4,
    maxMessageBytes: 1,
    backoff: {
      random: () => 0.999,
      sleep: (ms) => {
        delays.push(ms);
        if (delays.length === attempts) longAway.resolve();
        return BACKOFF.sleep();
      },
    },
  });
  await collector[Symbol.asyncDispose]();
  let handedOver = 0;
  const sends: Promise<unknown>[] = [];
  const events = makeEvents(100);
  const producing = (async () => {
    for (const event of events) {
      await client.ready();
      handedOver++;
      sends.push(client.send([event]));
    }
  })();
  await longAway.promise;
  assert.ok(handedOver <= 4, `${handedOver} events were taken`);
  assert.ok(Math.max(...delays) <= 10_000, `waited ${Math.max(...delays)} ms`);
  await using returned = new StoringCollector(undefined, { port });
  await producing;
  await Promise.all(sends);
  assert.deepEqual(returned.store.keys, events.map(keyOf));
});
