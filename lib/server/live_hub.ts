import type { Cursor } from "../event/criteria.ts";
import type { EventBatch } from "../store/store.ts";

/** Somebody who follows what arrives. It must only note the batch: a save is waiting. */
export interface LiveListener {
  accept(batch: EventBatch): void;
}

/** Hands what arrives to those who follow, in the order of arrival. */
export class LiveHub {
  readonly #listeners = new Set<LiveListener>();
  #cursor: Cursor;

  /** @param cursor The last arrival number given before. */
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
  }

  /** The last arrival number handed on. */
  get cursor(): Cursor {
    return this.#cursor;
  }

  /** How many follow. */
  get size(): number {
    return this.#listeners.size;
  }

  /** Hands on a batch. */
  publish(batch: EventBatch): void {
    const last = batch.arrivals.at(-1);
    if (last === undefined) return;
    this.#cursor = last;
    for (const listener of this.#listeners) listener.accept(batch);
  }

  /** Adds a follower: it gets what arrives from now on. */
  add(listener: LiveListener): void {
    this.#listeners.add(listener);
  }

  /** Removes a follower: it gets nothing from now on. */
  remove(listener: LiveListener): void {
    this.#listeners.delete(listener);
  }
}
