import type { BackwardBits } from "./backward_bits.ts";
import { CompressedDataError } from "./decompressor.ts";

/** How often each symbol occurs, and of how many in all. */
export interface Distribution {
  /** For each symbol; -1 is less than one. */
  readonly counts: readonly number[];
  /** The counts sum up to two to the power of this. */
  readonly accuracy: number;
  /** How many bytes the description took. */
  readonly length: number;
}

/** A table for decoding with finite state entropy (RFC 8878, 4.1): state → symbol and next state. */
export class FseTable {
  /** Bits of a state. */
  readonly accuracy: number;
  /** The symbol of each state. */
  readonly symbols: Uint8Array;
  readonly #bits: Uint8Array;
  readonly #bases: Uint16Array;

  /**
   * Makes the table of a distribution.
   *
   * @throws {CompressedDataError} When it cannot be one.
   */
  constructor({ counts, accuracy }: Omit<Distribution, "length">) {
    const size = 1 << accuracy;
    this.accuracy = accuracy;
    this.symbols = spread(counts, size);
    this.#bits = new Uint8Array(size);
    this.#bases = new Uint16Array(size);
    const next = counts.map((count) => Math.abs(count));
    for (const [state, symbol] of this.symbols.entries()) {
      const number = next[symbol] as number;
      next[symbol] = number + 1;
      const bits = accuracy - (31 - Math.clz32(number));
      this.#bits[state] = bits;
      this.#bases[state] = (number << bits) - size;
    }
  }

  /** The state that follows. */
  next(state: number, bits: BackwardBits): number {
    return (this.#bases[state] as number) + bits.take(this.#bits[state] as number);
  }

  /** A table of one symbol, which takes no bits. */
  static ofOne(symbol: number): FseTable {
    const counts = new Array<number>(symbol + 1).fill(0);
    counts[symbol] = 1;
    return new FseTable({ counts, accuracy: 0 });
  }
}

function spread(counts: readonly number[], size: number): Uint8Array {
  const symbols = new Uint8Array(size);
  let high = size;
  for (const [symbol, count] of counts.entries()) if (count < 0) symbols[--high] = symbol;
  const step = (size >>> 1) + (size >>> 3) + 3;
  let at = 0;
  for (const [symbol, count] of counts.entries()) {
    for (let left = count; left > 0; left--) {
      symbols[at] = symbol;
      do at = (at + step) & (size - 1); while (at >= high);
    }
  }
  return symbols;
}

/**
 * Reads the description of a distribution.
 *
 * @param maxAccuracy The largest that is allowed here.
 * @param maxSymbol The last symbol that there is.
 * @throws {CompressedDataError} When it is wrong.
 */
export function readDistribution(
  bytes: Uint8Array,
  maxAccuracy: number,
  maxSymbol: number,
): Distribution {
  let position = 4;
  function peek(count: number): number {
    const at = position >>> 3;
    const word = (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16;
    return word >>> (position & 7) & ((1 << count) - 1);
  }
  const accuracy = ((bytes[0] ?? 0) & 15) + 5;
  let left = 1 << accuracy;
  const counts: number[] = [];
  while (left > 0 && accuracy <= maxAccuracy && counts.length <= maxSymbol) {
    const bits = 32 - Math.clz32(left + 1);
    const short = (1 << bits) - 2 - left;
    const low = peek(bits - 1);
    const isShort = low < short;
    const long = peek(bits);
    position += isShort ? bits - 1 : bits;
    const value = isShort ? low : long >= 1 << (bits - 1) ? long - short : long;
    const count = value - 1;
    left -= Math.abs(count);
    counts.push(count);
    for (let zeros = count === 0 ? 3 : 0; zeros === 3; position += 2) {
      zeros = peek(2);
      for (let more = zeros; more > 0; more--) counts.push(0);
    }
  }
  const length = (position + 7) >>> 3;
  if (left !== 0 || length > bytes.length || counts.length > maxSymbol + 1) {
    throw new CompressedDataError("corrupt", "a table of a block is wrong");
  }
  return { counts, accuracy, length };
}
