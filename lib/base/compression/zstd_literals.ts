import { CompressedDataError } from "./decompressor.ts";
import { HuffmanTable } from "./huffman_table.ts";

/** Four streams begin with the lengths of three. */
const JUMP_TABLE_BYTES = 6;

/** What stands before the literals. */
interface LiteralsHeader {
  readonly kind: "raw" | "run" | "coded" | "coded as before";
  readonly headerBytes: number;
  /** How many literals there are. */
  readonly size: number;
  /** How many bytes they take. */
  readonly packedSize: number;
  readonly streams: 1 | 4;
}

/** The literals of a block, and what follows them. */
export interface Literals {
  /** Valid until the next block is read. */
  readonly literals: Uint8Array;
  /** The bytes of the block after them. */
  readonly rest: Uint8Array;
}

/** Reads the first part of compressed blocks (RFC 8878, 3.1.1.3.1). */
export class LiteralsReader {
  readonly #buffer: Uint8Array;
  #table: HuffmanTable | undefined;

  /** @param buffer Has room for as many literals as a block may have. */
  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  /**
   * Reads the literals of one block.
   *
   * @throws {CompressedDataError} When they are wrong.
   */
  read(block: Uint8Array): Literals {
    const header = readHeader(block);
    const end = header.headerBytes + header.packedSize;
    if (end > block.length || header.size > this.#buffer.length) throw wrongSize();
    const packed = block.subarray(header.headerBytes, end);
    const rest = block.subarray(end);
    if (header.kind === "raw") return { literals: packed, rest };
    const literals = this.#buffer.subarray(0, header.size);
    if (header.kind === "run") literals.fill(packed[0] as number);
    else this.#decode(header, packed, literals);
    return { literals, rest };
  }

  #decode(header: LiteralsHeader, packed: Uint8Array, literals: Uint8Array): void {
    let streams = packed;
    if (header.kind === "coded") {
      this.#table = new HuffmanTable(packed);
      streams = packed.subarray(this.#table.length);
    }
    const table = this.#table;
    if (!table) throw new CompressedDataError("corrupt", "a block refers to codes never given");
    if (header.streams === 1) {
      table.decode(streams, literals);
      return;
    }
    if (streams.length < JUMP_TABLE_BYTES) throw wrongSize();
    const part = (literals.length + 3) >>> 2;
    let at = JUMP_TABLE_BYTES;
    for (let index = 0; index < 4; index++) {
      const length = index === 3
        ? streams.length - at
        : (streams[2 * index] as number) | (streams[2 * index + 1] as number) << 8;
      if (length < 0 || at + length > streams.length) throw wrongSize();
      const target = index === 3
        ? literals.subarray(3 * part)
        : literals.subarray(index * part, (index + 1) * part);
      table.decode(streams.subarray(at, at + length), target);
      at += length;
    }
  }
}

function readHeader(block: Uint8Array): LiteralsHeader {
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0] = block;
  const format = first >>> 2 & 3;
  const type = first & 3;
  if (type < 2) {
    const kind = type === 0 ? "raw" : "run";
    const headerBytes = format === 1 ? 2 : format === 3 ? 3 : 1;
    const size = headerBytes === 1
      ? first >>> 3
      : headerBytes === 2
      ? first >>> 4 | second << 4
      : first >>> 4 | second << 4 | third << 12;
    return { kind, headerBytes, size, packedSize: kind === "raw" ? size : 1, streams: 1 };
  }
  const kind = type === 2 ? "coded" : "coded as before";
  const headerBytes = format < 2 ? 3 : format + 2;
  const bits = format < 2 ? 10 : format === 2 ? 14 : 18;
  const all =
    (first + second * 2 ** 8 + third * 2 ** 16 + (headerBytes > 3 ? fourth : 0) * 2 ** 24 +
      (headerBytes > 4 ? fifth : 0) * 2 ** 32) / 16;
  return {
    kind,
    headerBytes,
    size: Math.floor(all) % 2 ** bits,
    packedSize: Math.floor(all / 2 ** bits),
    streams: format === 0 ? 1 : 4,
  };
}

function wrongSize(): CompressedDataError {
  return new CompressedDataError("corrupt", "the literals of a block have a wrong size");
}
