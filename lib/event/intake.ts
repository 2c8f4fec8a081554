import { isUtf8 } from "node:buffer";
import { headerName, KNOWN_HEADERS } from "./event.ts";
import { EventFormatError, EventReader, type EventReaderOptions } from "./event_reader.ts";
import { formatTimestamp } from "./format_timestamp.ts";
import { RawEvent } from "./raw_event.ts";

/** What a message held: the events to store and, with their places, what could not be read. */
export interface Intake {
  readonly events: readonly RawEvent[];
  /** `index` counts the events and the malformed pieces of the message together, from 0. */
  readonly rejected: readonly { readonly index: number; readonly error: EventFormatError }[];
}

/** Options of {@linkcode readMessage}. */
export interface IntakeOptions extends Pick<EventReaderOptions, "maxEventBytes"> {
  /** Seconds since 1970, for events without a timestamp. @default {Date.now() / 1000} */
  readonly now?: () => number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a producer's message at a door of the collector.
 *
 * Beyond the text format it takes one event without preamble, and completes what a producer may leave
 * out: no timestamp or zero becomes the collector's clock, no id a UUID. Nothing else is touched.
 */
export function readMessage(message: Uint8Array, options: IntakeOptions = {}): Intake {
  const now = options.now ?? (() => Date.now() / 1000);
  const bare = readBareEvent(message, options.maxEventBytes);
  if (bare !== undefined) return { events: [completeEvent(bare, now)], rejected: [] };
  const reader = new EventReader(
    message,
    options.maxEventBytes === undefined ? {} : { maxEventBytes: options.maxEventBytes },
  );
  const events: RawEvent[] = [];
  const rejected: { index: number; error: EventFormatError }[] = [];
  for (let item = reader.next(); item !== undefined; item = reader.next()) {
    if (item instanceof EventFormatError) {
      rejected.push({ index: events.length + rejected.length, error: item });
    } else {
      events.push(completeEvent(item, now));
    }
  }
  return { events, rejected };
}

function isComplete(event: RawEvent): boolean {
  return event.timestamp !== 0 && event.idEnd > event.idStart;
}

/**
 * The event with what a producer may leave out.
 *
 * @param now Seconds since 1970, for an event without a timestamp.
 */
export function completeEvent(event: RawEvent, now: () => number): RawEvent {
  if (isComplete(event)) return event;
  let header = decoder.decode(event.headerBytes());
  if (header !== "" && !header.endsWith("\n")) header += "\n";
  if (event.timestamp === 0) {
    const rest = header.split("\n").filter((line) => headerName(line) !== "timestamp").join("\n");
    header = `timestamp: ${formatTimestamp(now())}\n${rest}`;
  }
  if (event.idEnd === event.idStart) {
    const rest = header.split("\n").filter((line) => headerName(line) !== "id").join("\n");
    header = `id:${crypto.randomUUID()}\n${rest}`;
  }
  return RawEvent.fromParts(encoder.encode(header), event.contentBytes());
}

/**
 * Whether bytes can be one event without preamble, by their first: it begins with the name of a header.
 */
export function mayBeBare(message: Uint8Array): boolean {
  return message.length > 0 && "its".includes(String.fromCharCode((message[0] ?? 0) | 0x20));
}

/**
 * One event as header lines and content, without sizes: the header is the run of leading lines with
 * the four known names, the rest is content, without its final newline.
 */
function readBareEvent(message: Uint8Array, maxBytes = Infinity): RawEvent | undefined {
  if (!mayBeBare(message) || message.length > maxBytes || !isUtf8(message)) return undefined;
  const text = decoder.decode(message);
  let contentStart = 0;
  while (contentStart < text.length) {
    const lineEnd = text.indexOf("\n", contentStart);
    const line = text.slice(contentStart, lineEnd < 0 ? text.length : lineEnd);
    if (!line.includes(":") || !KNOWN_HEADERS.includes(headerName(line))) break;
    contentStart = lineEnd < 0 ? text.length : lineEnd + 1;
  }
  if (contentStart === 0) return undefined;
  const content = text.slice(contentStart).replace(/\n$/, "");
  const event = RawEvent.fromParts(
    encoder.encode(text.slice(0, contentStart)),
    encoder.encode(content),
  );
  return Number.isFinite(event.timestamp) ? event : undefined;
}
