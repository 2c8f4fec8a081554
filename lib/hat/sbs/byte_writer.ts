import { MAX_DEPTH, MAX_INTEGER_BYTES } from "./limits.ts";
import { countGroups, writeLongInteger } from "./long_integer.ts";
import { Fault } from "./sbs_error.ts";
import { describeValue } from "./value.ts";

/** Up to this length a loop is faster than the runtime's encoder. */
const SHORT_TEXT = 48;

/** More than that is given back after a large value. */
const KEPT_BYTES = 1 << 20;

const INITIAL_BYTES = 1 << 12;

/** Powers of 128, exact as numbers: group `i` of an integer is what is left after dividing by the i-th. */
const GROUP = [1, 2 ** 7, 2 ** 14, 2 ** 21, 2 ** 28, 2 ** 35, 2 ** 42, 2 ** 49];

const ENCODER = new TextEncoder();

/** Bytes that grow as values are written. */
export class ByteWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #end = 0;
  #depth = 0;

  /** Takes what was written, and starts over. */
  take(): Uint8Array<ArrayBuffer> {
    const isLarge = this.#bytes.length > KEPT_BYTES;
    const bytes = isLarge ? this.#bytes.subarray(0, this.#end) : this.#bytes.slice(0, this.#end);
    this.clear();
    return bytes;
  }

  /** Starts over. */
  clear(): void {
    this.#end = 0;
    this.#depth = 0;
    // Those of a large value are not used again: they may have been taken.
    if (this.#bytes.length > KEPT_BYTES) this.#resize(INITIAL_BYTES);
  }

  /** An array, choice or record begins. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) {
      throw new Fault(`values may lie at most ${MAX_DEPTH} deep in each other`);
    }
  }

  /** It ends. */
  leave(): void {
    this.#depth--;
  }

  byte(value: number): void {
    if (this.#end === this.#bytes.length) this.#reserve(1);
    this.#bytes[this.#end++] = value;
  }

  float(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#end, value);
    this.#end += 8;
  }

  /** Writes bytes without their length. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** @param value Safe. */
  integer(value: number): void {
    if (value >= -64 && value < 64) return this.byte(0x80 | (value & 0x7f));
    this.#reserve(GROUP.length);
    let top = 1;
    for (let limit = 64 * 128; value >= limit || value < -limit; limit *= 128) top++;
    for (let i = top; i > 0; i--) {
      this.#bytes[this.#end++] = Math.floor(value / (GROUP[i] ?? 1)) & 0x7f;
    }
    this.#bytes[this.#end++] = 0x80 | (value & 0x7f);
  }

  longInteger(value: bigint): void {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return this.integer(number);
    const groups = countGroups(value);
    if (groups > MAX_INTEGER_BYTES) {
      throw new Fault(`an integer may take at most ${MAX_INTEGER_BYTES} bytes, this one ${groups}`);
    }
    this.#reserve(groups);
    writeLongInteger(value, groups, this.#bytes.subarray(this.#end, this.#end + groups));
    this.#end += groups;
  }

  text(value: string): void {
    if (value.length <= SHORT_TEXT && this.#shortAscii(value)) return;
    const length = byteLength(value);
    this.integer(length);
    this.#reserve(length);
    ENCODER.encodeInto(value, this.#bytes.subarray(this.#end));
    this.#end += length;
  }

  #shortAscii(value: string): boolean {
    const { length } = value;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    let at = this.#end;
    bytes[at++] = 0x80 | length;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#end = at;
    return true;
  }

  #reserve(count: number): void {
    const needed = this.#end + count;
    if (needed > this.#bytes.length) this.#resize(Math.max(needed, this.#bytes.length * 2));
  }

  #resize(length: number): void {
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

/** How many bytes a text takes in UTF-8. */
function byteLength(text: string): number {
  if (!text.isWellFormed()) {
    throw new Fault(`a string must not have lone surrogates: ${describeValue(text)}`);
  }
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair adds one: four bytes for both.
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return length;
}
