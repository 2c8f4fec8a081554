import type { ByteInput } from "./byte_input.ts";
import { CompressedDataError } from "./decompressor.ts";
import type { History } from "./history.ts";
import { PrefixCode } from "./prefix_code.ts";

/** The order in which the lengths of the code for lengths are written (RFC 1951, 3.2.7). */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The longest repetition that one symbol stands for. */
export const MAX_REPETITION = 258;

const END_OF_BLOCK = 256;

const { bases: LENGTH_BASES, extras: LENGTH_EXTRAS } = makeLengths();
const { bases: DISTANCE_BASES, extras: DISTANCE_EXTRAS } = makeDistances();

const FIXED_LITERALS = new PrefixCode([
  ...new Array<number>(144).fill(8),
  ...new Array<number>(112).fill(9),
  ...new Array<number>(24).fill(7),
  ...new Array<number>(8).fill(8),
]);
const FIXED_DISTANCES = new PrefixCode(new Array<number>(30).fill(5));

type Block =
  | { readonly kind: "none" }
  | { readonly kind: "stored"; left: number }
  | { readonly kind: "coded"; readonly literals: PrefixCode; readonly distances: PrefixCode };

/** Decompresses one stream of the format "deflate" (RFC 1951). */
export class Inflater {
  readonly #input: ByteInput;
  readonly #history: History;
  #block: Block = { kind: "none" };
  #isLast = false;
  #bits = 0;
  #bitCount = 0;

  /** Begins at the first byte of the stream. */
  constructor(input: ByteInput, history: History) {
    this.#input = input;
    this.#history = history;
  }

  /**
   * Adds bytes to the history, the given number and at most one repetition beyond.
   *
   * @returns False at the end of the stream; the input is at the byte after it.
   * @throws {CompressedDataError} When the data is wrong; what came before is in the history.
   */
  run(count: number): boolean {
    const target = this.#history.end + count;
    while (this.#history.end < target) {
      if (this.#block.kind === "none") {
        if (this.#isLast) {
          this.#giveBack();
          return false;
        }
        this.#block = this.#readBlock();
      }
      const isOver = this.#block.kind === "stored"
        ? this.#copy(this.#block, target)
        : this.#block.kind === "coded" &&
          this.#decode(this.#block.literals, this.#block.distances, target);
      if (isOver) this.#block = { kind: "none" };
    }
    return true;
  }

