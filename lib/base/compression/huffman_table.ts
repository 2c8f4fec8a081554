import { BackwardBits } from "./backward_bits.ts";
import { CompressedDataError } from "./decompressor.ts";
import { FseTable, readDistribution } from "./fse_table.ts";

/** The longest code of a literal (RFC 8878, 4.2.1). */
const MAX_BITS = 11;

const MAX_WEIGHT_ACCURACY = 6;
const MAX_WEIGHTS = 255;

/** A table for decoding literals of zstd. */
export class HuffmanTable {
  /** How many bytes its description took. */
  readonly length: number;
  readonly #bits: number;
  readonly #symbols: Uint8Array;
  readonly #lengths: Uint8Array;

  /**
   * Reads a description.
   *
   * @param bytes Begin with it.
   * @throws {CompressedDataError} When it is wrong.
   */
  constructor(bytes: Uint8Array) {
    const header = bytes[0] ?? 0;
    this.length = 1 + (header < 128 ? header : (header - 126) >>> 1);
    if (this.length > bytes.length) throw wrongCodes();
    const weights = header < 128
      ? readWeights(bytes.subarray(1, this.length))
      : unpackWeights(bytes.subarray(1, this.length), header - 127);
    this.#bits = completeWeights(weights);
    this.#symbols = new Uint8Array(1 << this.#bits);
    this.#lengths = new Uint8Array(1 << this.#bits);
    this.#fill(weights);
  }

  /**
   * Decodes a stream that must give exactly as many literals as there is room for.
   *
   * @throws {CompressedDataError} When it does not.
   */
  decode(bytes: Uint8Array, literals: Uint8Array): void {
    const stream = new BackwardBits(bytes);
    for (let index = 0; index < literals.length; index++) {
      const code = stream.peek(this.#bits);
      literals[index] = this.#symbols[code] as number;
      stream.left -= this.#lengths[code] as number;
    }
    if (stream.left !== 0) {
      throw new CompressedDataError("corrupt", "the literals of a block have another length");
    }
  }

  #fill(weights: readonly number[]): void {
    let at = 0;
    for (let weight = 1; weight <= this.#bits; weight++) {
      for (const [symbol, other] of weights.entries()) {
        if (other !== weight) continue;
        const end = at + (1 << (weight - 1));
        this.#symbols.fill(symbol, at, end);
        this.#lengths.fill(this.#bits + 1 - weight, at, end);
        at = end;
      }
    }
  }
}

function unpackWeights(bytes: Uint8Array, count: number): number[] {
  const weights: number[] = [];
  for (const byte of bytes) weights.push(byte >>> 4, byte & 15);
  return weights.slice(0, count);
}

/** Two states take turns until the bits are used up. */
function readWeights(bytes: Uint8Array): number[] {
  const distribution = readDistribution(bytes, MAX_WEIGHT_ACCURACY, MAX_BITS + 1);
  const table = new FseTable(distribution);
  const bits = new BackwardBits(bytes.subarray(distribution.length));
  const weights: number[] = [];
  let state = bits.take(table.accuracy);
  let other = bits.take(table.accuracy);
  while (weights.length < MAX_WEIGHTS) {
    weights.push(table.symbols[state] as number);
    const next = table.next(state, bits);
    if (bits.left < 0) {
      weights.push(table.symbols[other] as number);
      return weights;
    }
    state = other;
    other = next;
  }
  throw wrongCodes();
}

/**
 * Adds the last weight, which follows from the others.
 *
 * @returns The length of the longest code.
 */
function completeWeights(weights: number[]): number {
  let sum = 0;
  for (const weight of weights) sum += weight === 0 ? 0 : 2 ** (weight - 1);
  const bits = 32 - Math.clz32(sum);
  const rest = 2 ** bits - sum;
  const last = 31 - Math.clz32(rest);
  if (sum === 0 || bits > MAX_BITS || rest !== 2 ** last || weights.length > MAX_WEIGHTS) {
    throw wrongCodes();
  }
  weights.push(last + 1);
  return bits;
}

function wrongCodes(): CompressedDataError {
  return new CompressedDataError("corrupt", "the codes of a block's literals are wrong");
}
