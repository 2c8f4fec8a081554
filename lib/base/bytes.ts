/**
 * Joins byte arrays into one.
 *
 * @example
 * ```ts
 * import { concatBytes } from "./bytes.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(concatBytes([new Uint8Array([1]), new Uint8Array([2, 3])]), new Uint8Array([1, 2, 3]));
 * ```
 */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Large enough for a write, small enough not to matter. */
const PART_BYTES = 64 << 10;

/**
 * Joins byte arrays into parts of some 64 KiB, where one array would be megabytes.
 *
 * After the first large buffer was freed, glibc keeps twice as much free memory for itself, in each
 * thread's arena.
 */
export function concatInParts(pieces: Iterable<Uint8Array>): Uint8Array<ArrayBuffer>[] {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let waiting: Uint8Array[] = [];
  let length = 0;
  const join = () => {
    if (waiting.length > 0) parts.push(concatBytes(waiting));
    waiting = [];
    length = 0;
  };
  for (const piece of pieces) {
    if (length + piece.length > PART_BYTES) join();
    waiting.push(piece);
    length += piece.length;
  }
  join();
  return parts;
}

/** The length of byte arrays, one behind another. */
export function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** Smaller ones are left to the garbage collector; below 8 KiB they may share their memory with others. */
const LEAST_FREED_BYTES = 16 << 10;

/**
 * Gives the memory of bytes back at once; nobody may use them any more, nor others that share it.
 *
 * V8 collects the memory of buffers only when 64 MiB of it lie about, in each thread, so what makes one
 * large buffer after another frees them itself.
 */
export function freeBytes(bytes: Uint8Array | undefined): void {
  const buffer = bytes?.buffer;
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= LEAST_FREED_BYTES) buffer.transfer(0);
}
