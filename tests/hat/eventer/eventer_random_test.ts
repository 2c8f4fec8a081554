import assert from "node:assert/strict";
import type { HatEvent, RegisterEvent } from "../../../lib/hat/event.ts";
import { EventerClient } from "../../../lib/hat/eventer/eventer_client.ts";
import { EventerServer } from "../../../lib/hat/eventer/eventer_server.ts";
import { Subscription } from "../../../lib/hat/subscription.ts";
import { forSeeds, type Random } from "../../random.ts";
import { randomEvent, randomQuery, randomType } from "../random_data.ts";
import { ChoppingProxy } from "./chopping_proxy.ts";
import { FakeService } from "./fake_service.ts";
import { until } from "./peer.ts";

/** A client that does what it likes, and knows what it must be told. */
class Actor {
  readonly client: EventerClient;
  /** What it was told. */
  readonly told: readonly HatEvent[];
  readonly #subscription: Subscription;

  private constructor(
    client: EventerClient,
    told: readonly HatEvent[],
    subscription: Subscription,
  ) {
    this.client = client;
    this.told = told;
    this.#subscription = subscription;
  }

  static async join(port: number, name: string, random: Random): Promise<Actor> {
    const subscriptions = random.chance(0.5) ? [["*"]] : [randomType(random), ["a", "*"]];
    const told: HatEvent[] = [];
    const client = await EventerClient.connect({
      ...{ port, clientName: name, subscriptions, persisted: random.chance(0.3) },
      onEvents: (events) => void told.push(...events),
    });
    return new Actor(client, told, new Subscription(subscriptions));
  }

  /** Of some events those that it is told. */
  wanted(events: readonly HatEvent[]): readonly HatEvent[] {
    return events.filter(({ type }) => this.#subscription.matches(type));
  }

  async act(random: Random): Promise<void> {
    const events = Array.from({ length: random.below(5) }, () => registerEvent(random));
    switch (random.below(3)) {
      case 0:
        return await this.client.registerUnanswered(events);
      case 1: {
        const registered = await this.client.register(events);
        assert.deepEqual(
          registered?.map(({ type, payload }) => ({ type, payload })),
          events.map(part),
        );
        break;
      }
      case 2: {
        const { events } = await this.client.query(randomQuery(random));
        assert(events.every(({ id }) => id.server === 1));
      }
    }
  }
}

function registerEvent(random: Random): RegisterEvent {
  const { type, sourceTimestamp, payload } = randomEvent(random);
  return { type, sourceTimestamp, payload };
}

function part({ type, payload }: RegisterEvent): Partial<RegisterEvent> {
  return { type, payload };
}

Deno.test("EventerServer and EventerClient agree through a connection that cuts everything", async () => {
  await forSeeds(6, async (random) => {
    const service = new FakeService();
    await using server = EventerServer.listen(service, { port: 0 });
    await using proxy = new ChoppingProxy(server.port, random);
    const actors = await Promise.all(
      ["a", "b", "c"].map((name) => Actor.join(proxy.port, name, random)),
    );
    for (let i = 0; i < 15; i++) await Promise.all(actors.map((actor) => actor.act(random)));
    // An answer comes after everything that was asked for before.
    for (const { client } of actors) await client.query({ kind: "latest" });
    service.emitFlushed(service.events);
    for (const actor of actors) {
      const wanted = actor.wanted(service.events);
      await until(() => actor.told.length === wanted.length, "all notifications");
      assert.deepEqual(actor.told, wanted);
      await actor.client.close();
    }
  });
});
