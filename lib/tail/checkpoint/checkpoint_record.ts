import { crc32 } from "node:zlib";
import type { CheckpointChange } from "./checkpoint_change.ts";
import { isPosition, isRecordedBatch } from "./checkpoint_shape.ts";

/** Says what a file is. */
export const FORMAT = "theia-checkpoint";

/** The version of the format that is written, and the only one that is read. */
export const VERSION = 1;

/** The first line of a copy: a snapshot of some lines follows, then further changes. */
export interface HeaderLine {
  readonly kind: "header";
  /** Its number; those of the lines that follow continue it. */
  readonly number: number;
  readonly version: number;
  /** How many lines the snapshot has. */
  readonly lines: number;
  /** Bytes of the file, with the padding. */
  readonly bytes: number;
  /** The id of the next batch. */
  readonly nextId: number;
}

/** A line with a change. */
export interface ChangeLine {
  readonly kind: "change";
  /** One more than that of the line before. */
  readonly number: number;
  /** The last number that was on disk in both copies when this was written; 0 in a snapshot. */
  readonly durable: number;
  readonly change: CheckpointChange;
}

/** A line that is proven by its checksum. */
export type CheckpointLine = HeaderLine | ChangeLine;

/** Digits of a CRC-32. */
const CRC_DIGITS = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Puts the checksum before some JSON and a newline behind it. */
function encodeLine(json: string): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(`${" ".repeat(CRC_DIGITS + 1)}${json}\n`);
  const crc = crc32(text.subarray(CRC_DIGITS + 1, text.length - 1));
  encoder.encodeInto(crc.toString(16).padStart(CRC_DIGITS, "0"), text);
  return text;
}

/** The bytes of a header. */
export function encodeHeader(
  header: Omit<HeaderLine, "kind" | "version">,
): Uint8Array<ArrayBuffer> {
  const { number, lines, bytes, nextId } = header;
  const members = { format: FORMAT, version: VERSION, n: number, lines, bytes, next: nextId };
  return encodeLine(JSON.stringify(members));
}

/**
 * The bytes of a change.
 *
 * @param durable The last number that is on disk in both copies; 0 in a snapshot.
 */
export function encodeChange(
  number: number,
  durable: number,
  change: CheckpointChange,
): Uint8Array<ArrayBuffer> {
  const numbers = durable === 0 ? { n: number } : { n: number, d: durable };
  return encodeLine(JSON.stringify({ ...numbers, ...changeMembers(change) }));
}

function changeMembers(change: CheckpointChange): object {
  switch (change.kind) {
    case "batch": {
      const { id, path, timestamp, spans } = change.batch;
      return { batch: id, at: change.at, path, timestamp, spans };
    }
    case "settled":
      return { settled: change.ids };
    case "position":
      return { at: change.at, position: change.position };
    case "source":
      return { source: change.key };
  }
}

/**
 * Reads a line.
 *
 * @param line Without its newline.
 * @returns undefined when its checksum, or what it says, is not right.
 */
export function decodeLine(line: Uint8Array): CheckpointLine | undefined {
  if (line.length < CRC_DIGITS + 3) return undefined;
  const json = line.subarray(CRC_DIGITS + 1);
  const start = decoder.decode(line.subarray(0, CRC_DIGITS + 1));
  if (start !== `${crc32(json).toString(16).padStart(CRC_DIGITS, "0")} `) return undefined;
  try {
    const members: unknown = JSON.parse(decoder.decode(json));
    if (typeof members !== "object" || members === null) return undefined;
    return readMembers(members as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

function readMembers(members: Record<string, unknown>): CheckpointLine | undefined {
  const { format, version, n, d = 0 } = members;
  if (format === FORMAT && typeof version === "number" && version > VERSION) {
    return { kind: "header", number: 0, version, lines: 0, bytes: 0, nextId: 0 };
  }
  if (!isCount(n) || !isCount(d)) return undefined;
  if (format === FORMAT) {
    const { lines, bytes, next } = members;
    if (version !== VERSION || !isCount(lines) || !isCount(bytes) || !isCount(next)) {
      return undefined;
    }
    return { kind: "header", number: n, version, lines, bytes, nextId: next };
  }
  const change = readChange(members);
  return change && { kind: "change", number: n, durable: d, change };
}

function readChange(members: Record<string, unknown>): CheckpointChange | undefined {
  const { batch: id, at, path, timestamp, spans, settled, position, source } = members;
  if (typeof source === "string") return { kind: "source", key: source };
  if (Array.isArray(settled) && settled.every(isCount)) return { kind: "settled", ids: settled };
  if (typeof at !== "number") return undefined;
  if (isPosition(position)) return { kind: "position", position, at };
  const batch = { id, path, timestamp, spans };
  return isRecordedBatch(batch) ? { kind: "batch", batch, at } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
