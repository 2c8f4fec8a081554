import type { HatEvent } from "../event.ts";
import type { QueryParams, QueryResult } from "../query.ts";

/**
 * How much an answer holds: bytes of binary payloads, characters of texts, which take three bytes at most.
 * So it fits into a message of 64 MiB.
 */
const MAX_ANSWER_SIZE = 16 << 20;

/** What an event takes besides its type and payload. */
const EVENT_SIZE = 64;

/**
 * Cuts the events of a query so that they fit into one message, of which one event alone may take more. Who
 * asked is told that more follow, and asks on.
 *
 * The latest events of types have no pages: they are left as they are.
 */
export function fitAnswer(
  params: QueryParams,
  result: QueryResult,
  maxSize: number = MAX_ANSWER_SIZE,
): QueryResult {
  if (params.kind === "latest") return result;
  let size = 0;
  const end = result.events.findIndex((event, i) => {
    size += sizeOf(event);
    return i > 0 && size > maxSize;
  });
  return end < 0 ? result : { events: result.events.slice(0, end), moreFollows: true };
}

function sizeOf({ type, payload }: HatEvent): number {
  const size = type.reduce((sum, segment) => sum + segment.length + 1, EVENT_SIZE);
  if (payload === undefined) return size;
  return size + (payload.kind === "json" ? payload.text.length : payload.data.length);
}
