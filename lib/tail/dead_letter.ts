import { createEvent, type Event, headerName } from "../event/event.ts";
import { EventFormatError, EventReader } from "../event/event_reader.ts";
import { serializeEvent } from "../event/text_format.ts";

/** The header line that says why an event was rejected. */
const REASON_HEADER = "rejected";

/** Longest reason that is kept: more than any rule needs, far below what a header may have. */
const MAX_REASON_CHARS = 500;

/** Control characters, of which a header line holds none. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x1f\x7f]+/g;

/**
 * A rejected event in Theia's text format, with the reason as a header line, in place of one of an earlier
 * rejection.
 *
 * @throws {TypeError} When the format cannot carry the event.
 */
export function serializeLetter(event: Event, reason: string): Uint8Array {
  const { id, timestamp, source, tags, content } = event;
  const line = reason.replace(CONTROLS, " ").slice(0, MAX_REASON_CHARS).trim();
  const others = event.headers.filter((header) => headerName(header) !== REASON_HEADER);
  const headers = [...others, `${REASON_HEADER}: ${line}`];
  return serializeEvent(createEvent({ id, timestamp, source, tags, content, headers }));
}

/** What is in a file of dead letters. */
export interface ReadLetters {
  /** The ids of the events. */
  readonly ids: ReadonlySet<string>;
  /** How many bytes are whole; behind them is what a crash left of a last one. */
  readonly wholeBytes: number;
}

/** Reads the bytes of a file, or the last ones of them, and passes over what is damaged. */
export function readLetters(bytes: Uint8Array): ReadLetters {
  const ids = new Set<string>();
  // The content of a last event that is torn may look as if others began in it.
  let damagedFrom: number | undefined;
  for (const item of new EventReader(bytes, { maxEventBytes: bytes.length })) {
    if (item instanceof EventFormatError) {
      damagedFrom ??= item.offset;
    } else {
      damagedFrom = undefined;
      ids.add(item.id);
    }
  }
  return { ids, wholeBytes: damagedFrom ?? bytes.length };
}
