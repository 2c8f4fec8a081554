import assert from "node:assert/strict";
import { createEvent, type Event } from "../../../lib/event/event.ts";
import { createBridge } from "../../../lib/hat/bridge/bridge.ts";
import type { BridgeNotice, BridgeOptions } from "../../../lib/hat/bridge/bridge_options.ts";
import { theiaIdOf } from "../../../lib/hat/bridge/hat_to_theia.ts";
import type { Engine } from "../../../lib/hat/engine/engine.ts";
import type { Module } from "../../../lib/hat/engine/module.ts";
import { MAX_SESSION_BYTES } from "../../../lib/hat/engine/session_size.ts";
import { SessionEngine } from "../../../lib/hat/engine/session_engine.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { until } from "../../e2e/until.ts";
import { forSeeds, type Random } from "../../random.ts";
import { CLIENT, init } from "../engine/engine_fixture.ts";
import { eventsOf, quickBackend } from "../server/running_server.ts";
import { ModelCollector } from "./model_collector.ts";

const BACKOFF = { sleep: () => new Promise<void>((resolve) => setTimeout(resolve, 0)) };

const SOURCE = { type: "module", id: 0 } as const;

/** A bridge over a model collector that can be closed, or left as a crash leaves it. */
class BridgeRun {
  readonly #module: Module;
  #isAlive = true;

  private constructor(module: (isAlive: () => boolean, engine: Engine) => Module, engine: Engine) {
    const isAlive = () => this.#isAlive;
    this.#module = module(isAlive, {
      serverId: engine.serverId,
      // After a crash nothing is registered any more.
      register: (source, events) =>
        isAlive() ? engine.register(source, events) : new Promise(() => {}),
      query: (params) => engine.query(params),
      onFlushed: (callback) => engine.onFlushed((events) => isAlive() && callback(events)),
    });
  }

  static start(
    engine: Engine,
    collector: ModelCollector,
    options: Partial<BridgeOptions> = {},
  ): BridgeRun {
    return new BridgeRun((isAlive, engine) =>
      createBridge({
        toHat: { prefix: ["theia"], feed: collector.feed(isAlive), start: "stored" },
        toTheia: { prefix: ["plant"], push: collector.push(isAlive), start: "stored" },
        backoff: BACKOFF,
        ...options,
      }).create(engine, SOURCE) as Module, engine);
  }

  /** Nothing that it asked for is left when the next one starts, as the engine would be gone, too. */
  async crash(engine: Engine): Promise<void> {
    this.#isAlive = false;
    await engine.register(CLIENT, [init("crash")]);
  }

  async close(): Promise<void> {
    await this.#module[Symbol.asyncDispose]?.();
  }
}

/** The ids of the Theia events that became Hat events. */
function bridgedIds(events: readonly HatEvent[]): string[] {
  return events.filter(({ type }) => type[0] === "theia").map(({ payload }) => {
    assert(payload?.kind === "json");
    return (payload.data as { readonly id: string }).id;
  });
}

function logLine(id: string, random?: Random): Event {
  return createEvent({ id, timestamp: 1_700_000_000 + (random?.below(100) ?? 0), source: "app" });
}

