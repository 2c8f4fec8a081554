import { ByteGatherer } from "../byte_gatherer.ts";
import { CompressedDataError, type Decompressor } from "./decompressor.ts";
import { GzipDecompressor } from "./gzip_decompressor.ts";
import { ZstdDecompressor } from "./zstd_decompressor.ts";

/** The ways of compression that {@linkcode decompressStream} knows. */
export type CompressionName = "gzip" | "zstd";

/**
 * Compressed bytes at hand before a piece is made, which takes them without waiting: more than any
 * compressor spends on the 128 KiB that a piece has at most.
 */
const READY_BYTES = 256 << 10;

/** Shorter chunks are joined: a list of tiny ones would take more than their bytes, and time to be read. */
const SMALL_BYTES = 4 << 10;

/** Most history of a zstd frame that is sent over a network (RFC 9659, section 3). */
const MAX_WINDOW_BYTES = 8 << 20;

/**
 * Decompresses bytes as they come; takes on only as it is read.
 *
 * What was sent before the data ended too early, was damaged, or `source` failed is given first.
 *
 * @returns Pieces of at most 128 KiB, each valid until the next is asked for; some are empty, as a
 * piece is a bounded amount of work.
 * @throws {CompressedDataError} When nothing more can be made of the data.
 * @throws What `source` throws.
 */
export async function* decompressStream(
  source: AsyncIterable<Uint8Array>,
  name: CompressionName,
): AsyncGenerator<Uint8Array, void> {
  const feed = new Feed(source);
  try {
    const decompressor = open(name, (buffer) => feed.read(buffer));
    for (;;) {
      await feed.fill();
      const piece = decompressor.next();
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    await feed.end();
  }
}

function open(name: CompressionName, read: (buffer: Uint8Array) => number): Decompressor {
  return name === "gzip"
    ? new GzipDecompressor(read)
    : new ZstdDecompressor(read, MAX_WINDOW_BYTES);
}

/** Holds compressed bytes that came until they are read. */
class Feed {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #chunks: Uint8Array[] = [];
  /** What comes after the chunks. */
  readonly #small = new ByteGatherer();
  #held = 0;
  #end: { readonly error?: unknown } | undefined;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Waits until there is enough for a piece, or no more comes. */
  async fill(): Promise<void> {
    while (this.#held < READY_BYTES && this.#end === undefined) {
      try {
        const { done, value } = await this.#source.next();
        if (done === true) this.#end = {};
        else this.#add(value);
      } catch (error) {
        this.#end = { error };
      }
    }
  }

  read(buffer: Uint8Array): number {
    if (this.#chunks.length === 0) this.#endSmall();
    const [chunk] = this.#chunks;
    if (chunk === undefined) return this.#readPastEnd();
    const part = chunk.subarray(0, buffer.length);
    buffer.set(part);
    if (part.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(part.length);
    this.#held -= part.length;
    return part.length;
  }

  async end(): Promise<void> {
    if (this.#end === undefined) await this.#source.return?.();
  }

  #readPastEnd(): number {
    if (this.#end === undefined) {
      throw new CompressedDataError("unsupported", `${READY_BYTES} bytes of it bring nothing`);
    }
    if ("error" in this.#end) throw this.#end.error;
    return 0;
  }

  #add(chunk: Uint8Array): void {
    this.#held += chunk.length;
    if (chunk.length < SMALL_BYTES) this.#small.add(chunk);
    if (this.#small.length >= SMALL_BYTES || chunk.length >= SMALL_BYTES) this.#endSmall();
    if (chunk.length >= SMALL_BYTES) this.#chunks.push(chunk);
  }

  #endSmall(): void {
    if (this.#small.length > 0) this.#chunks.push(this.#small.take());
  }
}
