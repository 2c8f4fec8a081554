import assert from "node:assert/strict";
import type { Criteria } from "../../lib/event/criteria.ts";
import type { Event } from "../../lib/event/event.ts";
import { MemoryStore } from "../../lib/store/memory/memory_store.ts";
import type { ReadableStore } from "../../lib/store/open_for_reading.ts";
import { type EventCounts, EventNotFoundError, type EventStore } from "../../lib/store/store.ts";
import type { Random } from "../random.ts";
import { assertSameEvents, bytesOf, drain, find, type Found } from "./fixtures.ts";
import { type BatchKind, ModelChoices } from "./model_choices.ts";
import { withoutFigures } from "./naive_counts.ts";
import type { StoreFixture } from "./store_contract.ts";

/** A store, and what else it can do. */
export interface ModelFixture extends StoreFixture {
  /** Drops whole blocks of events older than this. */
  readonly retain?: (before: number) => Promise<void>;
  /** Opens the store for reading while it is open for writing. */
  readonly openReader?: () => Promise<ReadableStore>;
}

/** Does random things to a store and to the memory store, and compares what they answer. */
export class Model {
  readonly #choices: ModelChoices;
  readonly #random: Random;
  readonly #fixture: ModelFixture;
  #oracle = new MemoryStore();
  #dropped = 0;
  #store: EventStore;

  constructor(random: Random, fixture: ModelFixture) {
    this.#choices = new ModelChoices(random);
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

  async save(kind: BatchKind): Promise<void> {
    await this.#save(this.#choices.batch(kind));
  }

  /** Stored events again, also twice in one batch, with new ones in between. */
  async saveAgain(): Promise<void> {
    const { events } = await find(this.#oracle);
    if (events.length === 0) return;
    const stored = Array.from({ length: this.#random.below(200) }, () => this.#random.pick(events));
    await this.#save([...stored, ...this.#choices.batch("small"), ...stored.slice(0, 5)]);
  }

  /** Saves, deletions, searches and reads that overlap; searches see a state between before and after. */
  async mix(): Promise<void> {
    const random = this.#random;
    const before = (await find(this.#oracle)).events;
    const found: Promise<Found>[] = [];
    const counted: Promise<EventCounts>[] = [];
    const changes: Promise<() => Promise<void>>[] = [];
    const saved: Event[] = [];
    const deleted = new Set<string>();
    for (let i = 1 + random.below(8); i > 0; i--) {
      if (random.chance(0.5)) found.push(find(this.#store));
      if (random.chance(0.5)) counted.push(this.#store.count({}, this.#choices.countOptions()));
      if (random.chance(0.2)) {
        const id = this.#choices.id();
        deleted.add(id);
        changes.push(this.#deleting(id));
      } else {
        const batch = this.#choices.batch(random.chance(0.05) ? "bulk" : "small");
        for (const item of batch) saved.push(item);
        changes.push(this.#saving(batch));
      }
    }
    // They happen in the order in which they were called.
    for (const compare of await Promise.all(changes)) await compare();
    const must = before.filter(({ id }) => !deleted.has(id)).map(keyOf);
    const may = new Set([...before, ...saved].map(keyOf));
    for (const { events } of await Promise.all(found)) {
      const keys = new Set(events.map(keyOf));
      assert.equal(keys.size, events.length, "an event came twice");
      for (const key of must) assert.ok(keys.has(key), `${key} was not found`);
      for (const key of keys) assert.ok(may.has(key), `${key} was found`);
    }
    for (const { matched } of await Promise.all(counted)) {
      assert.ok(matched >= must.length && matched <= may.size, `${matched} were counted`);
    }
  }

  async search(): Promise<void> {
    await this.#compareSearch(this.#choices.criteria());
  }

  async searchSince(): Promise<void> {
    // The stores may number differently, so the same place is looked for in both.
    const [actual, expected] = await Promise.all([find(this.#store), find(this.#oracle)]);
    if (actual.arrivals.length === 0) return;
    const at = this.#random.below(actual.arrivals.length);
    const criteria = this.#choices.criteria();
    await this.#compareSearch(
      { ...criteria, since: actual.arrivals[at] ?? 0 },
      { ...criteria, since: expected.arrivals[at] ?? 0 },
    );
  }

  async count(): Promise<void> {
    const criteria = this.#choices.criteria();
    const options = this.#choices.countOptions();
    this.log.push(`${JSON.stringify(criteria)} ${JSON.stringify(options)}`);
    const [actual, expected] = await Promise.all([
      this.#store.count(criteria, options),
      this.#oracle.count(criteria, options),
    ]);
    assert.deepEqual(withoutFigures(actual), withoutFigures(expected));
    assert.equal(actual.cursor, this.#store.cursor);
    assert.ok(actual.scanned >= actual.matched);
  }

  /** A search that is left after its first batch, as by a client that goes away. */
  async leaveSearch(): Promise<void> {
    for await (const { events } of this.#store.search(this.#choices.criteria())) {
      assert.ok(events.length > 0);
      break;
    }
  }

  /** What another process sees that reads beside the one that writes. */
  async searchByReader(): Promise<void> {
    await using reader = await this.#fixture.openReader?.();
    if (reader === undefined) return;
    const criteria = this.#choices.criteria();
    this.log.push(JSON.stringify(criteria));
    const actual = await drain(reader.search(criteria));
    assertSameEvents(actual.events, (await find(this.#oracle, criteria)).events);
    assert.equal((await reader.stats()).events, (await this.#oracle.stats()).events);
    const options = this.#choices.countOptions();
    assert.deepEqual(
      withoutFigures(await reader.count(criteria, options)),
      withoutFigures(await this.#oracle.count(criteria, options)),
    );
  }

  async get(): Promise<void> {
    const id = this.#choices.id();
    assert.equal(await got(this.#store, id), await got(this.#oracle, id));
  }

  async delete(): Promise<void> {
    await (await this.#deleting(this.#choices.id()))();
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
    const before = this.#choices.now - (ago < 0 ? -1e9 : ago);
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

  async #save(batch: readonly Event[]): Promise<void> {
    this.log.push(`save ${batch.length}`);
    await (await this.#saving(batch))();
  }

  /** Saves in the store; what it gives does so in the oracle and compares. */
  async #saving(batch: readonly Event[]): Promise<() => Promise<void>> {
    const actual = await this.#store.save(batch);
    return async () => assert.deepEqual(actual, await this.#oracle.save(batch));
  }

  async #deleting(id: string): Promise<() => Promise<void>> {
    const actual = await deleted(this.#store, id);
    return async () => assert.equal(actual, await deleted(this.#oracle, id));
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
}

type Operation = (model: Model) => Promise<void>;

const OPERATIONS: readonly (readonly [string, Operation])[] = [
  ["save", (model) => model.save("small")],
  ["save", (model) => model.save("small")],
  ["save", (model) => model.save("small")],
  ["bulk", (model) => model.save("bulk")],
  ["late", (model) => model.save("late")],
  ["large", (model) => model.save("large")],
  ["again", (model) => model.saveAgain()],
  ["mix", (model) => model.mix()],
  ["mix", (model) => model.mix()],
  ["search", (model) => model.search()],
  ["search", (model) => model.search()],
  ["search", (model) => model.search()],
  ["since", (model) => model.searchSince()],
  ["count", (model) => model.count()],
  ["count", (model) => model.count()],
  ["leave", (model) => model.leaveSearch()],
  ["reader", (model) => model.searchByReader()],
  ["get", (model) => model.get()],
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
