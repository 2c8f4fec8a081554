import { Buffer, isAscii } from "node:buffer";
import { zstdDecompressSync } from "node:zlib";
import { freeBytes } from "../../base/bytes.ts";
import type { Cursor } from "../../event/criteria.ts";
import { NEWLINE } from "../../event/ascii.ts";
import { preamble, RawEvent } from "../../event/raw_event.ts";
import { EventReadError } from "../store.ts";
import { type Column, ROW_BYTES, type RowArrays, rowArrays } from "./block_layout.ts";
import type { IdHash } from "./id_hash.ts";
import { decodeLabels, type Labels, parseLabels } from "./label_dictionary.ts";
import { SharedBytes } from "./shared_bytes.ts";
import type { StoredEvent } from "./stored_event.ts";

/**
 * Gives a column of one block as it is stored, for the block alone: it frees the bytes.
 *
 * @throws {EventReadError} When it is damaged.
 */
export type ColumnReader = (column: Column) => Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A block being read: columns are read and decompressed when they are first needed. Events that it gave
 * outlive it.
 *
 * Its methods throw an {@linkcode EventReadError} where a column is damaged.
 */
export class Block implements Disposable {
  readonly #read: ColumnReader;
  readonly #rowBytes: Uint8Array<ArrayBuffer>;
  readonly #rows: RowArrays;
  /** How many events it has. */
  readonly count: number;
  #labels: readonly Uint8Array[] | undefined;
  #headers: Uint8Array | undefined;
  #contents: Uint8Array | undefined;
  #byteText: string | undefined;
  #headerStarts: Uint32Array | undefined;
  #contentStarts: Uint32Array | undefined;

  /** @throws {EventReadError} When the rows are damaged. */
  constructor(read: ColumnReader) {
    const rows = decompress("rows", read, USUAL_ROWS_BYTES);
    this.#read = read;
    this.count = rows.length / ROW_BYTES;
    // A copy, for its numbers must be aligned.
    this.#rowBytes = new Uint8Array(rows);
    freeBytes(rows);
    this.#rows = rowArrays(this.#rowBytes.buffer, this.count);
  }

  timestamp(row: number): number {
    return this.#rows.timestamps[row] ?? 0;
  }

  arrival(row: number): Cursor {
    return this.#rows.arrivals[row] ?? 0;
  }

  /** The distinct labels of the events; {@linkcode Block.labelNumber} is the place of one in it. */
  labels(): Labels[] {
    return this.#labelBytes().map(parseLabels);
  }

  /** Bytes of the header and the content of a row. */
  eventBytes(row: number): number {
    return this.#headerSize(row) + (this.#rows.contentSizes[row] ?? 0);
  }

  labelNumber(row: number): number {
    return this.#rows.labelNumbers[row] ?? 0;
  }

