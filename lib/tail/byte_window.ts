/** Bytes are kept in pieces of this size: each is given back and used again as a whole. */
const PIECE_BYTES = 64 * 1024;

/**
 * Keeps a part of a long row of bytes: what was added and not yet let go.
 *
 * @example
 * ```ts
 * import { ByteWindow } from "./byte_window.ts";
 * import assert from "node:assert/strict";
 *
 * const window = new ByteWindow();
 * window.add(new TextEncoder().encode("hello"));
 * const buffer = new Uint8Array(3);
 * assert.equal(window.readAt(2, buffer), 3);
 * assert.equal(new TextDecoder().decode(buffer), "llo");
 * ```
 */
export class ByteWindow {
  readonly #pieces = new Map<number, Uint8Array>();
  readonly #free: Uint8Array[] = [];
  #end = 0;

  /** How many bytes were added in all. */
  get end(): number {
    return this.#end;
  }

  /** How many bytes of memory are in use. */
  get heldBytes(): number {
    return (this.#pieces.size + this.#free.length) * PIECE_BYTES;
  }

  /**
   * Adds bytes at the end.
   *
   * @param keepFrom Those before this offset need not be kept. Before it grows beyond the end, call
   * {@linkcode ByteWindow.release}.
   */
  add(bytes: Uint8Array, keepFrom = 0): void {
    const firstKept = keepFrom - keepFrom % PIECE_BYTES;
    const skipped = Math.min(bytes.length, Math.max(0, firstKept - this.#end));
    let offset = this.#end + skipped;
    this.#end += bytes.length;
    while (offset < this.#end) {
      const piece = this.#pieceFor(Math.floor(offset / PIECE_BYTES));
      const at = offset % PIECE_BYTES;
      const part = bytes.subarray(bytes.length - (this.#end - offset)).subarray(
        0,
        PIECE_BYTES - at,
      );
      piece.set(part, at);
      offset += part.length;
    }
  }

  /**
   * Reads once.
   *
   * @returns How many bytes were read: 0 at the end.
   * @throws {RangeError} When the first of them was let go.
   */
  readAt(offset: number, buffer: Uint8Array): number {
    if (offset >= this.#end) return 0;
    const piece = this.#pieces.get(Math.floor(offset / PIECE_BYTES));
    if (!piece) {
      throw new RangeError(`Cannot read at ${offset} as these bytes are not kept any more`);
    }
    const at = offset % PIECE_BYTES;
    const part = piece.subarray(at, at + Math.min(buffer.length, this.#end - offset));
    buffer.set(part);
    return part.length;
  }

  /**
   * Lets go what lies before an offset.
   *
   * @param pinned Is kept all the same, from the first offset to the second.
   */
  release(before: number, pinned: readonly [number, number]): void {
    const firstKept = Math.floor(before / PIECE_BYTES);
    const firstPinned = Math.floor(pinned[0] / PIECE_BYTES);
    const lastPinned = Math.floor(pinned[1] / PIECE_BYTES);
    for (const [index, piece] of this.#pieces) {
      if (index >= firstKept || index >= firstPinned && index <= lastPinned) continue;
      this.#pieces.delete(index);
      this.#free.push(piece);
    }
  }

  /** Lets everything go. */
  clear(): void {
    this.#pieces.clear();
    this.#free.length = 0;
  }

  #pieceFor(index: number): Uint8Array {
    const known = this.#pieces.get(index);
    if (known) return known;
    const piece = this.#free.pop() ?? new Uint8Array(PIECE_BYTES);
    this.#pieces.set(index, piece);
    return piece;
  }
}
