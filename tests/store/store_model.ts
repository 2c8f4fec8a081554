import assert from "node:assert/strict";
import type { Criteria } from "../../lib/event/criteria.ts";
import type { Event } from "../../lib/event/event.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import { EventNotFoundError, type EventStore } from "../../lib/store/store.ts";
import { assertSameEvents, bytesOf, event, find, type Found, rawEvent } from "./fixtures.ts";
import type { Random } from "../random.ts";
import type { StoreFixture } from "./store_contract.ts";

const IDS = 3000;
const SOURCES = ["", "/var/log/app.log", "/var/log/db.log", "sensor", "сенсор"];
const TAGS = ["web", "db", "eu", "日本"];
const WORDS = ["error", "ERROR", "disk", "full", "timeout", "größe", "🐞", "\n", "\0", "200"];
const PATTERNS = [
  "error",
  "(?i)error",
  "^disk",
  "full$",
  "dis.*out",
  "g.ö",
  "\\d+",
  "(?!x)disk",
  "zzz",
];

type Operation = (model: Model) => Promise<void>;

/** Small batches are the rule; one in sixteen may fill a block or more at once. */
function batchSize(random: Random): number {
  if (random.chance(0.06)) return 1000 + random.below(6000);
  return random.chance(0.5) ? random.below(4) : random.below(300);
}

/** A store, and how to let it drop old events where it can. */
export interface ModelFixture extends StoreFixture {
  /** Drops whole blocks of events older than this. */
  readonly retain?: (before: number) => Promise<void>;
}

/** Does random things to a store and to the memory store, and compares what they answer. */
export class Model {
  readonly #random: Random;
  readonly #fixture: ModelFixture;
  #oracle = new MemoryStore();
  #dropped = 0;
  #store: EventStore;
  #now = 1e9;

  constructor(random: Random, fixture: ModelFixture) {
    this.#random = random;
    this.#fixture = fixture;
    this.#store = fixture.store;
  }

