import type { TailPosition } from "../tail_position.ts";
import { type CheckpointChange, positionKey } from "./checkpoint_change.ts";
import type { RecordedBatch } from "./recorded_batch.ts";

/**
 * What a file had before it was truncated so many times is forgotten: copies of it are compressed and
 * renamed within some rotations.
 */
const KEPT_CONTENTS = 8;

interface KnownPosition {
  readonly position: TailPosition;
  readonly at: number;
}

interface KnownBatch {
  readonly batch: RecordedBatch;
  readonly at: number;
}

/**
 * What all changes so far come to.
 *
 * @example
 * ```ts
 * import { CheckpointContents } from "./checkpoint_contents.ts";
 * import assert from "node:assert/strict";
 *
 * const contents = new CheckpointContents();
 * contents.apply({ kind: "batch", batch: { id: 1, path: "/a", timestamp: 5, spans: [] }, at: 0 });
 * contents.apply({ kind: "settled", ids: [1] });
 * assert.deepEqual(contents.unsettled(), []);
 * assert.equal(contents.nextId, 2);
 * ```
 */
export class CheckpointContents {
  readonly #positions = new Map<string, KnownPosition>();
  readonly #batches = new Map<number, KnownBatch>();
  readonly #sources = new Set<string>();
  #nextId: number;

  /** @param nextId The least id that no batch had. */
  constructor(nextId = 1) {
    this.#nextId = nextId;
  }

  /** The id of the next batch. */
  get nextId(): number {
    return this.#nextId;
  }

  /** Takes a step. */
  apply(change: CheckpointChange): void {
    switch (change.kind) {
      case "batch":
        this.#batches.set(change.batch.id, change);
        this.#nextId = Math.max(this.#nextId, change.batch.id + 1);
        for (const span of change.batch.spans) this.#place(span.to, change.at);
        break;
      case "settled":
        for (const id of change.ids) this.#batches.delete(id);
        break;
      case "position":
        this.#place(change.position, change.at);
        break;
      case "source":
        this.#sources.add(change.key);
    }
  }

  /** Whether a batch was recorded and not settled. */
  isUnsettled(id: number): boolean {
    return this.#batches.has(id);
  }

  /** Whether a source was followed before. */
  hasSource(key: string): boolean {
    return this.#sources.has(key);
  }

  /** The latest position of each file, in the order in which they were recorded. */
  positions(): TailPosition[] {
    return Array.from(this.#positions.values(), (known) => known.position);
  }

  /** The batches that are not settled, in the order in which they were recorded. */
  unsettled(): RecordedBatch[] {
    return Array.from(this.#batches.values(), (known) => known.batch);
  }

  /** What was followed, in the order in which it was added. */
  sources(): string[] {
    return [...this.#sources];
  }

  /** Forgets the positions that were recorded before some time, but for those of unsettled batches. */
  expire(before: number): void {
    const kept = new Set<string>();
    for (const { batch } of this.#batches.values()) {
      for (const span of batch.spans) kept.add(positionKey(span.to));
    }
    for (const [key, { at }] of this.#positions) {
      if (at < before && !kept.has(key)) this.#positions.delete(key);
    }
  }

  /** The fewest changes that come to the same: positions last, since batches also move them. */
  *summary(): Generator<CheckpointChange> {
    for (const key of this.#sources) yield { kind: "source", key };
    for (const { batch, at } of this.#batches.values()) yield { kind: "batch", batch, at };
    for (const { position, at } of this.#positions.values()) {
      yield { kind: "position", position, at };
    }
  }

  #place(position: TailPosition, at: number): void {
    const key = positionKey(position);
    // So that the order is that of recording.
    this.#positions.delete(key);
    this.#positions.set(key, { position, at });
    const { identity } = position;
    const generation = identity.generation - KEPT_CONTENTS;
    if (generation < 0) return;
    this.#positions.delete(positionKey({ ...position, identity: { ...identity, generation } }));
  }
}
