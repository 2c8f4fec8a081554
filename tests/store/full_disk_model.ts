import assert from "node:assert/strict";
import type { Event } from "../../lib/event/event.ts";
import { EventNotFoundError, type EventStore, EventWriteError } from "../../lib/store/store.ts";
import { until } from "../e2e/until.ts";
import { assertInTime, msOf } from "../in_time.ts";
import type { Random } from "../random.ts";
import type { SmallDisk } from "../small_disk.ts";
import { bytesOf, event, find } from "./fixtures.ts";

/** Within that time of space coming back, saves go on. */
const RESUME_MS = 1000;

/** A store on a small disk. */
export interface FullDiskFixture {
  open(): Promise<EventStore>;
  /** Drops whole blocks of events older than this, where the store can. */
  readonly retain?: (before: number) => Promise<void>;
  /** Most bytes of a batch. */
  readonly maxBatchBytes: number;
  /** How far the batches are apart in time. */
  readonly secondsApart: number;
}

type Operation = (model: FullDiskModel) => Promise<void>;

/** Does random things to a store on a disk that is full at random times. */
export class FullDiskModel {
  readonly log: string[] = [];
  refused = 0;
  deletedOnFullDisk = 0;
  readonly #random: Random;
  readonly #disk: SmallDisk;
  readonly #fixture: FullDiskFixture;
  readonly #stored = new Map<string, Event>();
  /** Saves that were refused and not sent again. */
  readonly #refused = new Set<string>();
  #store: EventStore;
  #batches = 0;
  #now = 1e9;

  private constructor(
    random: Random,
    disk: SmallDisk,
    fixture: FullDiskFixture,
    store: EventStore,
  ) {
    this.#random = random;
    this.#disk = disk;
    this.#fixture = fixture;
    this.#store = store;
  }

  static async run(
    random: Random,
    disk: SmallDisk,
    fixture: FullDiskFixture,
    steps: number,
  ): Promise<FullDiskModel> {
    const model = new FullDiskModel(random, disk, fixture, await fixture.open());
    try {
      for (let i = 0; i < steps; i++) {
        const [name, operation] = random.pick(OPERATIONS);
        model.log.push(name);
        await operation(model);
      }
      await model.compare();
      await model.reopen();
      await model.compare();
      await model.free();
      await model.compare();
      return model;
    } catch (cause) {
      throw new Error(`failed after ${model.log.slice(-60).join(", ")}`, { cause });
    } finally {
      await model.#store[Symbol.asyncDispose]();
    }
  }

