import { ChatterError } from "./chatter_error.ts";

/** Room for what comes: some reads of a busy connection. */
const CHUNK_BYTES = 1 << 16;

/** With less room than that left, new room is made. */
const LEAST_ROOM_BYTES = 1 << 12;

/** How much more room a long message gets each time: few copies, and little beside what came. */
const GROWTH = 4;

/** A length of more bytes would not be exact as a number, and is beyond any limit. */
const MAX_LENGTH_BYTES = 6;

/**
 * The bytes before a message: how many bytes its length takes, then its length.
 *
 * @example
 * ```ts
 * import { frameHeader } from "./frame.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(frameHeader(300), new Uint8Array([2, 1, 44]));
 * ```
 */
export function frameHeader(length: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let left = length; left > 0 || bytes.length === 0; left = Math.floor(left / 256)) {
    bytes.unshift(left % 256);
  }
  return new Uint8Array([bytes.length, ...bytes]);
}

/**
 * Finds messages in bytes that come in any pieces.
 *
 * What comes is read into {@linkcode FrameReader.room}; messages are views of it, and room that was read
 * into is not used again. Room grows with what came, not with what a length promises.
 *
 * @example
 * ```ts
 * import { FrameReader } from "./frame.ts";
 * import assert from "node:assert/strict";
 *
 * const frames = new FrameReader(1024);
 * frames.room().set([1, 2, 10]);
 * frames.added(3);
 * assert.equal(frames.next(), undefined);
 * frames.room().set([20]);
 * frames.added(1);
 * assert.deepEqual(frames.next(), new Uint8Array([10, 20]));
 * ```
 */
export class FrameReader {
  /** How long a message may be, from the next on. */
  maxBytes: number;
  #buffer = new Uint8Array(CHUNK_BYTES);
  #start = 0;
  #end = 0;
  /** Bytes of the frame at the start, as far as they are known. */
  #needed = 0;

  /** @param maxBytes How long a message may be. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Whether a part of a message has come. */
  get isTorn(): boolean {
    return this.#end > this.#start;
  }

  /** Where the next bytes go. */
  room(): Uint8Array<ArrayBuffer> {
    const pending = this.#end - this.#start;
    const free = this.#buffer.length - this.#end;
    const missing = this.#needed > 0 ? this.#needed - pending : LEAST_ROOM_BYTES;
    if (free < Math.min(LEAST_ROOM_BYTES, missing)) {
      const grown = Math.min(this.#needed, pending * GROWTH);
      const buffer = new Uint8Array(Math.max(CHUNK_BYTES, grown));
      buffer.set(this.#buffer.subarray(this.#start, this.#end));
      this.#buffer = buffer;
      this.#start = 0;
      this.#end = pending;
    }
    return this.#buffer.subarray(this.#end);
  }

  /** Says how many bytes went there. */
  added(count: number): void {
    this.#end += count;
  }

  /**
   * The next message, when it is complete.
   *
   * @throws {ChatterError} When the bytes are no frame, or one that is too long.
   */
  next(): Uint8Array | undefined {
    const pending = this.#end - this.#start;
    if (pending === 0) return undefined;
    const count = this.#buffer[this.#start] ?? 0;
    if (count < 1 || count > MAX_LENGTH_BYTES) {
      const reason = `a length must take 1 to ${MAX_LENGTH_BYTES} bytes: current value is ${count}`;
      throw new ChatterError("protocol", `Cannot read message as ${reason}`);
    }
    if (pending <= count) return undefined;
    const header = 1 + count;
    const length = this.#length(count);
    if (length > this.maxBytes) {
      const reason = `it must have at most ${this.maxBytes} bytes: current value is ${length}`;
      throw new ChatterError("protocol", `Cannot read message as ${reason}`);
    }
    this.#needed = header + length;
    if (pending < this.#needed) return undefined;
    const message = this.#buffer.subarray(this.#start + header, this.#start + this.#needed);
    this.#start += this.#needed;
    this.#needed = 0;
    return message;
  }

  #length(count: number): number {
    let length = 0;
    for (let i = 1; i <= count; i++) length = length * 256 + (this.#buffer[this.#start + i] ?? 0);
    return length;
  }
}
