import { CompressedDataError } from "./decompressor.ts";

/** Read in one go: past the point where larger reads get faster. */
const INPUT_BYTES = 64 * 1024;

/**
 * Fills a buffer from its start.
 *
 * @returns How many bytes it filled in; 0 at the end.
 */
export type ReadBytes = (buffer: Uint8Array) => number;

/** Compressed data as its bytes are asked for. */
export class ByteInput {
  /** Holds the bytes read and not yet taken, from `position` to `end`. */
  readonly buffer: Uint8Array = new Uint8Array(INPUT_BYTES);
  /** The byte to be taken next. */
  position = 0;
  /** Where the bytes in the buffer end. */
  end = 0;
  readonly #read: ReadBytes;

  /** Reads nothing yet. */
  constructor(read: ReadBytes) {
    this.#read = read;
  }

  /**
   * Makes sure that a byte is in the buffer.
   *
   * @returns False at the end of the data.
   */
  fill(): boolean {
    if (this.position < this.end) return true;
    this.position = 0;
    this.end = this.#read(this.buffer);
    return this.end > 0;
  }

  /**
   * Takes one byte.
   *
   * @throws {CompressedDataError} At the end of the data.
   */
  byte(): number {
    if (!this.fill()) throw new CompressedDataError("truncated", "it ends too early");
    return this.buffer[this.position++] as number;
  }

  /**
   * Takes an unsigned number of up to six bytes, the lowest first.
   *
   * @throws {CompressedDataError} At the end of the data.
   */
  number(bytes: number): number {
    let value = 0;
    for (let index = 0; index < bytes; index++) value += this.byte() * 2 ** (8 * index);
    return value;
  }

  /**
   * Takes bytes into a buffer.
   *
   * @returns How many there were: fewer than the buffer's only at the end of the data.
   */
  take(target: Uint8Array): number {
    let count = 0;
    while (count < target.length && this.fill()) {
      const part = this.buffer.subarray(
        this.position,
        Math.min(this.end, this.position + target.length - count),
      );
      target.set(part, count);
      count += part.length;
      this.position += part.length;
    }
    return count;
  }

  /**
   * Passes over bytes.
   *
   * @throws {CompressedDataError} At the end of the data.
   */
  skip(count: number): void {
    for (let left = count; left > 0;) {
      if (!this.fill()) throw new CompressedDataError("truncated", "it ends too early");
      const part = Math.min(left, this.end - this.position);
      this.position += part;
      left -= part;
    }
  }
}
