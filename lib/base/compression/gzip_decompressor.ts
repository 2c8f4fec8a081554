import { crc32 } from "node:zlib";
import { ByteInput, type ReadBytes } from "./byte_input.ts";
import { CompressedDataError, type Decompressor } from "./decompressor.ts";
import { History } from "./history.ts";
import { Inflater, MAX_REPETITION } from "./inflater.ts";

/** How far back a repetition reaches in this format. */
const WINDOW_BYTES = 32 * 1024;

/** Decompressed in one go: some hundred microseconds of work. */
const PIECE_BYTES = 64 * 1024;

const NOTHING = new Uint8Array(0);
const MAGIC = [0x1f, 0x8b];
const DEFLATE = 8;
const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const RESERVED_FLAGS = 0xe0;

interface Member {
  readonly inflater: Inflater;
  crc: number;
  size: number;
}

/**
 * Decompresses gzip (RFC 1952) of any number of members; zeros may follow the last one.
 *
 * @example
 * ```ts
 * import { gzipSync } from "node:zlib";
 * import { GzipDecompressor } from "./gzip_decompressor.ts";
 * import assert from "node:assert/strict";
 *
 * const parts = [gzipSync("hello"), new Uint8Array(0)];
 * const decompressor = new GzipDecompressor((buffer) => {
 *   const part = parts.shift() ?? new Uint8Array(0);
 *   buffer.set(part);
 *   return part.length;
 * });
 * assert.equal(new TextDecoder().decode(decompressor.next()), "hello");
 * assert.equal(decompressor.next(), undefined);
 * ```
 */
export class GzipDecompressor implements Decompressor {
  readonly #input: ByteInput;
  readonly #history = new History(WINDOW_BYTES, PIECE_BYTES + MAX_REPETITION);
  #member: Member | undefined;
  #isBegun = false;
  #failure: unknown;

  /** @param read Gives the compressed data. */
  constructor(read: ReadBytes) {
    this.#input = new ByteInput(read);
  }

  /** The next bytes, at most about 64 KiB. */
  next(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#step();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #step(): Uint8Array | undefined {
    if (!this.#member) {
      if (this.#isBegun && !this.#input.fill()) return undefined;
      if (this.#isBegun && !this.#skipPadding()) return NOTHING;
      this.#readHeader();
      this.#history.reset();
      this.#member = { inflater: new Inflater(this.#input, this.#history), crc: 0, size: 0 };
    }
    return this.#advance(this.#member);
  }

  #advance(member: Member): Uint8Array {
    let isOver = false;
    this.#history.reserve(PIECE_BYTES + MAX_REPETITION);
    try {
      isOver = !member.inflater.run(PIECE_BYTES);
    } catch (error) {
      this.#failure = error;
    }
    const piece = this.#history.take();
    member.crc = crc32(piece, member.crc);
    member.size += piece.length;
    if (isOver) this.#finish(member);
    return piece;
  }

  #finish({ crc, size }: Member): void {
    this.#member = undefined;
    try {
      if (this.#input.number(4) !== crc || this.#input.number(4) !== size % 2 ** 32) {
        throw new CompressedDataError("corrupt", "its checksum or size is another");
      }
    } catch (error) {
      this.#failure = error;
    }
  }

  /** Passes over zeros; false where they go on to the end of what was read. */
  #skipPadding(): boolean {
    const input = this.#input;
    while (input.position < input.end && input.buffer[input.position] === 0) input.position++;
    return input.position < input.end;
  }

  #readHeader(): void {
    const input = this.#input;
    if (MAGIC.some((byte) => input.byte() !== byte)) {
      const where = this.#isBegun ? "what follows a member" : "it";
      throw new CompressedDataError("corrupt", `${where} does not begin as gzip does`);
    }
    const method = input.byte();
    const flags = input.byte();
    if (method !== DEFLATE || flags & RESERVED_FLAGS) {
      throw new CompressedDataError("unsupported", "it is of an unknown kind of gzip");
    }
    input.skip(6);
    if (flags & FLAG_EXTRA) input.skip(input.number(2));
    if (flags & FLAG_NAME) { while (input.byte() !== 0); }
    if (flags & FLAG_COMMENT) { while (input.byte() !== 0); }
    if (flags & FLAG_HEADER_CRC) input.skip(2);
    this.#isBegun = true;
  }
}
