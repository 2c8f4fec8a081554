import { Buffer, isAscii } from "node:buffer";
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { concatBytes } from "../../base/bytes.ts";
import type { Cursor } from "../../event/criteria.ts";
import { NEWLINE } from "../../event/ascii.ts";
import { preamble, RawEvent } from "../../event/raw_event.ts";
import { EventReadError } from "../store.ts";
import { LabelSet } from "./label_set.ts";
import { hashId, makeIdFilter } from "./id_filter.ts";

/** An event with its arrival number. */
export interface StoredEvent {
  readonly event: RawEvent;
  readonly arrival: Cursor;
}

/** Orders events as a block holds them: by timestamp, then by arrival. */
export function compareStored(a: StoredEvent, b: StoredEvent): number {
  return a.event.timestamp - b.event.timestamp || a.arrival - b.arrival;
}

/** The columns of a block as they are stored; compressed but for the filter. */
export interface BlockData {
  /** CRC-32 of rows, headers and contents, in this order. */
  readonly checksum: number;
  readonly idFilter: Uint8Array;
  readonly rows: Uint8Array;
  readonly headers: Uint8Array;
  readonly contents: Uint8Array;
}

/** What is known of a block without reading its columns. */
export interface BlockSummary {
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  readonly minArrival: Cursor;
  readonly maxArrival: Cursor;
  readonly events: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  /** Distinct sources, undefined when there are too many to list. */
  readonly sources: readonly string[] | undefined;
  /** Distinct tags, `""` standing for an event without any; undefined when there are too many to list. */
  readonly tags: readonly string[] | undefined;
}

/** On log lines level 1 is not only twice as fast as the default, its result is also smaller. */
const ZSTD_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** What the rows column holds per event: timestamp, arrival, header size, content size, id start, id size. */
const ROW_BYTES = 8 + 8 + 4 + 4 + 4 + 4;

/**
 * Encodes events into the columns of a block.
 *
 * - `rows`: six little-endian arrays one after another: timestamps (float64), arrivals (float64),
 *   header sizes, content sizes, id starts within the header, id sizes (uint32 each).
 * - `headers`: the header bytes of all events, one after another.
 * - `contents`: the content bytes of all events, each followed by a newline.
 *
 * @param stored At least one, ordered by {@linkcode compareStored}.
 */
export function encodeBlock(
  stored: readonly StoredEvent[],
): { readonly summary: BlockSummary; readonly data: BlockData } {
  const rows = encodeRows(stored);
  const headers = zstdCompressSync(joinHeaders(stored), ZSTD_OPTIONS);
  const contents = zstdCompressSync(joinContents(stored), ZSTD_OPTIONS);
  const idFilter = makeIdFilter(
    stored.map(({ event }) => hashId(event.buffer, event.idStart, event.idEnd)),
  );
  const data = { checksum: checksumOf(rows, headers, contents), idFilter, rows, headers, contents };
  const storedBytes = idFilter.length + rows.length + headers.length + contents.length;
  return { summary: summarize(stored, storedBytes), data };
}

function summarize(stored: readonly StoredEvent[], storedBytes: number): BlockSummary {
  const labels = new LabelSet();
  let minArrival = Infinity;
  let maxArrival = 0;
  let rawBytes = 0;
  for (const { event, arrival } of stored) {
    labels.add(event);
    minArrival = Math.min(minArrival, arrival);
    maxArrival = Math.max(maxArrival, arrival);
    rawBytes += event.contentEnd - event.headerStart;
  }
  return {
    minTimestamp: stored[0]?.event.timestamp ?? 0,
    maxTimestamp: stored.at(-1)?.event.timestamp ?? 0,
    minArrival,
    maxArrival,
    events: stored.length,
    rawBytes,
    storedBytes,
    sources: labels.sources,
    tags: labels.tags,
  };
}

function encodeRows(stored: readonly StoredEvent[]): Uint8Array {
  const count = stored.length;
  const bytes = new ArrayBuffer(count * ROW_BYTES);
  const rows = rowArrays(bytes, count);
  for (let i = 0; i < count; i++) {
    const row = stored[i];
    if (row === undefined) continue;
    const { event } = row;
    rows.timestamps[i] = event.timestamp;
    rows.arrivals[i] = row.arrival;
    rows.headerSizes[i] = event.contentStart - event.headerStart;
    rows.contentSizes[i] = event.contentEnd - event.contentStart;
    rows.idStarts[i] = event.idStart - event.headerStart;
    rows.idSizes[i] = event.idEnd - event.idStart;
  }
  return zstdCompressSync(new Uint8Array(bytes), ZSTD_OPTIONS);
}

/** Typed arrays are little-endian on every machine that V8 runs on. */
function rowArrays(bytes: ArrayBuffer, count: number) {
  const sizes = 16 * count;
  return {
    timestamps: new Float64Array(bytes, 0, count),
    arrivals: new Float64Array(bytes, 8 * count, count),
    headerSizes: new Uint32Array(bytes, sizes, count),
    contentSizes: new Uint32Array(bytes, sizes + 4 * count, count),
    idStarts: new Uint32Array(bytes, sizes + 8 * count, count),
    idSizes: new Uint32Array(bytes, sizes + 12 * count, count),
  };
}

