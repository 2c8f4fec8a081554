import assert from "node:assert/strict";
import {
  type Backend,
  EventPayloadBinary,
  EventPayloadJson,
  type EventType,
  type HatEvent,
  MemoryBackend,
  type QueryParams,
  Timestamp,
} from "../../../lib/hat/mod.ts";
import { forOneSeed, forSeeds, type Random } from "../../random.ts";
import { type Fixture, found, idText, tick } from "./fixtures.ts";
import { sqliteFixture } from "./opened_backends.ts";

const ACTIONS = 60;

/** Events of the one long run, which fill several segments. */
const LONG_RUN_EVENTS = 50_000;

const SEGMENTS = ["a", "b", "c", ""];

/** What happened so far, for making further actions. */
class Story {
  readonly random: Random;
  readonly events: HatEvent[] = [];
  #session = 0;
  #now = 100;

  constructor(random: Random) {
    this.random = random;
  }

  /** Events of one session: of one server, whose clock may go back. */
  batch(max: number): HatEvent[] {
    const { random } = this;
    this.#session++;
    this.#now += random.int(-1, 3);
    const server = random.int(1, 3);
    const timestamp = this.#moment(this.#now);
    const events = Array.from({ length: random.int(1, max) }, (_, i): HatEvent => ({
      id: { server, session: this.#session, instance: i + 1 },
      type: this.type(SEGMENTS),
      timestamp: random.chance(0.1) ? this.#moment(random.int(0, this.#now)) : timestamp,
      sourceTimestamp: random.chance(0.3) ? undefined : this.#moment(random.int(0, this.#now)),
      payload: this.#payload(),
    }));
    this.events.push(...events);
    return events;
  }

  type(segments: readonly string[]): EventType {
    return Array.from({ length: this.random.int(0, 4) }, () => this.random.pick(segments));
  }

  query(): QueryParams {
    const { random } = this;
    const eventTypes = random.chance(0.3) ? undefined : this.#queryTypes();
    const maxResults = random.chance(0.4) ? undefined : random.int(0, 12);
    const last = random.chance(0.7) ? undefined : random.pick(this.events).id;
    switch (random.int(0, 3)) {
      case 0:
        return { kind: "latest", eventTypes };
      case 1: {
        const serverId = last?.server ?? random.int(0, 4);
        const persisted = random.chance(0.5);
        return { kind: "server", serverId, persisted, maxResults, lastEventId: last };
      }
      default:
        return {
          kind: "timeseries",
          eventTypes,
          maxResults,
          lastEventId: last,
          order: random.pick(["ascending", "descending"]),
          orderBy: random.pick(["timestamp", "sourceTimestamp"]),
          tFrom: this.#limit(),
          tTo: this.#limit(),
          sourceTFrom: this.#limit(),
          sourceTTo: this.#limit(),
        };
    }
  }

  #queryTypes(): EventType[] {
    return Array.from({ length: this.random.int(0, 3) }, () => {
      const type = this.type([...SEGMENTS, "?", "?"]);
      return this.random.chance(0.5) ? [...type, "*"] : type;
    });
  }

  #limit(): Timestamp | undefined {
    return this.random.chance(0.75) ? undefined : this.#moment(this.random.int(0, this.#now));
  }

  #moment(seconds: number): Timestamp {
    return new Timestamp(BigInt(seconds), this.random.pick([0, 0, 5]));
  }

  #payload(): HatEvent["payload"] {
    switch (this.random.int(0, 3)) {
      case 0:
        return undefined;
      case 1:
        return new EventPayloadBinary("kind", new Uint8Array(this.random.below(3)));
      default:
        return EventPayloadJson.of(this.random.next());
    }
  }
}

