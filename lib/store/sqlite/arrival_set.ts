import type { Cursor } from "../../event/criteria.ts";

/** Numbers of one part of the set: 8 KiB of bits. */
const PART_NUMBERS = 1 << 16;

/** Arrival numbers that were seen: a bit each, as they are dense. */
export class ArrivalSet {
  readonly #parts = new Map<number, Uint8Array>();
  #greatest: Cursor = 0;

  /** The greatest number in it, 0 when it is empty. */
  get greatest(): Cursor {
    return this.#greatest;
  }

  /** Adds numbers, unless one of them is there already: then adds none and returns false. */
  addAll(arrivals: readonly Cursor[]): boolean {
    if (arrivals.some((arrival) => this.has(arrival))) return false;
    for (const arrival of arrivals) this.#add(arrival);
    return true;
  }

  /** Whether a number is in it. */
  has(arrival: Cursor): boolean {
    const bit = arrival % PART_NUMBERS;
    const part = this.#parts.get(Math.floor(arrival / PART_NUMBERS));
    return part !== undefined && ((part[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  #add(arrival: Cursor): void {
    const key = Math.floor(arrival / PART_NUMBERS);
    const bit = arrival % PART_NUMBERS;
    const part = this.#parts.get(key) ?? new Uint8Array(PART_NUMBERS / 8);
    part[bit >> 3] = (part[bit >> 3] ?? 0) | (1 << (bit & 7));
    this.#parts.set(key, part);
    this.#greatest = Math.max(this.#greatest, arrival);
  }
}
