import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";

/**
 * The columns of a block in the order in which they are stored. What a search reads first comes first:
 * SQLite walks through all that stands before a column.
 */
export const COLUMNS = ["rows", "labels", "contents", "headers"] as const;

/** Name of a column. */
export type Column = typeof COLUMNS[number];

/** The columns of a block as they are stored: compressed. */
export type BlockColumns = Readonly<Record<Column, Uint8Array>>;

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

/** What the rows column holds per event: two numbers of 8 bytes and six of 4. */
export const ROW_BYTES = 2 * 8 + 6 * 4;

/** The arrays of the rows column, an item per event each. */
export interface RowArrays {
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly arrivals: Float64Array<ArrayBuffer>;
  /** Bytes of the header without its labels. */
  readonly headerSizes: Uint32Array<ArrayBuffer>;
  readonly contentSizes: Uint32Array<ArrayBuffer>;
  /** Where the id stands in the header. */
  readonly idStarts: Uint32Array<ArrayBuffer>;
  readonly idSizes: Uint32Array<ArrayBuffer>;
  /** Where in the header the labels belong. */
  readonly labelStarts: Uint32Array<ArrayBuffer>;
  /** Which labels. */
  readonly labelNumbers: Uint32Array<ArrayBuffer>;
}

/** Views of the rows column. Typed arrays are little-endian on every machine that V8 runs on. */
export function rowArrays(bytes: ArrayBuffer, count: number): RowArrays {
  const sizes = (field: number) => new Uint32Array(bytes, (16 + 4 * field) * count, count);
  return {
    timestamps: new Float64Array(bytes, 0, count),
    arrivals: new Float64Array(bytes, 8 * count, count),
    headerSizes: sizes(0),
    contentSizes: sizes(1),
    idStarts: sizes(2),
    idSizes: sizes(3),
    labelStarts: sizes(4),
    labelNumbers: sizes(5),
  };
}

/** The checksums of columns as they are stored: the CRC-32 of each, four bytes little-endian. */
export function makeChecksums(columns: BlockColumns): Uint8Array {
  const checksums = new Uint32Array(COLUMNS.map((column) => crc32(columns[column])));
  return new Uint8Array(checksums.buffer);
}

/** Whether a column has its checksum. */
export function isSound(checksums: Uint8Array, column: Column, bytes: Uint8Array): boolean {
  const at = 4 * COLUMNS.indexOf(column);
  if (checksums.length !== 4 * COLUMNS.length) return false;
  const view = new DataView(checksums.buffer, checksums.byteOffset);
  return view.getUint32(at, true) === crc32(bytes);
}
