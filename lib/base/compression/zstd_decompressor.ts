import { ByteInput, type ReadBytes } from "./byte_input.ts";
import { CompressedDataError, type Decompressor } from "./decompressor.ts";
import { History } from "./history.ts";
import { XxHash64 } from "./xxhash64.ts";
import { type FrameHeader, MAX_WINDOW_BYTES, readFrameHeader } from "./zstd_frame.ts";
import { LiteralsReader } from "./zstd_literals.ts";
import { SequencesReader } from "./zstd_sequences.ts";

/** Most bytes that a block may be or become (RFC 8878, 3.1.1.2.4). */
const MAX_BLOCK_BYTES = 128 * 1024;

const MAGIC = 0xfd2fb528;
/** Sixteen magic numbers begin a frame that is passed over. */
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Passed over in one go. */
const SKIP_BYTES = 1024 * 1024;
const NOTHING = new Uint8Array(0);

interface Frame {
  readonly header: FrameHeader;
  readonly history: History;
  readonly literals: LiteralsReader;
  readonly sequences: SequencesReader;
  readonly hash: XxHash64;
  readonly maxBlockBytes: number;
  size: number;
}

/**
 * Decompresses zstd (RFC 8878) of any number of frames, without dictionaries.
 *
 * It keeps as much history as the frame asks for, at most 128 MiB: the tool `zstd` asks for 2 MiB by
 * itself, for 8 MiB at level 19.
 *
 * @example
 * ```ts
 * import { zstdCompressSync } from "node:zlib";
 * import { ZstdDecompressor } from "./zstd_decompressor.ts";
 * import assert from "node:assert/strict";
 *
 * const parts = [zstdCompressSync("hello"), new Uint8Array(0)];
 * const decompressor = new ZstdDecompressor((buffer) => {
 *   const part = parts.shift() ?? new Uint8Array(0);
 *   buffer.set(part);
 *   return part.length;
 * });
 * let text = "";
 * for (let piece = decompressor.next(); piece; piece = decompressor.next()) {
 *   text += new TextDecoder().decode(piece);
 * }
 * assert.equal(text, "hello");
 * ```
 */
export class ZstdDecompressor implements Decompressor {
  readonly #input: ByteInput;
  readonly #maxWindowBytes: number;
  readonly #block = new Uint8Array(MAX_BLOCK_BYTES);
  readonly #literals = new Uint8Array(MAX_BLOCK_BYTES);
  #frame: Frame | undefined;
  /** Of the frame before: the caller may still look at its last bytes. */
  #former: History | undefined;
  #isBegun = false;
  #toSkip = 0;
  #failure: unknown;

  /**
   * @param read Gives the compressed data.
   * @param maxWindowBytes Most history that a frame may ask for.
   */
  constructor(read: ReadBytes, maxWindowBytes: number = MAX_WINDOW_BYTES) {
    this.#input = new ByteInput(read);
    this.#maxWindowBytes = maxWindowBytes;
  }

  /** The next bytes: those of one block, at most 128 KiB. */
  next(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (this.#frame) return this.#advance(this.#frame);
      if (this.#toSkip > 0) return this.#skip();
      if (this.#isBegun && !this.#input.fill()) return undefined;
      this.#begin();
      return NOTHING;
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #skip(): Uint8Array {
    const count = Math.min(this.#toSkip, SKIP_BYTES);
    this.#input.skip(count);
    this.#toSkip -= count;
    return NOTHING;
  }

  #begin(): void {
    const magic = this.#input.number(4);
    if (magic - magic % 16 === SKIPPABLE_MAGIC) {
      this.#toSkip = this.#input.number(4);
    } else if (magic === MAGIC) {
      this.#former?.free();
      this.#frame = openFrame(readFrameHeader(this.#input, this.#maxWindowBytes), this.#literals);
    } else {
      const where = this.#isBegun ? "what follows a frame" : "it";
      throw new CompressedDataError("corrupt", `${where} does not begin as zstd does`);
    }
    this.#isBegun = true;
  }

  #advance(frame: Frame): Uint8Array {
    frame.history.reserve(MAX_BLOCK_BYTES);
    let isLast = false;
    try {
      isLast = this.#readBlock(frame);
    } catch (error) {
      this.#failure = error;
    }
    const piece = frame.history.take();
    frame.size += piece.length;
    if (frame.header.hasChecksum) frame.hash.update(piece);
    if (isLast) this.#afterLast(frame);
    return piece;
  }

  /** Returns true for the last block of the frame. */
  #readBlock(frame: Frame): boolean {
    const header = this.#input.number(3);
    const type = header >>> 1 & 3;
    const size = header >>> 3;
    if (type === 3 || size > frame.maxBlockBytes) {
      throw new CompressedDataError("corrupt", "it has a block of a wrong type or size");
    }
    const { history } = frame;
    if (type === 1) {
      history.bytes.fill(this.#input.byte(), history.end, history.end + size);
      history.end += size;
    } else if (type === 0) {
      const count = this.#input.take(history.bytes.subarray(history.end, history.end + size));
      history.end += count;
      if (count < size) throw new CompressedDataError("truncated", "it ends too early");
    } else {
      const block = this.#block.subarray(0, size);
      if (this.#input.take(block) < size) {
        throw new CompressedDataError("truncated", "it ends too early");
      }
      const { literals, rest } = frame.literals.read(block);
      frame.sequences.run(rest, literals);
    }
    return (header & 1) === 1;
  }

  /** What is wrong behind the last block is told after its bytes. */
  #afterLast(frame: Frame): void {
    try {
      this.#finish(frame);
    } catch (error) {
      this.#failure = error;
    }
  }

  #finish(frame: Frame): void {
    this.#frame = undefined;
    this.#former = frame.history;
    const { contentBytes = frame.size, hasChecksum } = frame.header;
    const checksum = Number(BigInt.asUintN(32, frame.hash.digest()));
    if (contentBytes !== frame.size || hasChecksum && this.#input.number(4) !== checksum) {
      throw new CompressedDataError("corrupt", "its checksum or size is another");
    }
  }
}

function openFrame(header: FrameHeader, buffer: Uint8Array): Frame {
  const maxBlockBytes = Math.min(header.windowBytes, MAX_BLOCK_BYTES);
  const history = new History(header.windowBytes, MAX_BLOCK_BYTES);
  return {
    header,
    history,
    literals: new LiteralsReader(buffer.subarray(0, maxBlockBytes)),
    sequences: new SequencesReader(history, maxBlockBytes),
    hash: new XxHash64(),
    maxBlockBytes,
    size: 0,
  };
}