function joinHeaders(stored: readonly StoredEvent[]): Uint8Array {
  let length = 0;
  for (const { event } of stored) length += event.contentStart - event.headerStart;
  const headers = new Uint8Array(length);
  let offset = 0;
  for (const { event } of stored) {
    headers.set(event.headerBytes(), offset);
    offset += event.contentStart - event.headerStart;
  }
  return headers;
}

function joinContents(stored: readonly StoredEvent[]): Uint8Array {
  let length = 0;
  for (const { event } of stored) length += event.contentEnd - event.contentStart + 1;
  const contents = new Uint8Array(length);
  let offset = 0;
  for (const { event } of stored) {
    contents.set(event.contentBytes(), offset);
    offset += event.contentEnd - event.contentStart;
    contents[offset++] = NEWLINE;
  }
  return contents;
}

function checksumOf(rows: Uint8Array, headers: Uint8Array, contents: Uint8Array): number {
  return crc32(contents, crc32(headers, crc32(rows)));
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * A block being read: columns are decompressed when they are first needed.
 *
 * Its methods throw an {@linkcode EventReadError} where the columns do not fit together.
 */
export class Block {
  readonly #data: BlockData;
  readonly #rows: ReturnType<typeof rowArrays>;
  readonly count: number;
  #headers: Uint8Array | undefined;
  #contents: Uint8Array | undefined;
  #byteText: string | undefined;
  #headerStarts: Uint32Array | undefined;
  #contentStarts: Uint32Array | undefined;

  /** @throws {EventReadError} When the checksum says that the block is damaged. */
  constructor(data: BlockData) {
    if (checksumOf(data.rows, data.headers, data.contents) !== data.checksum) {
      throw new EventReadError("Cannot read block: its checksum does not match its bytes");
    }
    const rows = decompress(data.rows, MAX_ROWS_BYTES);
    this.#data = data;
    this.count = rows.length / ROW_BYTES;
    const aligned = new ArrayBuffer(rows.length);
    new Uint8Array(aligned).set(rows);
    this.#rows = rowArrays(aligned, this.count);
  }

  timestamp(row: number): number {
    return this.#rows.timestamps[row] ?? 0;
  }

  arrival(row: number): Cursor {
    return this.#rows.arrivals[row] ?? 0;
  }

  /**
   * All contents as one text, a character per byte: the text itself where it is ASCII. Each content is
   * followed by a newline, so `contentStart` and `contentEnd` are places in it.
   */
  byteText(): string {
    const bytes = this.#contentBytes();
    return this.#byteText ??= Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      .toString("latin1");
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
    const start = this.#headerStart(row) + (this.#rows.idStarts[row] ?? 0);
    return this.#headerBytes().subarray(start, start + (this.#rows.idSizes[row] ?? 0));
  }

  /** The events of these rows; they share one buffer. */
  events(rows: readonly number[]): StoredEvent[] {
    const parts: Uint8Array[] = [];
    for (const row of rows) {
      const headerSize = this.#rows.headerSizes[row] ?? 0;
      const contentSize = this.#rows.contentSizes[row] ?? 0;
      const start = this.#headerStart(row);
      parts.push(
        encoder.encode(preamble(headerSize, contentSize)),
        this.#headerBytes().subarray(start, start + headerSize),
        this.#contentBytes().subarray(this.contentStart(row), this.contentEnd(row) + 1),
      );
    }
    const buffer = concatBytes(parts);
    let offset = 0;
    return rows.map((row, i) => {
      const headerStart = offset + (parts[3 * i]?.length ?? 0);
      const contentStart = headerStart + (parts[3 * i + 1]?.length ?? 0);
      const contentEnd = contentStart + (parts[3 * i + 2]?.length ?? 1) - 1;
      const idStart = headerStart + (this.#rows.idStarts[row] ?? 0);
      const event = new RawEvent(buffer, {
        frameStart: offset,
        headerStart,
        contentStart,
        contentEnd,
        idStart,
        idEnd: idStart + (this.#rows.idSizes[row] ?? 0),
        timestamp: this.timestamp(row),
      });
      offset = contentEnd + 1;
      return { event, arrival: this.arrival(row) };
    });
  }

  #headerStart(row: number): number {
    this.#headerStarts ??= prefixSums(this.#rows.headerSizes, 0);
    return this.#headerStarts[row] ?? 0;
  }

  #headerBytes(): Uint8Array {
    return this.#headers ??= decompress(this.#data.headers, this.#headerStart(this.count));
  }

  #contentBytes(): Uint8Array {
    return this.#contents ??= decompress(this.#data.contents, this.contentStart(this.count));
  }
}

function prefixSums(sizes: Uint32Array, gap: number): Uint32Array {
  const starts = new Uint32Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) starts[i + 1] = (starts[i] ?? 0) + (sizes[i] ?? 0) + gap;
  return starts;
}

/** More than the rows of a usual block have. */
const MAX_ROWS_BYTES = 1 << 18;

/** @param size What is expected: decompressing into one buffer is three times as fast as into many. */
function decompress(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { chunkSize: Math.max(size, MIN_CHUNK_BYTES) });
  } catch (cause) {
    throw new EventReadError("Cannot read block: a column is not valid zstd", { cause });
  }
}

/** The least that zlib takes for a buffer. */
const MIN_CHUNK_BYTES = 64;
