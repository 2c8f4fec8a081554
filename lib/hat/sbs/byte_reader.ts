import { MAX_DEPTH, MAX_ELEMENTS, MAX_INTEGER_BYTES } from "./limits.ts";
import { readLongInteger } from "./long_integer.ts";
import { Fault } from "./sbs_error.ts";
import { describeValue } from "./value.ts";

/** How bytes are read. */
export interface ReadOptions {
  /**
   * Whether values of `Bytes` are views of the input instead of copies. A view keeps the whole input alive,
   * and changes with it.
   *
   * @default {false}
   */
  readonly views?: boolean;
  /** How many elements all arrays may have together. @default {2_097_152} */
  readonly maxElements?: number;
}

/** Up to this length a text of ASCII characters is read by a loop, which is faster than the decoder. */
const SHORT_TEXT = 128;

/** Integers of up to so many bytes are exact as numbers on the way. */
const MAX_SHORT_INTEGER = 7;

/** A byte order mark is a character like others. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads what {@linkcode ByteWriter} writes; whatever is wrong is a {@linkcode Fault} with its offset. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #views: boolean;
  #at = 0;
  #depth = 0;
  #elementsLeft: number;

  constructor(bytes: Uint8Array, options: ReadOptions = {}) {
    this.#bytes = bytes;
    this.#views = options.views ?? false;
    this.#elementsLeft = options.maxElements ?? MAX_ELEMENTS;
  }

  /** Where the next value begins. */
  get offset(): number {
    return this.#at;
  }

  /** An array, choice or record begins. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) {
      throw new Fault(`values lie more than ${MAX_DEPTH} deep in each other`, this.#at);
    }
  }

  /** It ends. */
  leave(): void {
    this.#depth--;
  }

  boolean(): boolean {
    return this.#bytes[this.#take(1)] !== 0;
  }

  float(): number {
    const at = this.#take(8);
    const { buffer, byteOffset } = this.#bytes;
    return new DataView(buffer, byteOffset + at).getFloat64(0);
  }

  /** An integer: a number when it is safe, else a bigint. */
  integer(): number | bigint {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let byte = bytes[at++];
    if (byte === undefined) throw this.#truncated(1);
    let value = (byte & 0x40) === 0 ? byte & 0x7f : (byte & 0x7f) - 128;
    while ((byte & 0x80) === 0) {
      if (at - start === MAX_SHORT_INTEGER) return this.#longInteger();
      byte = bytes[at++];
      if (byte === undefined) throw this.#truncated(at - start);
      value = value * 128 + (byte & 0x7f);
    }
    this.#at = at;
    return value;
  }

  /** The length of bytes or of a text, which are there. */
  #length(): number {
    const start = this.#at;
    const length = this.integer();
    if (length < 0) throw new Fault(`length ${describeValue(length)} is negative`, start);
    const left = this.#bytes.length - this.#at;
    if (length > left) {
      throw new Fault(`length ${describeValue(length)} goes beyond the ${left} bytes left`, start);
    }
    return Number(length);
  }

  /**
   * How many elements an array has.
   *
   * @param leastBytes What each of them takes at least.
   */
  count(leastBytes: number): number {
    const start = this.#at;
    const count = this.integer();
    if (count < 0) throw new Fault(`count ${describeValue(count)} is negative`, start);
    const left = this.#bytes.length - this.#at;
    if (Number(count) * leastBytes > left) {
      const reason = `${describeValue(count)} elements go beyond the ${left} bytes left`;
      throw new Fault(reason, start);
    }
    this.#elementsLeft -= Number(count);
    if (this.#elementsLeft < 0) {
      throw new Fault(`${describeValue(count)} elements are more than may be read at once`, start);
    }
    return Number(count);
  }

  /**
   * Which of the entries a choice has.
   *
   * @param entries How many there are.
   */
  index(entries: number): number {
    const start = this.#at;
    const index = this.integer();
    if (index < 0 || index >= entries) {
      throw new Fault(`index ${describeValue(index)} is none of the ${entries} entries`, start);
    }
    return Number(index);
  }

  bytes(): Uint8Array {
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    const end = this.#at;
    return this.#views ? this.#bytes.subarray(start, end) : this.#bytes.slice(start, end);
  }

  text(): string {
    const length = this.#length();
    const start = this.#at;
    const end = start + length;
    this.#at = end;
    if (length <= SHORT_TEXT) {
      const text = this.#shortAscii(start, end);
      if (text !== undefined) return text;
    }
    try {
      return DECODER.decode(this.#bytes.subarray(start, end));
    } catch {
      throw new Fault("a string is not UTF-8", start);
    }
  }

  #shortAscii(start: number, end: number): string | undefined {
    const bytes = this.#bytes;
    // A string made at once is flat; one that grows by characters is put together when it is used.
    const codes = new Array<number>(end - start);
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0;
      if (byte > 0x7f) return undefined;
      codes[i - start] = byte;
    }
    return String.fromCharCode.apply(null, codes);
  }

  #longInteger(): number | bigint {
    const start = this.#at;
    const bytes = this.#bytes;
    let end = start;
    while (end < bytes.length && ((bytes[end] ?? 0) & 0x80) === 0) end++;
    if (end === bytes.length) throw this.#truncated(end - start + 1);
    end++;
    if (end - start > MAX_INTEGER_BYTES) {
      throw new Fault(`an integer takes more than ${MAX_INTEGER_BYTES} bytes`, start);
    }
    this.#at = end;
    return readLongInteger(bytes.subarray(start, end));
  }

  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw this.#truncated(count);
    this.#at = at + count;
    return at;
  }

  #truncated(needed: number): Fault {
    const left = this.#bytes.length - this.#at;
    return new Fault(`${needed} bytes were expected at least, ${left} are left`, this.#at);
  }
}
