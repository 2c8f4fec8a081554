import { crc32 } from "node:zlib";
import type { Cursor } from "../../event/criteria.ts";
import type { BlockSummary } from "./block_layout.ts";
import type { Database, SqlRow, SqlValue } from "./database.ts";

/** The span of a block, by which most blocks are passed over. */
export interface BlockSpan {
  readonly id: number;
  readonly minTimestamp: number;
  readonly maxTimestamp: number;
  readonly minArrival: Cursor;
  readonly maxArrival: Cursor;
  readonly events: number;
}

/** The columns of `block` that its checksum is of, in its order. */
export const SPAN_FIGURES = [
  "min_timestamp",
  "max_timestamp",
  "min_arrival",
  "max_arrival",
  "events",
  "raw_bytes",
  "stored_bytes",
] as const;

/** What a {@linkcode BlockSpan} is read from. */
export const SPAN_COLUMNS = ["id", ...SPAN_FIGURES, "checksum"].join(", ");

/** A damaged span covers everything, so that its block is looked at. */
export function toSpan(row: SqlRow): BlockSpan {
  const id = Number(row["id"]);
  if (!isSpanSound(row)) {
    const [min, max] = [-Infinity, Infinity];
    return {
      id,
      minTimestamp: min,
      maxTimestamp: max,
      minArrival: min,
      maxArrival: max,
      events: 0,
    };
  }
  return {
    id,
    minTimestamp: Number(row["min_timestamp"]),
    maxTimestamp: Number(row["max_timestamp"]),
    minArrival: Number(row["min_arrival"]),
    maxArrival: Number(row["max_arrival"]),
    events: Number(row["events"]),
  };
}

/** Whether the figures of a block have their checksum. */
export function isSpanSound(row: SqlRow): boolean {
  const figures = SPAN_FIGURES.map((column) => Number(row[column]));
  return checksumOf(figures) === Number(row["checksum"]);
}

/** The distinct sources and tags of a block, each undefined where they are not listed. */
export interface ListedLabels {
  readonly sources: readonly string[] | undefined;
  /** `""` stands for an event without tags. */
  readonly tags: readonly string[] | undefined;
}

/** The distinct sources and tags of a block. */
export function readLabels(database: Database, id: number): ListedLabels {
  const row = database.first("SELECT sources, tags, labels_checksum FROM block WHERE id = ?", id);
  return toLabels(row);
}

/** What the summary of a block says at this moment, undefined when the block is gone. */
export function readSummary(
  database: Database,
  id: number,
): { readonly span: BlockSpan; readonly labels: ListedLabels } | undefined {
  const row = database.first(SUMMARY_QUERY, id);
  return row === undefined ? undefined : { span: toSpan(row), labels: toLabels(row) };
}

const SUMMARY_QUERY =
  `SELECT ${SPAN_COLUMNS}, sources, tags, labels_checksum FROM block WHERE id = ?`;

/** Damaged ones are not listed. */
function toLabels(row: SqlRow | undefined): ListedLabels {
  if (row === undefined || !areLabelsSound(row)) return { sources: undefined, tags: undefined };
  return { sources: parseList(row["sources"]), tags: parseList(row["tags"]) };
}

/** Whether the labels of a block have their checksum. */
export function areLabelsSound(row: SqlRow): boolean {
  return labelsChecksum(row["sources"], row["tags"]) === Number(row["labels_checksum"]);
}

/** The values of the columns of `block`, but the id, in their order. */
export function summaryValues(summary: BlockSummary): SqlValue[] {
  const figures = [
    summary.minTimestamp,
    summary.maxTimestamp,
    summary.minArrival,
    summary.maxArrival,
    summary.events,
    summary.rawBytes,
    summary.storedBytes,
  ];
  const sources = summary.sources === undefined ? null : JSON.stringify(summary.sources);
  const tags = summary.tags === undefined ? null : JSON.stringify(summary.tags);
  return [...figures, checksumOf(figures), sources, tags, labelsChecksum(sources, tags)];
}

/** CRC-32 of the numbers as doubles, little-endian. */
function checksumOf(figures: readonly number[]): number {
  return crc32(new Uint8Array(new Float64Array(figures).buffer));
}

/** CRC-32 of both texts, an absent one being empty. */
function labelsChecksum(sources: SqlValue | undefined, tags: SqlValue | undefined): number {
  return crc32(`${tags ?? ""}`, crc32(`${sources ?? ""}`));
}

function parseList(value: SqlValue | undefined): readonly string[] | undefined {
  return typeof value === "string" ? JSON.parse(value) as string[] : undefined;
}
