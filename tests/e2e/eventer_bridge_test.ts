import assert from "node:assert/strict";
import { Client } from "../../lib/client/client.ts";
import { find } from "../../lib/client/find.ts";
import { createEvent } from "../../lib/event/event.ts";
import { theiaIdOf } from "../../lib/hat/bridge/hat_to_theia.ts";
import type { HatEvent } from "../../lib/hat/event.ts";
import { countFromEnv, forOneSeed, type Random } from "../random.ts";
import { CollectorProgram } from "./collector_program.ts";
import { EventerProgram } from "./eventer_program.ts";
import { freePort } from "./free_port.ts";
import { TempDirectory } from "./temp_directory.ts";
import { until } from "./until.ts";

/** How often one of the two is killed; `THEIA_KILLS` overrides it. */
const KILLS = 3;

/** A collector and an event server with a bridge, which are killed and started again. */
class KilledPair implements AsyncDisposable {
  readonly #store: string;
  readonly #config: string;
  collector: CollectorProgram;
  server: EventerProgram;

  private constructor(
    paths: { readonly store: string; readonly config: string },
    collector: CollectorProgram,
    server: EventerProgram,
  ) {
    this.#store = paths.store;
    this.#config = paths.config;
    this.collector = collector;
    this.server = server;
  }

  static async start(directory: TempDirectory): Promise<KilledPair> {
    const store = `sqlite:///${directory.file("events.db")}`;
    const collector = await CollectorProgram.start(["--store", store], { port: freePort() });
    const config = directory.file("eventer.json");
    const options = {
      collector: { port: collector.port },
      toHat: { start: "stored" },
      toTheia: { prefix: ["plant"], start: "stored" },
    };
    const settings = {
      store: { url: "sqlite:///hat.db", flushPeriodMs: 20 },
      modules: [{ name: "bridge", options }],
    };
    await Deno.writeTextFile(config, JSON.stringify(settings));
    const server = await EventerProgram.start(["--config", config]);
    return new KilledPair({ store, config }, collector, server);
  }

  async kill(random: Random): Promise<void> {
    if (random.chance(0.7)) {
      await this.server.running.kill();
      this.server = await EventerProgram.start(["--config", this.#config]);
    } else {
      const { port } = this.collector;
      await this.collector.running.kill();
      this.collector = await CollectorProgram.start(["--store", this.#store], { port });
    }
  }

  /** What the server has on its disk under a prefix. */
  async hatEvents(prefix: string): Promise<readonly HatEvent[]> {
    return (await this.server.events(1)).filter(({ type }) => type[0] === prefix);
  }

  async theiaIds(id: string): Promise<string[]> {
    const events = await Array.fromAsync(find({ port: this.collector.port }, { id }));
    return events.map((event) => event.id).toSorted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.collector[Symbol.asyncDispose]();
  }
}

function lineIds(events: readonly HatEvent[]): string[] {
  return events.map(({ payload }) => {
    assert(payload?.kind === "json");
    return (payload.data as { readonly id: string }).id;
  }).toSorted();
}

Deno.test("The bridge brings each event once to the other side, though event server and collector are killed", async () => {
  await forOneSeed(async (random) => {
    await using directory = await TempDirectory.make();
    await using pair = await KilledPair.start(directory);
    const kills = countFromEnv("THEIA_KILLS", KILLS);
    let last = "";
    for (let kill = 0; kill <= kills; kill++) {
      await using client = await Client.connect({ port: pair.collector.port });
      await using eventer = await pair.server.connect();
      for (let i = 0; i < 10; i++) {
        const lines = Array.from({ length: random.int(1, 50) }, (_, n) =>
          createEvent({
            id: `line-${kill}-${i}-${n}`,
            timestamp: 1_700_000_000 + random.below(1000),
            source: "app",
          }));
        await client.send(lines);
        const events = Array.from({ length: random.int(1, 50) }, (_, n) => ({
          type: ["plant", `${kill}`, `${i}`, `${n}`],
          sourceTimestamp: undefined,
          payload: undefined,
        }));
        const registered = await eventer.register(events);
        last = registered?.map(({ id }) => theiaIdOf(id)).at(-1) ?? assert.fail("not registered");
      }
      if (kill < kills) await pair.kill(random);
    }
    const lines = await pair.theiaIds("line-");
    await until(
      "all lines",
      async () => lineIds(await pair.hatEvents("theia")).length >= lines.length,
    );
    assert.deepEqual(lineIds(await pair.hatEvents("theia")), lines);
    const plantIds = async () =>
      (await pair.hatEvents("plant")).map(({ id }) => theiaIdOf(id)).toSorted();
    await until("the last event on the disk", async () => (await plantIds()).includes(last));
    const plant = await plantIds();
    await until("all events", async () => (await pair.theiaIds("hat:")).length >= plant.length);
    assert.deepEqual(await pair.theiaIds("hat:"), plant);
  });
});