Deno.test("A bridge brings each event once to the other side, whatever breaks, crashes or restarts", async () => {
  let duplicates = 0;
  await forSeeds(8, async (random) => {
    await using backend = quickBackend();
    await using engine = await SessionEngine.start({ serverId: 1, backend });
    await using collector = new ModelCollector(random);
    const sent: string[] = [];
    const registered: string[] = [];
    let run = BridgeRun.start(engine, collector);
    for (let step = 0; step < 60; step++) {
      if (random.chance(0.1)) {
        if (random.chance(0.5)) await run.crash(engine);
        else await run.close();
        run = BridgeRun.start(engine, collector);
      }
      for (let count = random.int(0, 5); count > 0; count--) {
        const id = `line-${step}-${count}`;
        sent.push(id);
        collector.store(logLine(id, random));
      }
      const types = Array.from({ length: random.int(0, 5) }, (_, i) => init(`plant/${step}/${i}`));
      const events = await engine.register(CLIENT, types);
      registered.push(...events?.map(({ id }) => theiaIdOf(id)) ?? []);
      if (random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    collector.breaking = 0;
    const pushed = () => collector.stored.map(({ id }) => id).filter((id) => id.startsWith("hat:"));
    await until("all events at the collector", () => pushed().length >= registered.length);
    await until(
      "all events at the server",
      async () => bridgedIds(await eventsOf(backend, 1)).length >= sent.length,
    );
    await run.close();
    assert.deepEqual(pushed().toSorted(), registered.toSorted());
    assert.deepEqual(bridgedIds(await eventsOf(backend, 1)).toSorted(), sent.toSorted());
    duplicates += collector.duplicates;
  });
  if (!Deno.env.has("THEIA_SEED")) assert(duplicates > 0, "something was pushed again");
});

Deno.test("A bridge that is started for the first time begins with what is new, and later where it ended", async () => {
  await forSeeds(1, async (random) => {
    await using backend = quickBackend();
    await using engine = await SessionEngine.start({ serverId: 1, backend });
    await using collector = new ModelCollector(random);
    const start = async () => {
      let isReady = false;
      const feed = collector.feed(() => true);
      const run = BridgeRun.start(engine, collector, {
        toHat: {
          prefix: ["theia"],
          feed: (since, options) =>
            feed(since, {
              ...options,
              onCursor: (cursor) => (isReady = true, options.onCursor(cursor)),
            }),
        },
        toTheia: { prefix: ["plant"], push: collector.push(() => true) },
      });
      await until("the first positions", async () => {
        const eventTypes = [["event", "1", "bridge", "*"]];
        const { events } = await engine.query({ kind: "latest", eventTypes });
        return isReady && events.length === 2;
      });
      return run;
    };
    collector.store(logLine("old"));
    await engine.register(CLIENT, [init("plant/old")]);
    await (await start()).close();
    collector.store(logLine("missed"));
    const [missed] = await engine.register(CLIENT, [init("plant/missed")]) ?? [];
    assert(missed !== undefined);
    const run = await start();
    await until("the missed events", async () => {
      const ids = bridgedIds(await eventsOf(backend, 1));
      return ids.includes("missed") &&
        collector.stored.some(({ id }) => id === theiaIdOf(missed.id));
    });
    await run.close();
    assert.deepEqual(bridgedIds(await eventsOf(backend, 1)), ["missed"]);
    assert.deepEqual(collector.stored.map(({ id }) => id), ["old", "missed", theiaIdOf(missed.id)]);
  });
});

Deno.test("A bridge does not bring its own events back, and keeps few positions", async () => {
  await using backend = quickBackend();
  await using engine = await SessionEngine.start({ serverId: 1, backend });
  await forSeeds(1, async (random) => {
    await using collector = new ModelCollector(random);
    const run = BridgeRun.start(engine, collector, {
      toHat: { prefix: ["theia"], feed: collector.feed(() => true), start: "stored" },
      // With all events but those that came from the collector.
      toTheia: { prefix: ["event"], push: collector.push(() => true), start: "stored" },
    });
    for (let i = 0; i < 100; i++) collector.store(logLine(`line-${i}`));
    await until("all lines", async () => bridgedIds(await eventsOf(backend, 1)).length === 100);
    await until("the engine's event", () => collector.stored.length === 101);
    await engine.register(CLIENT, [init("event/last")]);
    await until("the last event", () => collector.stored.length === 102);
    await run.close();
    assert.equal(bridgedIds(await eventsOf(backend, 1)).length, 100);
    const sources = collector.stored.filter(({ id }) => id.startsWith("hat:")).map(({ source }) =>
      source
    );
    assert.deepEqual(sources, ["event/1/engine", "event/last"]);
    const positions = (await eventsOf(backend, 1)).filter(({ type }) => type[2] === "bridge");
    assert(positions.length <= 6, `${positions.length} positions`);
  });
});

Deno.test("A bridge reports what stalls it once, and that it goes on", async () => {
  await using backend = quickBackend();
  await using engine = await SessionEngine.start({ serverId: 1, backend });
  const notices: BridgeNotice[] = [];
  let failures = 3;
  const run = createBridge({
    name: "b",
    backoff: BACKOFF,
    observer: (notice) => void notices.push(notice),
    toTheia: {
      prefix: ["plant"],
      start: "stored",
      push(events) {
        if (failures-- > 0) return Promise.reject(new Error("no collector"));
        const rejected = events.length > 1 ? [{ index: 1, reason: "too large" }] : [];
        return Promise.resolve({ rejected });
      },
    },
  }).create(engine, SOURCE) as Module;
  await engine.register(CLIENT, [init("plant/1"), init("plant/2")]);
  await until("the refusal", () => notices.length === 3);
  await run[Symbol.asyncDispose]?.();
  assert.deepEqual(notices.map((notice) => notice.kind), [
    "bridge-stalled",
    "bridge-refused",
    "bridge-resumed",
  ]);
  const [stalled, refused] = notices;
  assert(stalled?.kind === "bridge-stalled" && stalled.direction === "to-theia");
  assert(refused?.kind === "bridge-refused" && refused.id === "hat:1:2:2");
  assert.equal(refused.direction, "to-theia");
});

Deno.test("A bridge brings what has timestamps beyond Hat's, and passes over what Hat cannot have", async () => {
  await using backend = quickBackend();
  await using engine = await SessionEngine.start({ serverId: 1, backend });
  const notices: BridgeNotice[] = [];
  const events = [
    createEvent({ id: "late", timestamp: 1e19, source: "s" }),
    createEvent({ id: "early", timestamp: -1e300, source: "s" }),
    createEvent({ id: "bad", source: "\ud800" }),
    createEvent({ id: "large", source: "s", content: "é".repeat(MAX_SESSION_BYTES / 4) }),
    // Together they are more than a session may have.
    ...["1", "2", "3"].map((id) =>
      createEvent({ id, source: "s", content: "x".repeat(MAX_SESSION_BYTES * 0.4) })
    ),
    createEvent({ id: "good", timestamp: 5, source: "s" }),
  ];
  const run = createBridge({
    name: "b",
    backoff: BACKOFF,
    observer: (notice) => void notices.push(notice),
    toHat: {
      prefix: ["theia"],
      async *feed(_since, { onCursor, signal }) {
        onCursor(0);
        yield events;
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    },
  }).create(engine, SOURCE) as Module;
  const found = async () => (await eventsOf(backend, 1)).filter(({ type }) => type[0] === "theia");
  await until(
    "the last event or a stall",
    async () =>
      notices.some(({ kind }) => kind === "bridge-stalled") ||
      bridgedIds(await found()).includes("good"),
  );
  await run[Symbol.asyncDispose]?.();
  assert.deepEqual(bridgedIds(await found()), ["late", "early", "1", "2", "3", "good"]);
  assert.deepEqual((await found()).map(({ sourceTimestamp }) => sourceTimestamp?.s).slice(0, 2), [
    undefined,
    undefined,
  ]);
  assert.equal((await found()).at(-1)?.sourceTimestamp?.s, 5n);
  const refused = notices.map((notice) =>
    notice.kind === "bridge-refused" &&
    [notice.direction, notice.id, notice.reason.replace(/\d{8}/, "…")]
  );
  assert.deepEqual(refused, [
    [
      "to-hat",
      "bad",
      `Cannot use event as 'type[1]' must be well-formed Unicode: current value is "\\ud800"`,
    ],
    ["to-hat", "large", "it has … bytes, and at most 25165824 can be registered"],
  ]);
});

Deno.test("createBridge refuses prefixes that are none, and circles", () => {
  const feed = async function* () {};
  const push = () => Promise.resolve({ rejected: [] });
  for (
    const prefix of [["a", "*"], ["?"], "a" as unknown as string[], [1] as unknown as string[]]
  ) {
    assert.throws(() => createBridge({ toHat: { prefix, feed } }), {
      name: "TypeError",
      message: /toHat\.prefix/,
    });
  }
  for (
    const [into, out] of [[["a"], ["a"]], [["a", "b"], ["a"]], [["a"], ["a", "b"]], [[], ["a"]]]
  ) {
    const options = { toHat: { prefix: into ?? [], feed }, toTheia: { prefix: out ?? [], push } };
    assert.throws(() => createBridge(options), { name: "RangeError", message: /in circles/ });
  }
  createBridge({ toHat: { prefix: ["a", "b"], feed }, toTheia: { prefix: ["a", "c"], push } });
});
