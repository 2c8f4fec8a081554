import { isUtf8 } from "node:buffer";
import { ServerError } from "./server_error.ts";
import { IncompleteRowError, RowReader, RowWriter, type StoredEvent } from "./row_binary.ts";
import { concatBytes } from "../../base/bytes.ts";

const WEEK_SECONDS = 7 * 24 * 3600;

/** Weeks from 1970 up to 2106; events of other times share a partition before and one behind these. */
const LAST_WEEK = Math.floor(2 ** 32 / WEEK_SECONDS);

/** The partition of a timestamp. */
export function weekOf(timestamp: number): number {
  return Math.max(-1, Math.min(LAST_WEEK + 1, Math.floor(timestamp / WEEK_SECONDS)));
}

/** Events as rows of an INSERT into the columns `EVENT_COLUMNS`. */
export function encodeEvents(stored: readonly StoredEvent[]): Uint8Array<ArrayBuffer> {
  const rows = new RowWriter(stored.reduce((sum, { event }) => sum + 2 * event.frameLength, 0));
  for (const { event, arrival } of stored) {
    const header = event.headerBytes();
    const content = event.contentBytes();
    const tags = event.tags.length === 0 ? [""] : event.tags;
    rows.int32(weekOf(event.timestamp)).double(toKeyTime(event.timestamp)).uint64(arrival);
    rows.text(event.id).text(event.source).length(tags.length);
    for (const tag of tags) rows.text(tag);
    rows.uint8(isPlain(header) && isPlain(content) ? 1 : 0).uint32(header.length + content.length);
    rows.binary(header).binary(content);
  }
  return rows.bytes;
}

/** Zero has two doubles that are equal; only one of them is stored. */
export function toKeyTime(timestamp: number): number {
  return timestamp === 0 ? 0 : timestamp;
}

/** Whether bytes are text that the server's functions see as we do. */
function isPlain(bytes: Uint8Array): boolean {
  return !bytes.includes(0) && isUtf8(bytes);
}

/** Stands before each row, so that an error in its place is recognised. */
const ROW_MARK = 1;

/** What a SELECT must ask for so that {@linkcode decodeEvents} can read it. */
export const SELECTED =
  `toUInt8(${ROW_MARK}), time, arrival, toUInt32(length(header)), concat(header, content)`;

/**
 * Reads events of a result as it comes: those of each piece together.
 *
 * @throws {ServerError} When the server wrote an error behind the rows that it had sent, or the result
 * ends within a row.
 */
export async function* decodeEvents(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<readonly StoredEvent[]> {
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
    const { events, end } = decodeRows(bytes);
    rest = bytes.subarray(end);
    if (rest.length > 0 && rest[0] !== ROW_MARK && rest.length > MAX_ERROR_BYTES) break;
    if (events.length > 0) yield events;
  }
  if (rest.length === 0) return;
  if (rest[0] !== ROW_MARK) throw ServerError.fromAnswer(200, new TextDecoder().decode(rest));
  throw new ServerError("the result ended within a row", { fate: "unknown", retryable: true });
}

/** Of an error no more is read. */
const MAX_ERROR_BYTES = 16 << 10;

function decodeRows(
  bytes: Uint8Array<ArrayBuffer>,
): { readonly events: readonly StoredEvent[]; readonly end: number } {
  const reader = new RowReader(bytes);
  const events: StoredEvent[] = [];
  let end = 0;
  try {
    while (bytes[end] === ROW_MARK) {
      reader.uint8();
      reader.double();
      const arrival = reader.uint64();
      events.push({ event: reader.event(), arrival });
      end = reader.offset;
    }
  } catch (error) {
    if (!(error instanceof IncompleteRowError)) throw error;
  }
  return { events, end };
}
