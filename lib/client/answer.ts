import { EventFormatError, EventReader } from "../event/event_reader.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { type OK, parseServerMessage, type ServerMessage } from "../wire/messages.ts";
import { QueryError } from "./query_error.ts";

/**
 * Reads a binary message of `/find` or `/live`: packed events, which share its buffer.
 *
 * @param task What is being done, such as `find events at ws://…`.
 * @throws {QueryError} When it holds anything else.
 */
export function readPackedEvents(message: Uint8Array, task: string): RawEvent[] {
  const events: RawEvent[] = [];
  for (const item of new EventReader(message, { maxEventBytes: message.length })) {
    if (item instanceof EventFormatError) {
      throw new QueryError(`Cannot ${task}: the collector sent malformed events`, { cause: item });
    }
    events.push(item);
  }
  return events;
}

/**
 * Reads a text message of `/find` or `/live`.
 *
 * @param task What is being done.
 * @throws {QueryError} When no collector sends that.
 */
export function readAnswer(message: string, task: string): typeof OK | ServerMessage {
  try {
    return parseServerMessage(message);
  } catch (cause) {
    throw unexpectedAnswer(message, task, cause);
  }
}

/** The collector sent what must not come now. */
export function unexpectedAnswer(
  message: string | Uint8Array,
  task: string,
  cause?: unknown,
): QueryError {
  const sent = typeof message === "string" ? shorten(message) : `${message.length} bytes`;
  const options = cause === undefined ? {} : { cause };
  return new QueryError(
    `Cannot ${task}: the collector sent ${sent}, which must not come here`,
    options,
  );
}

/** Enough of an answer to recognise it. */
const MAX_SHOWN_CHARS = 100;

/** The beginning of an answer, in quotes. */
export function shorten(text: string): string {
  return JSON.stringify(
    text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text,
  );
}
