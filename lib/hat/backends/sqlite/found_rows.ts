import { TIMESTAMP_BYTES } from "../../timestamp.ts";
import type { SqlRow } from "./database.ts";
import { KEY_BYTES, type PackedEvents } from "./packed_events.ts";

/**
 * The column that {@linkcode packRows} takes: an event as it is packed, the key and then the payload.
 * SQLite joins the bytes, since each value that is handed over takes longer than that.
 */
export const PACKED_EVENT = `CAST(e.id || e.type || e.time ||
  CASE WHEN e.source IS NULL THEN zeroblob(${1 + TIMESTAMP_BYTES}) ELSE x'01' || e.source END ||
  e.payload AS BLOB)`;

/** Packs rows of {@linkcode PACKED_EVENT}. */
export function packRows(rows: readonly SqlRow[]): PackedEvents {
  const events = rows.map(([event]) => event as Uint8Array);
  const lengths = Uint32Array.from(events, ({ length }) => Math.max(0, length - KEY_BYTES));
  const keys = new Uint8Array(events.length * KEY_BYTES);
  const payloads = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  events.forEach((event, i) => {
    keys.set(event.subarray(0, KEY_BYTES), i * KEY_BYTES);
    payloads.set(event.subarray(KEY_BYTES), at);
    at += lengths[i] ?? 0;
  });
  return { count: events.length, keys, lengths, payloads };
}
