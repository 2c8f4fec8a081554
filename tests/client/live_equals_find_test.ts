import assert from "node:assert/strict";
import { Client, find, live, type LiveNotice } from "../../lib/client/mod.ts";
import { createEvent, type Criteria, type Event, serializeEvent } from "../../lib/event/mod.ts";
import { Collector } from "../../lib/server/collector.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import type { EventStore } from "../../lib/store/store.ts";
import { within } from "../e2e/until.ts";
import { forSeeds, type Random } from "../random.ts";
import { openSqlite } from "../store/sqlite_fixture.ts";
import { CuttingProxy } from "./cutting_proxy.ts";
import { freePort } from "../e2e/free_port.ts";

/** Retries without delay, but never in the same turn. */
const BACKOFF = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };

/** The last event of a run, later than all others: it ends the following. */
const END = "end";
const END_TIMESTAMP = 2_000_000_000;

/** Far above what a run takes on a busy machine. */
const RUN_TIMEOUT_MS = 60_000;

/** What each run follows and finds by; all of them match the last event. */
const CRITERIA: readonly Criteria[] = [
  {},
  { content: "y|end" },
  { source: "/var/log/[ae]" },
  { tags: ["even|end"] },
  { content: "(?i)Y|END", start: 1_000_000_500 },
];

/** A collector that may be restarted, on the same port and with the same store. */
class RestartingCollector implements AsyncDisposable {
  readonly #store: EventStore;
  readonly #maxLiveQueueBytes: number;
  readonly #collector: { current: Collector };

  private constructor(store: EventStore, maxLiveQueueBytes: number, collector: Collector) {
    this.#store = store;
    this.#maxLiveQueueBytes = maxLiveQueueBytes;
    this.#collector = { current: collector };
  }

  static async start(store: EventStore, maxLiveQueueBytes: number): Promise<RestartingCollector> {
    const collector = await Collector.listen({
      store,
      hostname: "127.0.0.1",
      port: freePort(),
      maxLiveQueueBytes,
    });
    return new RestartingCollector(store, maxLiveQueueBytes, collector);
  }

  get port(): number {
    return this.#collector.current.port;
  }

  async restart(): Promise<void> {
    const { port } = this;
    await this.#collector.current[Symbol.asyncDispose]();
    this.#collector.current = await Collector.listen({
      store: this.#store,
      hostname: "127.0.0.1",
      port,
      maxLiveQueueBytes: this.#maxLiveQueueBytes,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#collector.current[Symbol.asyncDispose]();
  }
}

function randomEvents(random: Random, name: string, count: number): Event[] {
  return Array.from({ length: count }, (_, i) =>
    createEvent({
      id: `${name}-${i}`,
      timestamp: 1_000_000_000 + random.int(0, 1000),
      source: random.pick(["/var/log/a", "/var/log/b"]),
      tags: [random.pick(["even", "odd"])],
      content: random.pick("xyY").repeat(random.int(1, random.chance(0.1) ? 15_000 : 60)),
    }));
}

/** Pushes batches with pauses between, restarts the collector at times, then pushes the last event. */
async function pushAll(collector: RestartingCollector, random: Random): Promise<void> {
  await using client = await Client.connect({
    host: "127.0.0.1",
    port: collector.port,
    backoff: BACKOFF,
  });
  for (let batch = random.int(5, 25); batch > 0; batch--) {
    const sent = client.send(randomEvents(random, `batch-${batch}`, random.int(1, 40)));
    if (random.chance(0.7)) await sent;
    if (random.chance(0.5)) await new Promise((resolve) => setTimeout(resolve, random.int(0, 8)));
    if (random.chance(0.04)) await collector.restart();
  }
  const end = { id: END, timestamp: END_TIMESTAMP, source: "/var/log/end", tags: [END] };
  await client.send([createEvent({ ...end, content: END })]);
}

/** Follows through a line that breaks at random bytes, at a random pace, until the last event. */
async function follow(
  port: number,
  criteria: Criteria,
  random: Random,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (;;) {
    let hasConnected = false;
    const options = {
      host: "127.0.0.1",
      port,
      backoff: BACKOFF,
      windowBytes: random.pick([500, 4 << 20]),
      maxBufferedBytes: random.pick([20_000, 64 << 20]),
      onNotice(notice: LiveNotice): void {
        hasConnected ||= notice.kind === "connected";
        assert.ok(notice.kind !== "gap" || notice.replayed, "a gap that is not replayed");
      },
    };
    try {
      for await (const events of live(options, criteria).batches()) {
        ids.push(...events.map(({ id }) => id));
        if (ids.includes(END)) return ids;
        if (random.chance(0.1)) {
          await new Promise((resolve) => setTimeout(resolve, random.int(1, 10)));
        }
      }
    } catch (error) {
      // Only later connections are made anew by themselves.
      if (hasConnected) throw error;
    }
  }
}

async function followAndFind(store: EventStore, random: Random): Promise<void> {
  // Some replays take many messages, so that they are cut between two of them.
  const before = randomEvents(random, "before", random.int(0, random.pick([300, 3000, 6000])));
  await store.save(before.slice(0, before.length / 2));
  const since = random.chance(0.7) ? 0 : store.cursor;
  await store.save(before.slice(before.length / 2));
  const bytes = before.reduce((sum, event) => sum + serializeEvent(event).length, 1);
  const maxLiveQueueBytes = random.pick([2000, 1 << 24]);
  await using collector = await RestartingCollector.start(store, maxLiveQueueBytes);
  await using proxy = new CuttingProxy(
    collector.port,
    // A replay can only be resumed from its start: some connections must live long enough for one.
    () => random.chance(0.6) ? random.int(1, random.pick([10_000, bytes])) : 2e7,
  );
  const criteria = { ...random.pick(CRITERIA), since };
  const [ids] = await within(
    "the last event",
    Promise.all([
      follow(proxy.port, criteria, random),
      pushAll(collector, random),
    ]),
    RUN_TIMEOUT_MS,
  );
  const address = { host: "127.0.0.1", port: collector.port };
  const found = await Array.fromAsync(find(address, criteria), ({ id }) => id);
  assert.deepEqual([...ids].sort(), found.sort());
}

Deno.test("live with since brings what find finds, across cuts and restarts, from a memory store", async () => {
  await forSeeds(14, async (random) => {
    await using store = new MemoryStore();
    await followAndFind(store, random);
  });
});

Deno.test("live with since brings what find finds, across cuts and restarts, from a SQLite store", async () => {
  await forSeeds(10, async (random) => {
    await using fixture = await openSqlite();
    await followAndFind(fixture.store, random);
  });
});
