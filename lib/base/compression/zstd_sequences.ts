import { BackwardBits } from "./backward_bits.ts";
import { CompressedDataError } from "./decompressor.ts";
import { FseTable, readDistribution } from "./fse_table.ts";
import type { History } from "./history.ts";

/** What a sequence consists of: RFC 8878, 3.1.1.3.2. */
type Part = "literals" | "offset" | "match";

interface PartRules {
  readonly maxAccuracy: number;
  readonly maxSymbol: number;
  readonly usual: FseTable;
}

/** The largest symbol of an offset: beyond any window that is accepted. */
const MAX_OFFSET_SYMBOL = 30;

/** Up to so many bytes a loop is faster than a call. */
const LOOP_BYTES = 32;

const LITERALS_EXTRAS = [...new Array<number>(16).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4]
  .concat([6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const MATCH_EXTRAS = [...new Array<number>(32).fill(0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5]
  .concat([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
const LITERALS_BASES = makeBases(LITERALS_EXTRAS, 0);
const MATCH_BASES = makeBases(MATCH_EXTRAS, 3);

const RULES: Readonly<Record<Part, PartRules>> = {
  literals: {
    maxAccuracy: 9,
    maxSymbol: 35,
    usual: new FseTable({
      accuracy: 6,
      counts: [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2]
        .concat([2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1]),
    }),
  },
  offset: {
    maxAccuracy: 8,
    maxSymbol: MAX_OFFSET_SYMBOL,
    usual: new FseTable({
      accuracy: 5,
      counts: [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1]
        .concat([1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]),
    }),
  },
  match: {
    maxAccuracy: 9,
    maxSymbol: 52,
    usual: new FseTable({
      accuracy: 6,
      counts: [1, 4, 3, 2, 2, 2, 2, 2, 2]
        .concat(new Array<number>(37).fill(1), new Array<number>(7).fill(-1)),
    }),
  },
};

/** Carries out the second part of compressed blocks: runs of literals and repetitions in turn. */
export class SequencesReader {
  readonly #history: History;
  readonly #maxSize: number;
  readonly #offsets = [1, 4, 8];
  readonly #tables: Partial<Record<Part, FseTable>> = {};

  /** @param maxSize Most bytes that a block may become. */
  constructor(history: History, maxSize: number) {
    this.#history = history;
    this.#maxSize = maxSize;
  }

  /**
   * Adds what a block stands for to the history.
   *
   * @param section The bytes of the block after its literals.
   * @throws {CompressedDataError} When they are wrong.
   */
  run(section: Uint8Array, literals: Uint8Array): void {
    const { count, length } = readCount(section);
    if (count === 0) {
      if (section.length !== length) throw wrongSequences();
      this.#add(literals, 0, literals.length);
      return;
    }
    const modes = section[length] ?? 0;
    let at = length + 1;
    if (modes & 3) throw wrongSequences();
    at += this.#setTable("literals", modes >>> 6, section.subarray(at));
    at += this.#setTable("offset", modes >>> 4 & 3, section.subarray(at));
    at += this.#setTable("match", modes >>> 2 & 3, section.subarray(at));
    this.#repeatAll(count, new BackwardBits(section.subarray(at)), literals);
  }

  /** Returns how many bytes the table took. */
  #setTable(part: Part, mode: number, bytes: Uint8Array): number {
    const { maxAccuracy, maxSymbol, usual } = RULES[part];
    if (mode === 0) {
      this.#tables[part] = usual;
      return 0;
    }
    if (mode === 1) {
      const symbol = bytes[0] ?? Infinity;
      if (symbol > maxSymbol) throw wrongSequences();
      this.#tables[part] = FseTable.ofOne(symbol);
      return 1;
    }
    if (mode === 3) return 0;
    const distribution = readDistribution(bytes, maxAccuracy, maxSymbol);
    this.#tables[part] = new FseTable(distribution);
    return distribution.length;
  }

  #repeatAll(count: number, bits: BackwardBits, literals: Uint8Array): void {
    const { literals: runs, offset: offsets, match: matches } = this.#tables;
    if (!runs || !offsets || !matches) throw wrongSequences();
    const history = this.#history;
    let run = bits.take(runs.accuracy);
    let offset = bits.take(offsets.accuracy);
    let match = bits.take(matches.accuracy);
    let used = 0;
    let size = 0;
    for (let left = count; left > 0; left--) {
      const offsetBits = offsets.symbols[offset] as number;
      const matchSymbol = matches.symbols[match] as number;
      const runSymbol = runs.symbols[run] as number;
      const code = 2 ** offsetBits + bits.take(offsetBits);
      const length = (MATCH_BASES[matchSymbol] as number) +
        bits.take(MATCH_EXTRAS[matchSymbol] as number);
      const literal = (LITERALS_BASES[runSymbol] as number) +
        bits.take(LITERALS_EXTRAS[runSymbol] as number);
      if (left > 1) {
        run = runs.next(run, bits);
        match = matches.next(match, bits);
        offset = offsets.next(offset, bits);
      }
      size += literal + length;
      if (bits.left < 0 || size > this.#maxSize || used + literal > literals.length) {
        throw wrongSequences();
      }
      this.#add(literals, used, used + literal);
      used += literal;
      history.repeat(this.#distance(code, literal), length);
    }
    if (bits.left !== 0 || size + literals.length - used > this.#maxSize) throw wrongSequences();
    this.#add(literals, used, literals.length);
  }

  #add(literals: Uint8Array, from: number, to: number): void {
    const history = this.#history;
    const { bytes } = history;
    let { end } = history;
    if (to - from > LOOP_BYTES) {
      bytes.set(literals.subarray(from, to), end);
      end += to - from;
    } else {
      for (let at = from; at < to; at++) bytes[end++] = literals[at] as number;
    }
    history.end = end;
  }

  /** Codes up to 3 stand for one of the last three distances. */
  #distance(code: number, literal: number): number {
    const offsets = this.#offsets;
    const [first, second, third] = offsets as [number, number, number];
    const index = code > 3 ? 3 : code - 1 + (literal === 0 ? 1 : 0);
    if (index === 0) return first;
    const distance = code > 3 ? code - 3 : index === 1 ? second : index === 2 ? third : first - 1;
    if (distance === 0) throw wrongSequences();
    if (index > 1) offsets[2] = second;
    offsets[1] = first;
    offsets[0] = distance;
    return distance;
  }
}

function readCount(section: Uint8Array): { readonly count: number; readonly length: number } {
  const [first, second = 0, third = 0] = section;
  if (first === undefined) throw wrongSequences();
  if (first < 128) return { count: first, length: 1 };
  if (first < 255) return { count: (first - 128) * 256 + second, length: 2 };
  return { count: second + third * 256 + 0x7f00, length: 3 };
}

function makeBases(extras: readonly number[], first: number): readonly number[] {
  const bases: number[] = [];
  let base = first;
  for (const extra of extras) {
    bases.push(base);
    base += 1 << extra;
  }
  return bases;
}

function wrongSequences(): CompressedDataError {
  return new CompressedDataError("corrupt", "the sequences of a block are wrong");
}
