import { MAX_LISTED_REJECTIONS } from "../limits.ts";
import type { Rejection } from "../../wire/messages.ts";

/** What became of the events of a body, as its sender is told. */
export interface PushFigures {
  /** How many are stored now that were not before. */
  readonly events: number;
  /** How many were stored already. */
  readonly duplicates: number;
  /** The first that were not taken, with their places in the body, from 0. */
  readonly rejected: readonly Rejection[];
  /** How many were not taken, those that are not listed included. */
  readonly rejected_total: number;
}

/** Adds up what becomes of the events of a body. */
export class PushResult {
  readonly #rejected: Rejection[] = [];
  #events = 0;
  #duplicates = 0;
  #rejectedTotal = 0;

  /** Some were saved. */
  saved(events: number, duplicates: number): void {
    this.#events += events;
    this.#duplicates += duplicates;
  }

  /** One was not taken. */
  rejected(index: number, reason: string): void {
    this.#rejectedTotal++;
    if (this.#rejected.length < MAX_LISTED_REJECTIONS) this.#rejected.push({ index, reason });
  }

  /** Whether there were events, and not one was taken. */
  get isNothingTaken(): boolean {
    return this.#rejectedTotal > 0 && this.#events + this.#duplicates === 0;
  }

  get figures(): PushFigures {
    return {
      events: this.#events,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      rejected_total: this.#rejectedTotal,
    };
  }
}
