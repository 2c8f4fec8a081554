/** A seeded source of random choices: the same seed gives the same choices. */
export class Random {
  #state: number;

  /** @param seed An integer of 32 bits. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to, not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer from 0 up to, not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the choices. */
  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new RangeError("Cannot pick as there is no choice");
    return choice;
  }
}

/** A number from the environment, such as how many seeds to try, or the default. */
export function countFromEnv(name: string, fallback: number): number {
  return Number(Deno.env.get(name) ?? fallback);
}

/** The first seed of a run: fixed, unless the environment names one that failed. */
export function firstSeed(): number {
  return countFromEnv("THEIA_SEED", 1);
}