/** The backend under test beside its model; both are told the same. */
class Pair implements AsyncDisposable {
  readonly model: MemoryBackend;
  readonly #flushed: { readonly model: string[]; readonly tested: string[] } = {
    model: [],
    tested: [],
  };

  constructor(readonly fixture: Fixture, limits: { readonly maxEvents?: number }) {
    this.model = new MemoryBackend({ clock: fixture.clock, limits });
    this.model.onFlushed((events) => this.#flushed.model.push(...events.map(idText)));
    this.listen();
  }

  listen(): void {
    this.fixture.backend.onFlushed((events) => this.#flushed.tested.push(...events.map(idText)));
  }

  async both(act: (backend: Backend) => Promise<unknown>): Promise<void> {
    await Promise.all([act(this.model), act(this.fixture.backend)]);
    assert.deepEqual(this.#flushed.tested, this.#flushed.model);
  }

  async compare(params: QueryParams): Promise<void> {
    const [expected, actual] = await Promise.all([
      this.model.query(params),
      this.fixture.backend.query(params),
    ]);
    const sort = params.kind === "latest";
    assert.deepEqual(
      inOrder(actual.events, sort),
      inOrder(expected.events, sort),
      describe(params),
    );
    assert.equal(actual.moreFollows, expected.moreFollows, describe(params));
  }

  /** Goes through all pages of a query and finds as much as at once. */
  async page(params: QueryParams, size: number): Promise<void> {
    if (params.kind === "latest") return;
    const all = await this.model.query({ ...params, maxResults: undefined });
    const pages: string[] = [];
    let lastEventId = params.lastEventId;
    for (;;) {
      const page = { ...params, maxResults: size, lastEventId };
      const { events, moreFollows } = await this.fixture.backend.query(page);
      pages.push(...events.map(idText));
      lastEventId = events.at(-1)?.id;
      if (!moreFollows) break;
    }
    assert.deepEqual(pages, all.events.map(idText), describe(params));
  }

  async reopen(): Promise<void> {
    await this.model.flush();
    await this.fixture.reopen();
    this.listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.model[Symbol.asyncDispose]();
    await this.fixture[Symbol.asyncDispose]();
  }
}

Deno.test("SqliteBackend does what MemoryBackend does, whatever happens", async () => {
  await forSeeds(6, async (random) => {
    const limits = random.chance(0.5) ? { maxEvents: random.int(5, 100) } : {};
    await using pair = new Pair(await sqliteFixture({ limits }), limits);
    const story = new Story(random);
    for (let action = 0; action < ACTIONS; action++) await act(pair, story);
    await pair.reopen();
    for (let query = 0; query < 20; query++) await pair.compare(story.query());
  });
});

async function act(pair: Pair, story: Story): Promise<void> {
  const { random } = story;
  const chosen = random.next();
  if (story.events.length === 0 || chosen < 0.35) {
    const batch = story.batch(20);
    await pair.both((backend) => backend.register(batch));
  } else if (chosen < 0.45) await pair.both((backend) => backend.flush());
  else if (chosen < 0.5) await pair.reopen();
  else if (chosen < 0.6) {
    await pair.both((backend) => backend.flush());
    await tick(pair.fixture);
    await pair.model.flush();
  } else if (chosen < 0.7) await pair.page(story.query(), random.int(1, 20));
  else await pair.compare(story.query());
}

Deno.test("SqliteBackend does what MemoryBackend does with many events", async () => {
  await forOneSeed(async (random) => {
    await using pair = new Pair(await sqliteFixture(), {});
    const story = new Story(random);
    while (story.events.length < LONG_RUN_EVENTS) {
      const batch = story.batch(500);
      await pair.both((backend) => backend.register(batch));
    }
    for (let query = 0; query < 60; query++) {
      if (query === 30) await pair.reopen();
      await pair.compare({ ...story.query(), ...random.chance(0.5) && { maxResults: 4096 } });
    }
    const all = await found(pair.fixture.backend, { kind: "latest" });
    assert.deepEqual(all.sort(), (await found(pair.model, { kind: "latest" })).sort());
  });
});

function inOrder(events: readonly HatEvent[], sort: boolean): readonly HatEvent[] {
  return sort ? events.toSorted((a, b) => idText(a) < idText(b) ? -1 : 1) : events;
}

function describe(params: QueryParams): string {
  return JSON.stringify(params, (_, value) => typeof value === "bigint" ? `${value}` : value);
}
