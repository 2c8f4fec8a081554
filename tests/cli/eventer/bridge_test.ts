import assert from "node:assert/strict";
import { join } from "node:path";
import { Client } from "../../../lib/client/client.ts";
import { find } from "../../../lib/client/find.ts";
import { createEvent } from "../../../lib/event/event.ts";
import type { HatEvent } from "../../../lib/hat/event.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import { CuttingProxy } from "../../client/cutting_proxy.ts";
import { freePort } from "../../e2e/free_port.ts";
import { until } from "../../e2e/until.ts";
import { forSeeds, type Random } from "../../random.ts";
import { RunningCollector } from "../running_command.ts";
import { RunningEventer } from "./running_eventer.ts";

/** A collector and an event server with a bridge, which come and go on the same ports. */
class BridgedPair implements AsyncDisposable {
  readonly directory: string;
  collector: RunningCollector;
  server: RunningEventer;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    resources: AsyncDisposableStack,
    parts: { directory: string; collector: RunningCollector; server: RunningEventer },
  ) {
    this.#resources = resources;
    this.directory = parts.directory;
    this.collector = parts.collector;
    this.server = parts.server;
  }

  static async start(random?: Random): Promise<BridgedPair> {
    await using resources = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir();
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const collector = await BridgedPair.#startCollector(directory, String(freePort()));
    // Through it the bridge reaches the collector, whichever process that is.
    const proxy = resources.use(
      new CuttingProxy(
        Number(collector.port),
        () => random?.chance(0.3) ? random.int(500, 100_000) : Infinity,
      ),
    );
    const options = {
      collector: { host: "127.0.0.1", port: proxy.port },
      toHat: { prefix: ["theia"], start: "stored" },
      toTheia: { prefix: ["plant"], start: "stored", tags: ["hat"] },
    };
    const config = {
      port: 0,
      store: { url: "sqlite:///hat.db", flushPeriodMs: 20 },
      modules: [{ name: "bridge", options }],
    };
    await Deno.writeTextFile(join(directory, "eventer.json"), JSON.stringify(config));
    const server = await BridgedPair.#startServer(directory);
    return new BridgedPair(resources.move(), { directory, collector, server });
  }

  async restartCollector(): Promise<void> {
    const { port } = this.collector;
    await this.collector.stop();
    this.collector = await BridgedPair.#startCollector(this.directory, port);
  }

  async restartServer(): Promise<void> {
    await this.server.stop();
    this.server = await BridgedPair.#startServer(this.directory);
  }

  /** The ids of the Theia events that came to the event server. */
  async bridged(): Promise<string[]> {
    const events = await this.hatEvents("theia");
    return events.map(({ payload }) => {
      assert(payload?.kind === "json");
      return (payload.data as { readonly id: string }).id;
    });
  }

  /** The events of the server under a prefix. */
  async hatEvents(prefix: string): Promise<HatEvent[]> {
    await using client = await EventerClient.connect({
      port: Number(this.server.port),
      clientName: "test",
    });
    const events: HatEvent[] = [];
    for (let moreFollows = true; moreFollows;) {
      const page = await client.query({
        kind: "timeseries",
        eventTypes: [[prefix, "*"]],
        order: "ascending",
        lastEventId: events.at(-1)?.id,
      });
      events.push(...page.events);
      moreFollows = page.moreFollows;
    }
    return events;
  }

  /** The ids of the Hat events that came to the collector. */
  async pushed(): Promise<string[]> {
    const result = find({ port: Number(this.collector.port) }, { id: "hat:" });
    return (await Array.fromAsync(result)).map(({ id }) => id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    await this.collector.stop();
    await this.#resources[Symbol.asyncDispose]();
  }

  static async #startCollector(directory: string, port: string): Promise<RunningCollector> {
    return await RunningCollector.start("-P", port, "--store", `sqlite:///${directory}/events.db`);
  }

  static async #startServer(directory: string): Promise<RunningEventer> {
    return await RunningEventer.start("--config", join(directory, "eventer.json"));
  }
}

function plantIds(events: readonly HatEvent[]): string[] {
  return events.map(({ id }) => `hat:${id.server}:${id.session}:${id.instance}`);
}

