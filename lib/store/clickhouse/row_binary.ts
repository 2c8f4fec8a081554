import { RawEvent, readHeader } from "../../event/raw_event.ts";
import type { Cursor } from "../../event/criteria.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Writes values in ClickHouse's format RowBinary. */
export class RowWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView<ArrayBuffer>;
  #length = 0;

  /** @param capacity Bytes to make room for; more is made when needed. */
  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(Math.max(64, capacity));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** What was written, a view. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  uint8(value: number): this {
    this.#reserve(1);
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
    return this;
  }

  uint32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  int32(value: number): this {
    this.#reserve(4);
    this.#view.setInt32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  /** @param value A safe non-negative integer. */
  uint64(value: number): this {
    this.#reserve(8);
    this.#view.setBigUint64(this.#length, BigInt(value), true);
    this.#length += 8;
    return this;
  }

  double(value: number): this {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
    return this;
  }

  /** The length that stands before a string or an array. */
  length(value: number): this {
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 0x80)) this.uint8((left % 0x80) | 0x80);
    return this.uint8(left);
  }

  binary(value: Uint8Array): this {
    this.length(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  text(value: string): this {
    return this.binary(encoder.encode(value));
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** The bytes end before the value does. */
export class IncompleteRowError extends Error {
  override readonly name = "IncompleteRowError";
}

/** Reads values in ClickHouse's format RowBinary. */
export class RowReader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #offset: number;

  constructor(bytes: Uint8Array<ArrayBuffer>, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#offset = offset;
  }

  /** Where the next value starts. */
  get offset(): number {
    return this.#offset;
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  length(): number {
    let value = 0;
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.length();
    const start = this.#take(length);
    return decoder.decode(this.#bytes.subarray(start, start + length));
  }

  /** An event whose header and content come as one string, with the length of the header before it. */
  event(): RawEvent {
    const header = this.uint32();
    const length = this.length();
    const headerStart = this.#take(length);
    const contentStart = headerStart + header;
    return new RawEvent(this.#bytes, {
      frameStart: -1,
      headerStart,
      contentStart,
      contentEnd: headerStart + length,
      ...readHeader(this.#bytes, headerStart, contentStart),
    });
  }

  #take(length: number): number {
    const start = this.#offset;
    if (start + length > this.#bytes.length) throw new IncompleteRowError();
    this.#offset = start + length;
    return start;
  }
}

/** Reads a whole result of several rows. */
export function readRows<T>(
  bytes: Uint8Array<ArrayBuffer>,
  read: (row: RowReader) => T,
): readonly T[] {
  const reader = new RowReader(bytes);
  const rows: T[] = [];
  while (!reader.isAtEnd) rows.push(read(reader));
  return rows;
}

/** An event as it is stored. */
export interface StoredEvent {
  readonly event: RawEvent;
  readonly arrival: Cursor;
}
