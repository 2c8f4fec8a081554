/** Numbers that look random and are the same for the same seed (the generator is xoshiro128**). */
export class Random {
  readonly #state: { a: number; b: number; c: number; d: number };

  /** @param seed Any integer. */
  constructor(seed: number) {
    // Seeds that differ in one bit must lead to states that differ in many (SplitMix32).
    let mixed = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
    function next(): number {
      mixed = (mixed + 0x9e3779b9) | 0;
      let value = mixed ^ (mixed >>> 16);
      value = Math.imul(value, 0x21f0aaad);
      value ^= value >>> 15;
      value = Math.imul(value, 0x735a2d97);
      return value ^ (value >>> 15);
    }
    this.#state = { a: next(), b: next(), c: next(), d: next() };
  }

  /** 32 random bits. */
  bits(): number {
    const { a, b, c, d } = this.#state;
    this.#state.a = a ^ d ^ b;
    this.#state.b = b ^ c ^ a;
    this.#state.c = c ^ a ^ (b << 9);
    this.#state.d = rotate(d ^ b, 11);
    return Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
  }

  /** An integer from `least` to `most`, each as likely as the others. */
  integer(least: number, most: number): number {
    return least + Math.floor((this.bits() / 2 ** 32) * (most - least + 1));
  }

  /** One of the items. */
  choice<T>(items: readonly [T, ...T[]]): T {
    return items[this.integer(0, items.length - 1)] ?? items[0];
  }

  /** The items in a random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => ({ item, key: this.bits() }));
    return keyed.sort((x, y) => x.key - y.key).map(({ item }) => item);
  }

  /** A UUID of version 4. */
  uuid(): string {
    const words = [
      this.bits(),
      (this.bits() & 0xffff0fff) | 0x4000,
      (this.bits() & 0x3fffffff) | 0x80000000,
      this.bits(),
    ];
    const hex = words.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
}

function rotate(value: number, by: number): number {
  return ((value << by) | (value >>> (32 - by))) >>> 0;
}