  #readBlock(): Block {
    this.#isLast = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) return { kind: "stored", left: this.#readStoredLength() };
    if (type === 1) return { kind: "coded", literals: FIXED_LITERALS, distances: FIXED_DISTANCES };
    if (type === 2) return this.#readCodes();
    throw new CompressedDataError("corrupt", "it has a block of an unknown type");
  }

  #readStoredLength(): number {
    this.#take(this.#bitCount % 8);
    const length = this.#take(16);
    if (this.#take(16) !== (length ^ 0xffff)) {
      throw new CompressedDataError("corrupt", "a stored block has two different lengths");
    }
    this.#giveBack();
    return length;
  }

  #readCodes(): Block {
    const literalCount = this.#take(5) + 257;
    const distanceCount = this.#take(5) + 1;
    const lengthCount = this.#take(4) + 4;
    const lengthLengths = new Array<number>(19).fill(0);
    for (const symbol of LENGTH_ORDER.slice(0, lengthCount)) lengthLengths[symbol] = this.#take(3);
    const code = new PrefixCode(lengthLengths);
    const lengths: number[] = [];
    const total = literalCount + distanceCount;
    while (lengths.length < total) {
      const symbol = this.#symbol(code);
      if (symbol < 16) lengths.push(symbol);
      else this.#repeatLength(symbol, lengths);
    }
    if (lengths.length > total || lengths[END_OF_BLOCK] === 0) {
      throw new CompressedDataError("corrupt", "the codes of a block are wrong");
    }
    return {
      kind: "coded",
      literals: new PrefixCode(lengths.slice(0, literalCount)),
      distances: new PrefixCode(lengths.slice(literalCount)),
    };
  }

  #repeatLength(symbol: number, lengths: number[]): void {
    const last = lengths.at(-1);
    if (symbol === 16 && last === undefined) {
      throw new CompressedDataError("corrupt", "the codes of a block are wrong");
    }
    const count = symbol === 16
      ? 3 + this.#take(2)
      : symbol === 17
      ? 3 + this.#take(3)
      : 11 + this.#take(7);
    for (let left = count; left > 0; left--) lengths.push(symbol === 16 ? last as number : 0);
  }

  #copy(block: { left: number }, target: number): boolean {
    const history = this.#history;
    const room = Math.min(block.left, target - history.end);
    const count = this.#input.take(history.bytes.subarray(history.end, history.end + room));
    history.end += count;
    block.left -= count;
    if (count < room) throw new CompressedDataError("truncated", "it ends too early");
    return block.left === 0;
  }

  /** Returns true at the end of the block. */
  #decode(literals: PrefixCode, distances: PrefixCode, target: number): boolean {
    const history = this.#history;
    while (history.end < target) {
      const symbol = this.#symbol(literals);
      if (symbol < END_OF_BLOCK) {
        history.bytes[history.end++] = symbol;
        continue;
      }
      if (symbol === END_OF_BLOCK) return true;
      const length = this.#value(symbol - END_OF_BLOCK - 1, LENGTH_BASES, LENGTH_EXTRAS);
      const distance = this.#value(this.#symbol(distances), DISTANCE_BASES, DISTANCE_EXTRAS);
      history.repeat(distance, length);
    }
    return false;
  }

  #value(code: number, bases: readonly number[], extras: readonly number[]): number {
    const base = bases[code];
    if (base === undefined) throw new CompressedDataError("corrupt", "it has an unknown symbol");
    return base + this.#take(extras[code] as number);
  }

  #symbol(code: PrefixCode): number {
    while (this.#bitCount < code.bits && this.#input.fill()) this.#addByte();
    const entry = code.entries[this.#bits & code.mask] as number;
    const length = entry & 15;
    if (length > this.#bitCount) throw new CompressedDataError("truncated", "it ends too early");
    if (length === 0) throw new CompressedDataError("corrupt", "it has an unknown symbol");
    this.#bits >>>= length;
    this.#bitCount -= length;
    return entry >>> 4;
  }

  #take(count: number): number {
    while (this.#bitCount < count) {
      if (!this.#input.fill()) throw new CompressedDataError("truncated", "it ends too early");
      this.#addByte();
    }
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #addByte(): void {
    const input = this.#input;
    this.#bits |= (input.buffer[input.position++] as number) << this.#bitCount;
    this.#bitCount += 8;
  }

  /** Whole bytes that were read ahead belong to what follows. */
  #giveBack(): void {
    this.#input.position -= this.#bitCount >>> 3;
    this.#bits = 0;
    this.#bitCount = 0;
  }
}

function makeLengths(): { readonly bases: readonly number[]; readonly extras: readonly number[] } {
  const bases: number[] = [];
  const extras: number[] = [];
  for (let code = 0, base = 3; code < 28; code++) {
    const extra = code < 8 ? 0 : (code >> 2) - 1;
    bases.push(base);
    extras.push(extra);
    base += 1 << extra;
  }
  return { bases: [...bases, MAX_REPETITION], extras: [...extras, 0] };
}

function makeDistances(): {
  readonly bases: readonly number[];
  readonly extras: readonly number[];
} {
  const bases: number[] = [];
  const extras: number[] = [];
  for (let code = 0, base = 1; code < 30; code++) {
    const extra = code < 4 ? 0 : (code >> 1) - 1;
    bases.push(base);
    extras.push(extra);
    base += 1 << extra;
  }
  return { bases, extras };
}
