import { CompressedDataError } from "./decompressor.ts";

/** The longest code of the format "deflate". */
const MAX_BITS = 15;

/**
 * A canonical prefix code (RFC 1951, 3.2.2) as a table that is looked up by the next bits of the
 * stream.
 */
export class PrefixCode {
  /** The length of the longest code: so many bits are looked up. */
  readonly bits: number;
  /** Selects them. */
  readonly mask: number;
  /** Symbol × 16 + length of its code; 0 where no code leads. */
  readonly entries: Uint16Array;

  /**
   * Makes the table.
   *
   * @param lengths Of the code of each symbol; 0 for one that does not occur.
   * @throws {CompressedDataError} When there is no such code.
   */
  constructor(lengths: readonly number[]) {
    this.bits = Math.max(1, ...lengths);
    this.mask = (1 << this.bits) - 1;
    this.entries = new Uint16Array(1 << this.bits);
    const next = firstCodes(lengths);
    for (const [symbol, length] of lengths.entries()) {
      if (length === 0) continue;
      const code = reverseBits(next[length] as number, length);
      (next[length] as number)++;
      for (let at = code; at < this.entries.length; at += 1 << length) {
        this.entries[at] = symbol << 4 | length;
      }
    }
  }
}

/** The first code of each length; checks that there are not more codes than there can be. */
function firstCodes(lengths: readonly number[]): number[] {
  const counts = new Array<number>(MAX_BITS + 1).fill(0);
  for (const length of lengths) (counts[length] as number)++;
  counts[0] = 0;
  const next = [0];
  for (let length = 1, code = 0; length <= MAX_BITS; length++) {
    code = (code + (counts[length - 1] as number)) << 1;
    next.push(code);
    if (code + (counts[length] as number) > 1 << length) {
      throw new CompressedDataError("corrupt", "the codes of a block are wrong");
    }
  }
  return next;
}

function reverseBits(value: number, count: number): number {
  let reversed = 0;
  for (let bit = 0; bit < count; bit++) reversed = reversed << 1 | value >>> bit & 1;
  return reversed;
}
