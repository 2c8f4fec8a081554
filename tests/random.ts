/** A seeded source of random choices, so that a failing test can be run again. */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1) (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    const item = items[this.int(0, items.length - 1)];
    if (item === undefined) throw new RangeError("Cannot pick from an empty list");
    return item;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A text of some of these characters. */
  text(characters: readonly string[], minLength: number, maxLength: number): string {
    let text = "";
    for (let left = this.int(minLength, maxLength); left > 0; left--) text += this.pick(characters);
    return text;
  }
}

/**
 * Runs a test once per seed and names the seed of the one that fails.
 *
 * @param count How many seeds; `THEIA_SEEDS` overrides it, `THEIA_SEED` runs a single one.
 */
export async function forSeeds(
  count: number,
  run: (random: Random) => void | Promise<void>,
): Promise<void> {
  const only = Deno.env.get("THEIA_SEED");
  const seeds = only !== undefined
    ? [Number(only)]
    : Array.from({ length: Number(Deno.env.get("THEIA_SEEDS") ?? count) }, (_, i) => i + 1);
  for (const seed of seeds) {
    try {
      await run(new Random(seed));
    } catch (error) {
      throw new Error(`Failed with THEIA_SEED=${seed}`, { cause: error });
    }
  }
}
