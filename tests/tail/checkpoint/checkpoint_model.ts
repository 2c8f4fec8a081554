import assert from "node:assert/strict";
import {
  Checkpoint,
  type CheckpointNotice,
  type CheckpointState,
  type RecordedBatch,
} from "../../../lib/tail/checkpoint/checkpoint.ts";
import type { FileSpan, TailPosition } from "../../../lib/tail/tail_position.ts";
import type { Random } from "../../random.ts";
import { FakeScheduler } from "../fake_scheduler.ts";
import { position } from "./fixtures.ts";
import { MemoryDisk } from "./memory_disk.ts";

const FILES = 6;

/** How many steps of writing happen at most before a crash: some groups, or some rewritings. */
const MOST_STEPS = 400;

/** About how many steps opening takes after a crash. */
const OPENING_STEPS = 20;

/** How often a step finds the disk full. */
const FULL_CHANCE = 0.01;

/** What must be true of a checkpoint that was open until a crash. */
export class CheckpointModel {
  readonly #random: Random;
  readonly #directory: string;
  #disk = new MemoryDisk();
  #isCut = false;
  #isOpen = false;
  #offset = 0;
  /** Every position that a file was given, the latest last, and which of them is on disk for certain. */
  #places = new Map<number, { given: number[]; durable: number }>();
  #requested = new Map<string, RecordedBatch | undefined>();
  #resolved = new Map<number, string>();
  #settled = new Set<number>();
  #sources = { given: new Set<string>(), durable: new Set<string>() };

  constructor(random: Random, directory: string) {
    this.#random = random;
    this.#directory = directory;
  }

  /** Opens, works, crashes. */
  async live(): Promise<void> {
    const disk = this.#disk;
    const stepsLeft = this.#crashAfter(disk);
    const scheduler = new FakeScheduler();
    const notices: CheckpointNotice[] = [];
    const observer = (notice: CheckpointNotice) => notices.push(notice);
    const checkpoint = await Checkpoint.open(this.#directory, { disk, scheduler, observer })
      .catch((error) => {
        if (stepsLeft() > 0) throw error;
      });
    if (checkpoint === undefined) return;
    // A power cut while a copy was written anew may leave it as damage does.
    const strange = notices.filter(({ kind }) => !this.#isCut || kind !== "checkpoint-damaged");
    assert.deepEqual(strange, []);
    this.#check(checkpoint.state);
    this.#isOpen = true;
    while (stepsLeft() > 0) {
      this.#act(checkpoint, stepsLeft);
      if (this.#random.chance(0.1)) scheduler.advance(100);
      if (this.#random.chance(0.6)) await scheduler.sleep(0);
    }
    this.#isOpen = false;
    await checkpoint[Symbol.asyncDispose]();
  }

  /** What is left after the crash becomes the disk of the next life. */
  #crashAfter(disk: MemoryDisk): () => number {
    let left = this.#random.int(1, this.#random.chance(0.3) ? OPENING_STEPS : MOST_STEPS);
    disk.beforeStep = () => {
      if (--left === 0) {
        this.#isCut = this.#random.chance(0.7);
        this.#disk = this.#isCut ? disk.afterPowerCut(this.#random) : disk.afterKill();
      }
      if (left <= 0) throw new Error("The machine stopped");
      if (this.#isOpen && this.#random.chance(FULL_CHANCE)) {
        throw Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
      }
      return this.#random.chance(0.3) ? new Promise((resolve) => setImmediate(resolve)) : undefined;
    };
    return () => left;
  }

  #act(checkpoint: Checkpoint, stepsLeft: () => number): void {
    switch (this.#random.below(8)) {
      case 0:
        checkpoint.place(this.#nextPosition());
        break;
      case 1: {
        const key = `source ${this.#random.below(30)}`;
        this.#sources.given.add(key);
        checkpoint.addSource(key);
        break;
      }
      case 2:
      case 3:
      case 4: {
        const id = this.#random.pick([...this.#resolved.keys(), -1]);
        this.#settled.add(id);
        checkpoint.settle(id);
        break;
      }
      default:
        this.#record(checkpoint, stepsLeft);
    }
  }

  #record(checkpoint: Checkpoint, stepsLeft: () => number): void {
    const count = this.#random.chance(0.1) ? this.#random.int(10, 40) : 1;
    const spans: FileSpan[] = Array.from({ length: count }, () => ({
      from: this.#offset,
      to: this.#nextPosition(),
    }));
    const batch = { path: "/followed", timestamp: this.#random.next() * 1e9, spans };
    const key = JSON.stringify(batch);
    this.#requested.set(key, undefined);
    const places = new Map([...this.#places].map(([file, { given }]) => [file, given.length - 1]));
    const sources = [...this.#sources.given];
    checkpoint.record(batch).then((id) => {
      if (stepsLeft() <= 0) return;
      this.#resolved.set(id, key);
      for (const [file, at] of places) {
        const known = this.#places.get(file);
        if (known) known.durable = Math.max(known.durable, at);
      }
      for (const source of sources) this.#sources.durable.add(source);
    }, () => {});
  }

  #nextPosition(): TailPosition {
    const file = this.#random.below(FILES);
    this.#offset++;
    const known = this.#places.get(file);
    if (known) known.given.push(this.#offset);
    else this.#places.set(file, { given: [this.#offset], durable: -1 });
    return position(file, this.#offset);
  }

  #check(state: CheckpointState): void {
    assert.notEqual(state.kind, "lost");
    const found = new Map<number, string>();
    for (const { id, ...batch } of state.unsettled) {
      const key = JSON.stringify(batch);
      assert.ok(this.#requested.has(key), `batch ${id} was never recorded`);
      found.set(id, key);
    }
    for (const [id, key] of this.#resolved) {
      if (!this.#settled.has(id)) assert.equal(found.get(id), key, `batch ${id}`);
    }
    this.#checkPositions(state.positions);
    for (const key of this.#sources.durable) assert.ok(state.sources.includes(key), key);
    for (const key of state.sources) assert.ok(this.#sources.given.has(key), key);
    this.#sources = { given: new Set(state.sources), durable: new Set(state.sources) };
    this.#begin(found);
  }

  #checkPositions(positions: readonly TailPosition[]): void {
    const offsets = new Map(positions.map((place) => [place.identity.ino - 1000, place.offset]));
    assert.equal(offsets.size, positions.length);
    for (const [file, { given, durable }] of this.#places) {
      const offset = offsets.get(file);
      const at = offset === undefined ? -1 : given.indexOf(offset);
      assert.ok(at >= durable, `file ${file} is at ${at} of ${given.length}, not ${durable}`);
      assert.ok(offset === undefined || at >= 0, `file ${file} was never at ${offset}`);
      if (offset === undefined) this.#places.delete(file);
      else this.#places.set(file, { given: [offset], durable: 0 });
    }
  }

  /** All that was found is on disk from here on. */
  #begin(found: ReadonlyMap<number, string>): void {
    this.#resolved = new Map(found);
    this.#requested = new Map([...found.values()].map((key) => [key, undefined]));
    this.#settled.clear();
  }
}
