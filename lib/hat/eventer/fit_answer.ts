import type { HatEvent } from "../event.ts";
import type { QueryParams, QueryResult } from "../query.ts";
import { MAX_ELEMENTS } from "../sbs/limits.ts";

/**
 * How much a page holds at most: bytes of binary payloads, characters of texts, which take three bytes at
 * most. Larger ones make nobody faster.
 */
const MAX_PAGE_SIZE = 16 << 20;

/** A message has so many times the bytes that a page may hold: what characters take, and what is around. */
const BYTES_A_SIZE = 4;

/** What an event takes besides its type and payload. */
const EVENT_SIZE = 64;

/**
 * Cuts the events of a query so that they fit into one message and can be read, of which one event alone
 * may take more. Who asked is told that more follow, and asks on.
 *
 * The latest events of types have no pages, and nobody could tell which are missing.
 *
 * @param maxMessageBytes How long a message may be.
 * @throws {RangeError} When the latest events of types do not fit.
 */
export function fitAnswer(
  params: QueryParams,
  result: QueryResult,
  maxMessageBytes: number,
): QueryResult {
  if (params.kind === "latest") {
    assertFits(result.events, maxMessageBytes);
    return result;
  }
  const maxSize = Math.min(MAX_PAGE_SIZE, maxMessageBytes / BYTES_A_SIZE);
  let size = 0;
  let elements = 0;
  const end = result.events.findIndex((event, i) => {
    size += sizeOf(event);
    elements += elementsOf(event);
    return i > 0 && (size > maxSize || elements > MAX_ELEMENTS);
  });
  return end < 0 ? result : { events: result.events.slice(0, end), moreFollows: true };
}

/** How many elements an event adds to the arrays of a message: itself, and the segments of its type. */
export function elementsOf({ type }: HatEvent): number {
  return 1 + type.length;
}

/** Before they are encoded, which may take far more memory than one message. */
function assertFits(events: readonly HatEvent[], maxMessageBytes: number): void {
  const bytes = events.reduce((sum, event) => sum + payloadSize(event), 0);
  const elements = events.reduce((sum, event) => sum + elementsOf(event), 0);
  const problem = bytes > maxMessageBytes
    ? `payloads of at most ${maxMessageBytes} bytes: current value is ${bytes}`
    : elements > MAX_ELEMENTS
    ? `at most ${MAX_ELEMENTS} segments: current value is ${elements}`
    : undefined;
  if (problem === undefined) return;
  throw new RangeError(
    `Cannot answer query as the latest events must have ${problem}. Ask for fewer types at once.`,
  );
}

function sizeOf(event: HatEvent): number {
  const { type } = event;
  const size = type.reduce((sum, segment) => sum + segment.length + 1, EVENT_SIZE);
  return size + payloadSize(event);
}

function payloadSize({ payload }: HatEvent): number {
  if (payload === undefined) return 0;
  return payload.kind === "json" ? payload.text.length : payload.data.length;
}
