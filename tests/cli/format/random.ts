/** A seeded source of random choices: the same seed gives the same choices. */
export class Random {
  #state: number;

  /** Starts at a seed, an integer of 32 bits. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to but not including 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to but not including the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Whether something with this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the choices; of a string one code point. */
  pick(choices: string): string;
  pick<T>(choices: readonly T[]): T;
  pick<T>(choices: readonly T[] | string): T | string {
    const list: readonly (T | string)[] = typeof choices === "string" ? [...choices] : choices;
    return list[this.below(list.length)]!;
  }

  /** As many picked pieces as a length below `limit` asks for, in one string. */
  text(choices: string | readonly string[], limit: number): string {
    const list = typeof choices === "string" ? [...choices] : choices;
    return Array.from({ length: this.below(limit) }, () => this.pick(list)).join("");
  }
}
