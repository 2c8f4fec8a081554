import { freeBytes } from "../bytes.ts";
import { CompressedDataError } from "./decompressor.ts";

/** The first size of a buffer that grows: most files need no more. */
const FIRST_BYTES = 256 * 1024;

/** The bytes decompressed last: what comes next may repeat them. */
export class History {
  /** Holds them, up to `end`. */
  bytes: Uint8Array;
  /** Where the next byte goes. */
  end = 0;
  readonly #window: number;
  readonly #most: number;
  #taken = 0;

  /**
   * Makes an empty one.
   *
   * @param window How far back a repetition may reach.
   * @param piece Most bytes that are added between two calls of {@linkcode History.take}.
   */
  constructor(window: number, piece: number) {
    this.#window = window;
    this.#most = window + Math.max(2 * piece, window >>> 2);
    this.bytes = new Uint8Array(Math.min(this.#most, Math.max(FIRST_BYTES, 2 * piece)));
  }

  /** Forgets everything. */
  reset(): void {
    this.end = 0;
    this.#taken = 0;
  }

  /** Gives its memory back; it is of no use any more. */
  free(): void {
    freeBytes(this.bytes);
  }

  /** Makes room for more bytes; call it only when all that was added is taken. */
  reserve(count: number): void {
    if (this.end + count <= this.bytes.length) return;
    if (this.bytes.length < this.#most) {
      const size = Math.max(2 * this.bytes.length, this.end + count);
      const larger = new Uint8Array(Math.min(this.#most, size));
      larger.set(this.bytes.subarray(0, this.end));
      freeBytes(this.bytes);
      this.bytes = larger;
    }
    if (this.end + count <= this.bytes.length) return;
    this.bytes.copyWithin(0, this.end - this.#window, this.end);
    this.end = this.#window;
    this.#taken = this.end;
  }

  /**
   * Adds a repetition of earlier bytes, which may overlap what it adds.
   *
   * @throws {CompressedDataError} When it reaches back too far.
   */
  repeat(distance: number, length: number): void {
    const { bytes, end } = this;
    if (distance > end || distance > this.#window) {
      throw new CompressedDataError("corrupt", "it repeats what was never there");
    }
    if (distance >= length) bytes.copyWithin(end, end - distance, end - distance + length);
    else if (distance === 1) bytes.fill(bytes[end - 1] as number, end, end + length);
    else {
      for (let at = end; at < end + length; at++) bytes[at] = bytes[at - distance] as number;
    }
    this.end = end + length;
  }

  /** What was added since the last time: a view that is valid until something is added. */
  take(): Uint8Array {
    const piece = this.bytes.subarray(this.#taken, this.end);
    this.#taken = this.end;
    return piece;
  }
}
