import { TIMESTAMP_BYTES } from "../../timestamp.ts";
import type { SqlRow } from "./database.ts";
import {
  HAS_SOURCE_AT,
  KEY_BYTES,
  type PackedEvents,
  SOURCE_AT,
  TIME_AT,
  TYPE_AT,
} from "./packed_events.ts";

/** The columns that {@linkcode packRows} takes. */
export const EVENT_COLUMNS = "e.id, e.type, e.time, e.source, e.payload";

/** Packs rows of {@linkcode EVENT_COLUMNS}. */
export function packRows(rows: readonly SqlRow[]): PackedEvents {
  let bytes = 0;
  for (const row of rows) bytes += (row[4] as Uint8Array).length;
  const keys = new Uint8Array(rows.length * KEY_BYTES);
  const lengths = new Uint32Array(rows.length);
  const payloads = new Uint8Array(bytes);
  let at = 0;
  rows.forEach((row, i) => {
    const [id, type, time, source, payload] = row as Uint8Array[];
    const key = i * KEY_BYTES;
    put(keys, key, id);
    put(keys, key + TYPE_AT, type);
    put(keys, key + TIME_AT, time);
    if (source?.length === TIMESTAMP_BYTES) {
      keys[key + HAS_SOURCE_AT] = 1;
      put(keys, key + SOURCE_AT, source);
    }
    put(payloads, at, payload);
    lengths[i] = payload?.length ?? 0;
    at += lengths[i] ?? 0;
  });
  return { count: rows.length, keys, lengths, payloads };
}

function put(target: Uint8Array, at: number, bytes: Uint8Array | undefined): void {
  if (bytes !== undefined) target.set(bytes, at);
}