Deno.test("The bridge of theia eventer serve brings events of a collector under types of source and tags, and back", async () => {
  await using pair = await BridgedPair.start();
  await using client = await Client.connect({ port: Number(pair.collector.port) });
  const line = createEvent({
    timestamp: 1_700_000_000.25,
    source: "/var/log/app.log",
    tags: ["web", "prod"],
    content: "GET / 200",
    headers: ["offset: 12"],
  });
  await client.send([line]);
  const query = '["theia", "/var/log/app.log", "web", "*"]';
  await until("the line", async () => (await pair.bridged()).length === 1);
  const { stdout } = await pair.server.run("query", query, "--json");
  const event = JSON.parse(stdout);
  assert.deepEqual(event.type, ["theia", "/var/log/app.log", "web", "prod"]);
  assert.deepEqual(event.sourceTimestamp, { s: 1_700_000_000, us: 250_000 });
  assert.deepEqual(event.payload.data, line);

  await pair.server.run("register", "plant/oven/temperature", "-p", "212.5");
  await until("the reading", async () => (await pair.pushed()).length === 1);
  const [reading] = await Array.fromAsync(
    find({ port: Number(pair.collector.port) }, { tags: ["oven", "hat"] }),
  );
  assert.equal(reading?.source, "plant/oven/temperature");
  assert.equal(reading.content, "212.5");
  assert.deepEqual(reading.tags, ["oven", "temperature", "hat"]);
  // What came back from the collector is not brought to the server again.
  await client.send([createEvent({ id: "last" })]);
  await until("the last line", async () => (await pair.bridged()).includes("last"));
  assert.equal((await pair.bridged()).length, 2);
});

Deno.test("The bridge of theia eventer serve brings each event once, whichever end restarts or breaks", async () => {
  await forSeeds(1, async (random) => {
    await using pair = await BridgedPair.start(random);
    const sent: string[] = [];
    for (let step = 0; step < 8; step++) {
      if (random.chance(0.25)) await pair.restartCollector();
      if (random.chance(0.25)) await pair.restartServer();
      const lines = Array.from({ length: random.int(1, 300) }, (_, i) =>
        createEvent({
          id: `line-${step}-${i}`,
          timestamp: 1_700_000_000 + random.below(1000),
          source: "app",
        }));
      sent.push(...lines.map(({ id }) => id));
      await using client = await Client.connect({ port: Number(pair.collector.port) });
      await client.send(lines);
      await using eventer = await EventerClient.connect({
        port: Number(pair.server.port),
        clientName: "test",
      });
      const events = Array.from({ length: random.int(1, 300) }, (_, i) => ({
        type: ["plant", `${step}`, `${i}`],
        sourceTimestamp: undefined,
        payload: undefined,
      }));
      assert.equal((await eventer.register(events))?.length, events.length);
    }
    const registered = plantIds(await pair.hatEvents("plant"));
    await until("all lines", async () => (await pair.bridged()).length >= sent.length);
    await until("all events", async () => (await pair.pushed()).length >= registered.length);
    assert.deepEqual((await pair.bridged()).toSorted(), sent.toSorted());
    assert.deepEqual((await pair.pushed()).toSorted(), registered.toSorted());
  });
});

Deno.test("The bridge of theia eventer serve waits for a collector that is not there yet", async () => {
  const gone = await RunningCollector.start("--store", "memory:");
  const { port } = gone;
  await gone.stop();
  const directory = await Deno.makeTempDir();
  const config = join(directory, "eventer.json");
  const options = {
    collector: { host: "127.0.0.1", port: Number(port) },
    toHat: { start: "stored" },
  };
  await Deno.writeTextFile(
    config,
    JSON.stringify({ port: 0, store: "memory", modules: [{ name: "bridge", options }] }),
  );
  await using server = await RunningEventer.start("--config", config);
  await server.stderr.match(
    /Bridge 'bridge' brings no events from the collector, trying again: .*/,
  );
  await using collector = await RunningCollector.start("-P", port, "--store", "memory:");
  await using client = await Client.connect({ port: Number(collector.port) });
  await client.send([createEvent({ id: "early", source: "app" })]);
  await until("the event", async () => {
    const { stdout } = await server.run("query", "theia/app", "--json");
    return stdout.includes('"early"');
  });
  await server.stderr.match(/Bridge 'bridge' brings events from the collector again/);
  await Deno.remove(directory, { recursive: true });
});
