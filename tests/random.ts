/** A seeded source of random choices: the same seed gives the same choices. */
export class Random {
  /** What it was made with. */
  readonly seed: number;
  #state: number;

  /** @param seed An integer of 32 bits. */
  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** A number from 0 up to but not including 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Bytes that do not compress. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const words = new Uint32Array(Math.ceil(length / 4));
    for (let i = 0; i < words.length; i++) words[i] = this.next() * 2 ** 32;
    return new Uint8Array(words.buffer, 0, length);
  }

  /** An integer from 0 up to but not including the limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** An integer from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the choices; of a string one code point. */
  pick(choices: string): string;
  pick<T>(choices: readonly T[]): T;
  pick<T>(choices: readonly T[] | string): T | string {
    const list: readonly (T | string)[] = typeof choices === "string" ? [...choices] : choices;
    if (list.length === 0) throw new RangeError("Cannot pick as there is no choice");
    return list[this.below(list.length)] as T | string;
  }

  /** From `min` to `max` picked pieces in one string. */
  text(choices: string | readonly string[], min: number, max: number): string {
    const list = typeof choices === "string" ? [...choices] : choices;
    let text = "";
    for (let left = this.int(min, max); left > 0; left--) text += this.pick(list);
    return text;
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

/**
 * Runs a test once per seed and names the seed of the one that fails.
 *
 * @param count How many seeds; `THEIA_SEEDS` overrides it. `THEIA_SEED` runs that one alone.
 */
export async function forSeeds(
  count: number,
  run: (random: Random) => void | Promise<void>,
): Promise<void> {
  const isSingle = Deno.env.has("THEIA_SEED");
  const first = firstSeed();
  const last = isSingle ? first : first + countFromEnv("THEIA_SEEDS", count) - 1;
  for (let seed = first; seed <= last; seed++) await runSeed(seed, run);
}

/**
 * Runs a test with one seed, whatever `THEIA_SEEDS` says, and names it when the test fails: for tests of
 * which something else than the number of seeds decides how long they are.
 */
export function forOneSeed(run: (random: Random) => void | Promise<void>): Promise<void> {
  return runSeed(firstSeed(), run);
}

async function runSeed(seed: number, run: (random: Random) => void | Promise<void>): Promise<void> {
  try {
    await run(new Random(seed));
  } catch (error) {
    throw new Error(`Failed with THEIA_SEED=${seed}`, { cause: error });
  }
}