  /**
   * All contents as one text, a character per byte: the text itself where it is ASCII. Each content is
   * followed by a newline, so `contentStart` and `contentEnd` are places in it.
   */
  byteText(): string {
    if (this.#byteText !== undefined) return this.#byteText;
    const bytes = this.#contentBytes();
    // Of ASCII both are the same, and decoding UTF-8 is ten times as fast.
    return this.#byteText = isAscii(bytes)
      ? decoder.decode(bytes)
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  }

  /** Whether each row's content is ASCII, undefined when all of them are. */
  asciiRows(): readonly boolean[] | undefined {
    if (isAscii(this.#contentBytes())) return undefined;
    const text = this.byteText();
    const rows = new Array<boolean>(this.count).fill(true);
    const expression = /[^\0-\x7f]/g;
    for (let row = 0; row < this.count; row++) {
      const found = expression.exec(text);
      if (found === null) break;
      while (this.contentEnd(row) < found.index) row++;
      rows[row] = false;
      expression.lastIndex = this.contentStart(row + 1);
    }
    return rows;
  }

  /** Where the content of a row starts among all contents; for the row after the last, where they end. */
  contentStart(row: number): number {
    this.#contentStarts ??= prefixSums(this.#rows.contentSizes, 1);
    return this.#contentStarts[row] ?? 0;
  }

  /** Where the content of a row ends. */
  contentEnd(row: number): number {
    return this.contentStart(row + 1) - 1;
  }

  /** The content of a row. */
  content(row: number): string {
    return decoder.decode(
      this.#contentBytes().subarray(this.contentStart(row), this.contentEnd(row)),
    );
  }

  /** The id of a row. */
  id(row: number): string {
    return decoder.decode(this.idBytes(row));
  }

  /** The id of a row as bytes. */
  idBytes(row: number): Uint8Array {
    return this.#withId(row, (bytes, start, end) => bytes.subarray(start, end));
  }

  /** Whether the id of a row has these bytes. */
  hasId(row: number, id: Uint8Array): boolean {
    if (this.#rows.idSizes[row] !== id.length) return false;
    return this.#withId(row, (bytes, start) => {
      for (let i = 0; i < id.length; i++) if (bytes[start + i] !== id[i]) return false;
      return true;
    });
  }

  /** The hashes of all ids. */
  idHashes(hash: IdHash): Uint32Array<ArrayBuffer> {
    const hashes = new Uint32Array(this.count);
    for (let row = 0; row < this.count; row++) hashes[row] = this.#withId(row, hash);
    return hashes;
  }

  /** Reads all that its events need; then its reader may go away. */
  load(): void {
    this.#labelBytes();
    this.#headerBytes();
    this.#contentBytes();
  }

  /** All events. */
  allEvents(): StoredEvent[] {
    return this.events(Array.from({ length: this.count }, (_, row) => row));
  }

  /** The events of these rows; they share one buffer. */
  events(rows: readonly number[]): StoredEvent[] {
    if (rows.length === 0) return [];
    const preambles = rows.map((row) =>
      preamble(this.#headerSize(row), this.#rows.contentSizes[row] ?? 0)
    );
    let length = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      length += (preambles[i]?.length ?? 0) + this.#headerSize(row) +
        (this.#rows.contentSizes[row] ?? 0) + 1;
    }
    const buffer = new Uint8Array(length);
    const shared = new SharedBytes(buffer, rows.length);
    let offset = 0;
    return rows.map((row, i) => {
      const event = this.#writeEvent(buffer, offset, row, preambles[i] ?? "");
      offset = event.contentEnd + 1;
      return { event, arrival: this.arrival(row), shared };
    });
  }

  #writeEvent(buffer: Uint8Array, frameStart: number, row: number, start: string): RawEvent {
    encoder.encodeInto(start, buffer.subarray(frameStart));
    const headerStart = frameStart + start.length;
    const labels = this.#labelsOf(row);
    const headers = this.#headerBytes();
    const from = this.#headerStart(row);
    const to = this.#headerStart(row + 1);
    const before = this.#rows.labelStarts[row] ?? 0;
    buffer.set(headers.subarray(from, from + before), headerStart);
    buffer.set(labels, headerStart + before);
    if (from + before < to) {
      buffer.set(headers.subarray(from + before, to), headerStart + before + labels.length);
    }
    const contentStart = headerStart + to - from + labels.length;
    const contentEnd = contentStart + (this.#rows.contentSizes[row] ?? 0);
    const content = this.#contentBytes();
    buffer.set(content.subarray(this.contentStart(row), this.contentEnd(row)), contentStart);
    buffer[contentEnd] = NEWLINE;
    const idStart = headerStart + (this.#rows.idStarts[row] ?? 0);
    return new RawEvent(buffer, {
      frameStart,
      headerStart,
      contentStart,
      contentEnd,
      idStart,
      idEnd: idStart + (this.#rows.idSizes[row] ?? 0),
      timestamp: this.timestamp(row),
    });
  }

  /** Frees its memory; it must not be used any more. */
  [Symbol.dispose](): void {
    for (const bytes of [this.#rowBytes, this.#headers, this.#contents]) freeBytes(bytes);
  }

  /** Calls with the bytes that hold the id of a row, and its place in them. */
  #withId<T>(row: number, use: (bytes: Uint8Array, start: number, end: number) => T): T {
    const start = this.#rows.idStarts[row] ?? 0;
    const size = this.#rows.idSizes[row] ?? 0;
    const inLabels = start - (this.#rows.labelStarts[row] ?? 0);
    if (inLabels >= 0) return use(this.#labelsOf(row), inLabels, inLabels + size);
    const at = this.#headerStart(row) + start;
    return use(this.#headerBytes(), at, at + size);
  }

  #headerSize(row: number): number {
    return (this.#rows.headerSizes[row] ?? 0) + this.#labelsOf(row).length;
  }

  #headerStart(row: number): number {
    this.#headerStarts ??= prefixSums(this.#rows.headerSizes, 0);
    return this.#headerStarts[row] ?? 0;
  }

  #labelsOf(row: number): Uint8Array {
    return this.#labelBytes()[this.labelNumber(row)] ?? NO_LABELS;
  }

  #labelBytes(): readonly Uint8Array[] {
    return this.#labels ??= readLabelColumn(this.#read);
  }

  #headerBytes(): Uint8Array {
    return this.#headers ??= decompress("headers", this.#read, this.#headerStart(this.count));
  }

  #contentBytes(): Uint8Array {
    return this.#contents ??= decompress("contents", this.#read, this.contentStart(this.count));
  }
}

const NO_LABELS = new Uint8Array();

/**
 * The distinct labels of a block as bytes, see `parseLabels`, without reading anything else of it.
 *
 * @throws {EventReadError} When they are damaged.
 */
export function readLabelColumn(read: ColumnReader): readonly Uint8Array[] {
  return decodeLabels(decompress("labels", read, USUAL_LABELS_BYTES));
}

function prefixSums(sizes: Uint32Array, gap: number): Uint32Array {
  const starts = new Uint32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) starts[i + 1] = (starts[i] ?? 0) + (sizes[i] ?? 0) + gap;
  return starts;
}

/** What the rows and labels of a usual block have at most. */
const USUAL_ROWS_BYTES = 1 << 18;
const USUAL_LABELS_BYTES = 1 << 12;

/** The least that zlib takes for a buffer. */
const MIN_CHUNK_BYTES = 64;

/** @param size What is expected: decompressing into one buffer is three times as fast as into many. */
function decompress(column: Column, read: ColumnReader, size: number): Uint8Array {
  const bytes = read(column);
  try {
    return zstdDecompressSync(bytes, { chunkSize: Math.max(size, MIN_CHUNK_BYTES) });
  } catch (cause) {
    throw new EventReadError(`Cannot read block: column '${column}' is not valid zstd`, { cause });
  } finally {
    freeBytes(bytes);
  }
}