  /** What was done, for the message of a failure. */
  readonly log: string[] = [];

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const [name, operation] = this.#random.pick(OPERATIONS);
      this.log.push(name);
      await operation(this);
      await this.#compareStats();
    }
    this.log.push("compare all");
    await this.#compareSearch({});
    await this.#compareSearch({ order: "desc" });
  }

  async save(): Promise<void> {
    const batch = this.#batch();
    this.log.push(`save ${batch.length}`);
    const [actual, expected] = await Promise.all([
      this.#store.save(batch),
      this.#oracle.save(batch),
    ]);
    assert.deepEqual(actual, expected);
  }

  /** Saves, searches and reads that overlap; searches see a state between those before and after. */
  async mix(): Promise<void> {
    const batches = Array.from({ length: 1 + this.#random.below(8) }, () => this.#batch());
    const before = (await find(this.#oracle)).ids.length;
    const work: Promise<Found>[] = [];
    const saves = batches.map((batch) => {
      if (this.#random.chance(0.5)) work.push(find(this.#store));
      return this.#store.save(batch);
    });
    const results = await Promise.all(saves);
    for (const [i, batch] of batches.entries()) {
      assert.deepEqual(results[i], await this.#oracle.save(batch));
    }
    const after = new Set((await find(this.#oracle)).events.map(keyOf));
    for (const { events } of await Promise.all(work)) {
      assert.ok(events.length >= before && events.length <= after.size);
      assert.ok(events.every((item) => after.has(keyOf(item))));
      assert.equal(new Set(events.map(keyOf)).size, events.length, "an event came twice");
    }
  }

  async search(): Promise<void> {
    await this.#compareSearch(this.#criteria());
  }

  async searchSince(): Promise<void> {
    // The stores may number differently, so the same place is looked for in both.
    const [actual, expected] = await Promise.all([find(this.#store), find(this.#oracle)]);
    if (actual.arrivals.length === 0) return;
    const at = this.#random.below(actual.arrivals.length);
    const criteria = this.#criteria();
    await this.#compareSearch(
      { ...criteria, since: actual.arrivals[at] ?? 0 },
      { ...criteria, since: expected.arrivals[at] ?? 0 },
    );
  }

  async get(): Promise<void> {
    const id = this.#id();
    assert.equal(await got(this.#store, id), await got(this.#oracle, id));
  }

  async delete(): Promise<void> {
    const id = this.#id();
    assert.equal(await deleted(this.#store, id), await deleted(this.#oracle, id));
  }

  async reopen(): Promise<void> {
    const cursor = this.#store.cursor;
    this.#store = await this.#fixture.reopen() ?? this.#store;
    assert.equal(this.#store.cursor, cursor);
  }

  /** Which events go depends on the blocks: all that go must be old, and when all are old all must go. */
  async retain(): Promise<void> {
    if (this.#fixture.retain === undefined) return;
    const random = this.#random;
    const ago = random.pick([-1, random.below(500), random.below(500), 1e8]);
    const before = this.#now - (ago < 0 ? -1e9 : ago);
    this.log.push(`retain ${before}`);
    await this.#fixture.retain(before);
    const kept = new Set((await find(this.#store)).events.map(keyOf));
    const { events, arrivals } = await find(this.#oracle);
    const left: (readonly [number, Event])[] = [];
    for (const [i, item] of events.entries()) {
      if (kept.has(keyOf(item))) left.push([arrivals[i] ?? 0, item]);
      else assert.ok(item.timestamp < before, `${keyOf(item)} was dropped`);
    }
    if (ago < 0) assert.equal(left.length, 0);
    this.#dropped += events.length - left.length;
    this.#oracle = new MemoryStore();
    await this.#oracle.save(left.sort(([a], [b]) => a - b).map(([, item]) => item));
  }

  async #compareSearch(criteria: Criteria, same: Criteria = criteria): Promise<void> {
    this.log.push(JSON.stringify(criteria));
    const [actual, expected] = await Promise.all([
      find(this.#store, criteria),
      find(this.#oracle, same),
    ]);
    assertSameEvents(actual.events, expected.events);
    assert.deepEqual(ranks(actual.arrivals), ranks(expected.arrivals));
    assert.equal(actual.search.summary.matched, expected.ids.length);
    assert.equal(actual.search.summary.cursor, this.#store.cursor);
  }

  async #compareStats(): Promise<void> {
    const { storedBytes: _, dropped, ...actual } = await this.#store.stats();
    const { storedBytes: __, ...expected } = await this.#oracle.stats();
    assert.deepEqual(actual, expected);
    assert.equal(dropped?.events ?? 0, this.#dropped);
  }

  #id(): string {
    return `id-${this.#random.below(IDS)}`;
  }

  #batch(): Event[] {
    const length = batchSize(this.#random);
    // Small ones of few ids and timestamps, so that duplicates within and across calls are common.
    const spread = this.#random.pick([1, 10, 1000]);
    this.#now += this.#random.below(100);
    return Array.from(
      { length },
      (_, i) => this.#event(length > 999 ? `bulk-${i}` : this.#id(), spread),
    );
  }

  #event(id: string, spread: number): Event {
    const random = this.#random;
    const late = random.chance(0.05) ? random.below(1e9) : 0;
    const timestamp = this.#now - late + random.below(spread) / 4;
    const words = Array.from({ length: random.below(6) }, () => random.pick(WORDS));
    const content = words.join(" ");
    if (random.chance(0.05)) {
      return rawEvent(
        `X-Odd: ${random.below(9)}\r\nid: ${id}\r\ntimestamp:${timestamp}\n`,
        content,
      );
    }
    const tags = TAGS.filter(() => random.chance(0.3));
    return event(id, { timestamp, source: random.pick(SOURCES), tags, content });
  }

  #criteria(): Criteria {
    const random = this.#random;
    const criteria: { -readonly [K in keyof Criteria]: Criteria[K] } = {};
    if (random.chance(0.4)) criteria.start = this.#now - random.below(300) + 0.25;
    if (random.chance(0.4)) criteria.end = this.#now - random.below(200);
    if (random.chance(0.3)) criteria.content = random.pick(PATTERNS);
    if (random.chance(0.2)) criteria.source = random.pick(["/var", ".*log$", "sen", "с", "$"]);
    if (random.chance(0.2)) criteria.tags = [random.pick([...TAGS, "", "e.|web"])];
    if (random.chance(0.1)) criteria.id = `id-${random.below(30)}`;
    if (random.chance(0.5)) criteria.order = random.pick(["asc", "desc"] as const);
    if (random.chance(0.3)) criteria.limit = random.pick([0, 1, 10, 3000]);
    return criteria;
  }
}

const OPERATIONS: readonly (readonly [string, Operation])[] = [
  ["save", (model) => model.save()],
  ["save", (model) => model.save()],
  ["save", (model) => model.save()],
  ["mix", (model) => model.mix()],
  ["search", (model) => model.search()],
  ["search", (model) => model.search()],
  ["since", (model) => model.searchSince()],
  ["get", (model) => model.get()],
  ["delete", (model) => model.delete()],
  ["delete", (model) => model.delete()],
  ["retain", (model) => model.retain()],
  ["reopen", (model) => model.reopen()],
];

function keyOf({ id, timestamp }: Event): string {
  return `${timestamp} ${id}`;
}

/** The place of each number among all, so that numbers with gaps compare. */
function ranks(numbers: readonly number[]): number[] {
  const order = numbers.toSorted((a, b) => a - b);
  const rank = new Map(order.map((number, i) => [number, i]));
  return numbers.map((number) => rank.get(number) ?? -1);
}

async function got(store: EventStore, id: string): Promise<string> {
  try {
    return bytesOf(await store.get(id));
  } catch (error) {
    assert.ok(error instanceof EventNotFoundError, `${error}`);
    return "not found";
  }
}

async function deleted(store: EventStore, id: string): Promise<string> {
  try {
    await store.delete(id);
    return "deleted";
  } catch (error) {
    assert.ok(error instanceof EventNotFoundError, `${error}`);
    return "not found";
  }
}
