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
