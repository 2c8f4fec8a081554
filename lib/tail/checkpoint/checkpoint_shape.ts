import type { FileIdentity, Fingerprint } from "../file_identity.ts";
import type { FileSpan, TailPosition } from "../tail_position.ts";
import type { RecordedBatch } from "./recorded_batch.ts";

/** What an object may be, before it is known. */
type Unknown<T> = { readonly [K in keyof T]?: unknown };

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isFingerprint(value: unknown): value is Fingerprint {
  if (!isObject(value)) return false;
  const { length, crc32 }: Unknown<Fingerprint> = value;
  return Number.isFinite(length) && Number.isFinite(crc32);
}

function isIdentity(value: unknown): value is FileIdentity {
  if (!isObject(value)) return false;
  const { dev, ino, birthtimeMs, generation, head }: Unknown<FileIdentity> = value;
  return Number.isFinite(dev) && Number.isFinite(ino) && Number.isFinite(generation) &&
    (birthtimeMs === null || Number.isFinite(birthtimeMs)) && isFingerprint(head);
}

/** Whether something is a position in a file. */
export function isPosition(value: unknown): value is TailPosition {
  if (!isObject(value)) return false;
  const { path, identity, offset, tail, readAt, modifiedAt }: Unknown<TailPosition> = value;
  return typeof path === "string" && Number.isFinite(offset) && Number.isFinite(readAt) &&
    Number.isFinite(modifiedAt) && isIdentity(identity) && isFingerprint(tail);
}

function isSpan(value: unknown): value is FileSpan {
  if (!isObject(value)) return false;
  const { from, to }: Unknown<FileSpan> = value;
  return Number.isFinite(from) && isPosition(to);
}

/** Whether something is a batch. */
export function isRecordedBatch(value: unknown): value is RecordedBatch {
  if (!isObject(value)) return false;
  const { id, path, timestamp, spans }: Unknown<RecordedBatch> = value;
  return Number.isSafeInteger(id) && typeof path === "string" && Number.isFinite(timestamp) &&
    Array.isArray(spans) && spans.every(isSpan);
}
