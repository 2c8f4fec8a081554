import { CompressedDataError } from "./decompressor.ts";

/**
 * Bits that are read from the end of some bytes to their start, as zstd writes them (RFC 8878, 4.1).
 *
 * The highest bit set in the last byte marks where they begin. Before the start there are zeros;
 * `left` tells by being negative that such were taken.
 */
export class BackwardBits {
  /** How many bits are not yet taken. */
  left: number;
  readonly #bytes: Uint8Array;

  /**
   * Begins at the end of the bytes.
   *
   * @throws {CompressedDataError} When there is no mark.
   */
  constructor(bytes: Uint8Array) {
    const last = bytes.at(-1) ?? 0;
    if (last === 0) throw new CompressedDataError("corrupt", "the bits of a block have no end");
    this.#bytes = bytes;
    this.left = 8 * bytes.length - 1 - Math.clz32(last) + 24;
  }

  /** The next bits, at most 24, without taking them. */
  peek(count: number): number {
    const begin = this.left - count;
    if (begin < 0) return this.left <= 0 ? 0 : this.#at(0, this.left) << -begin;
    return this.#at(begin, count);
  }

  /** Takes bits, at most 31. */
  take(count: number): number {
    if (count > 24) {
      const high = this.take(count - 16);
      return high * 65536 + this.take(16);
    }
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  #at(begin: number, count: number): number {
    const bytes = this.#bytes;
    const at = begin >>> 3;
    const word = (bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8 | (bytes[at + 2] ?? 0) << 16 |
      (bytes[at + 3] ?? 0) << 24;
    return word >>> (begin & 7) & ((1 << count) - 1);
  }
}