  async save(): Promise<void> {
    const batch = this.#batch();
    if (await this.#trySave(batch)) return;
    // The producer tries again, or not.
    if (this.#random.chance(0.5)) await this.#trySave(batch);
  }

  /** Saves until the disk is full. */
  async saveMuch(): Promise<void> {
    for (let i = 0; i < 200; i++) {
      if (!await this.#trySave(this.#batch())) return;
    }
  }

  async mix(): Promise<void> {
    const batches = Array.from({ length: 1 + this.#random.below(6) }, () => this.#batch());
    const saves = batches.map((batch) => this.#trySave(batch));
    const searches = [find(this.#store), find(this.#store, { order: "desc", limit: 10 })];
    await Promise.all([...saves, ...searches]);
  }

  // deno-lint-ignore require-await -- operations are asynchronous
  async fill(): Promise<void> {
    const leave = this.#random.pick([0, 0, 4096, 100_000, 1 << 20, 3 << 20]);
    this.log.push(`leave ${leave}`);
    this.#disk.fill(leave);
  }

  /** Room comes back: saves must go on by themselves. */
  async free(): Promise<void> {
    this.#disk.free();
    if (this.#disk.freeBytes < 12 << 20) return;
    const batch = this.#batch();
    const tookMs = await msOf(() =>
      until("a save", async () => {
        await new Promise((resolve) => setTimeout(resolve, 25));
        return await this.#trySave(batch);
      })
    );
    const yardstick = { run: () => find(this.#store), times: 10 };
    await assertInTime("a save after space came back", tookMs, RESUME_MS, yardstick);
  }

  async delete(): Promise<void> {
    const keys = [...this.#stored.keys()];
    const id = keys.length === 0 ? "none" : this.#stored.get(this.#random.pick(keys))?.id ?? "";
    const expected = [...this.#stored.values()].some((item) => item.id === id);
    if (this.#disk.freeBytes < 64 << 10) this.deletedOnFullDisk++;
    try {
      await this.#store.delete(id);
      assert.ok(expected, `${id} was not there`);
    } catch (error) {
      if (!(error instanceof EventNotFoundError)) throw error;
      assert.ok(!expected, `${id} was not found`);
    }
    this.#stored.delete(id);
  }

  async retain(): Promise<void> {
    if (this.#fixture.retain === undefined) return;
    const before = this.#now - this.#random.below(40);
    await this.#fixture.retain(before);
    const kept = new Set((await find(this.#store)).ids);
    for (const [id, item] of this.#stored) {
      if (kept.has(id)) continue;
      assert.ok(item.timestamp < before, `${id} was dropped and is young`);
      this.#stored.delete(id);
    }
  }

  async reopen(): Promise<void> {
    const { cursor } = this.#store;
    await this.#store[Symbol.asyncDispose]();
    if (this.#random.chance(0.5)) this.#disk.fill();
    this.#store = await this.#fixture.open();
    assert.equal(this.#store.cursor, cursor);
  }

  async compare(): Promise<void> {
    const { events, ids } = await find(this.#store);
    assert.equal(new Set(ids).size, ids.length, "an event came twice");
    for (const item of events) {
      const expected = this.#stored.get(item.id);
      const why = this.#refused.has(item.id) ? "was refused" : "was never saved, or went away";
      assert.ok(expected !== undefined, `${item.id} ${why}`);
      assert.equal(bytesOf(item), bytesOf(expected));
    }
    assert.equal(events.length, this.#stored.size, "events are lost");
  }

  async #trySave(batch: readonly Event[]): Promise<boolean> {
    try {
      const { saved, duplicates } = await this.#store.save(batch);
      assert.deepEqual({ saved, duplicates }, { saved: batch.length, duplicates: 0 });
    } catch (error) {
      assert.ok(
        error instanceof EventWriteError && error.retryable && error.isDiskFull,
        `${error}`,
      );
      for (const { id } of batch) this.#refused.add(id);
      this.refused++;
      return false;
    }
    for (const item of batch) this.#stored.set(item.id, item);
    for (const { id } of batch) this.#refused.delete(id);
    return true;
  }

  #batch(): Event[] {
    const random = this.#random;
    const batch = this.#batches++;
    this.#now += this.#fixture.secondsApart;
    const most = random.chance(0.1) ? this.#fixture.maxBatchBytes : 200_000;
    const contentBytes = random.pick([10, 100, 1000, 20_000]);
    const count = 1 + random.below(Math.min(4000, Math.ceil(most / contentBytes / 2)));
    return Array.from({ length: count }, (_, i) => {
      const late = random.chance(0.02) ? random.below(30) : 0;
      return event(`${batch}-${i}`, {
        timestamp: this.#now - late + i / 10_000,
        content: random.bytes(contentBytes).toBase64(),
      });
    });
  }
}

const OPERATIONS: readonly (readonly [string, Operation])[] = [
  ["save", (model) => model.save()],
  ["save", (model) => model.save()],
  ["save much", (model) => model.saveMuch()],
  ["mix", (model) => model.mix()],
  ["fill", (model) => model.fill()],
  ["fill", (model) => model.fill()],
  ["free", (model) => model.free()],
  ["delete", (model) => model.delete()],
  ["delete", (model) => model.delete()],
  ["retain", (model) => model.retain()],
  ["retain", (model) => model.retain()],
  ["compare", (model) => model.compare()],
  ["reopen", (model) => model.reopen()],
];
