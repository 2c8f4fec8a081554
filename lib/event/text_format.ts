import { concatBytes } from "../base/bytes.ts";
import { NEWLINE } from "./ascii.ts";
import type { Event } from "./event.ts";
import { assertEvent } from "./event.ts";
import { formatTimestamp } from "./format_timestamp.ts";
import { preamble, RawEvent } from "./raw_event.ts";

/** Largest event (header plus content) that a reader takes by default: 1 MiB, so that a bad size cannot take the memory. */
export const MAX_EVENT_BYTES = 1 << 20;

/** Largest header that a reader takes: 64 KiB, as much as any tag list or custom header needs. */
export const MAX_HEADER_BYTES = 1 << 16;

const encoder = new TextEncoder();

/**
 * Writes an event in Theia's text format.
 *
 * A {@linkcode RawEvent} is written with the header and content bytes it was read with; any other
 * event is written as Theia 0.9.2 does: `id:`, `timestamp: %.7f`, `source:`, `tags:`, then the
 * custom header lines.
 *
 * @example
 * ```ts
 * import { createEvent, serializeEvent } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const event = createEvent({ id: "a", timestamp: 1, source: "s", tags: ["x", "y"], content: "hi" });
 * assert.equal(
 *   new TextDecoder().decode(serializeEvent(event)),
 *   "event: 46 44 2\nid:a\ntimestamp: 1.0000000\nsource:s\ntags:x,y\nhi\n",
 * );
 * ```
 *
 * @throws {TypeError} When a member breaks a rule of {@linkcode Event}, or the header is longer than
 * {@linkcode MAX_HEADER_BYTES}.
 */
export function serializeEvent(event: Event): Uint8Array {
  return event instanceof RawEvent ? event.frame() : encodeFrame(event).frame;
}

/**
 * The event as bytes with its members read from them; a {@linkcode RawEvent} is returned as it is.
 *
 * @throws {TypeError} When a member breaks a rule of {@linkcode Event}, or the header is longer than
 * {@linkcode MAX_HEADER_BYTES}.
 */
export function toRawEvent(event: Event): RawEvent {
  if (event instanceof RawEvent) return assertRawEvent(event);
  const { frame, headerStart, contentStart } = encodeFrame(event);
  return RawEvent.fromFrame(frame, headerStart, contentStart);
}

interface EncodedFrame {
  readonly frame: Uint8Array;
  readonly headerStart: number;
  readonly contentStart: number;
}

/** Guesses that all is ASCII, when sizes in characters are sizes in bytes and encoding once will do. */
function encodeFrame(event: Event): EncodedFrame {
  assertEvent(event);
  const header = headerText(event);
  const { content } = event;
  const start = preamble(header.length, content.length);
  const text = `${start}${header}${content}\n`;
  const frame = encoder.encode(text);
  if (frame.length === text.length) {
    assertHeaderSize(header.length);
    return { frame, headerStart: start.length, contentStart: start.length + header.length };
  }
  const headerBytes = encoder.encode(header);
  assertHeaderSize(headerBytes.length);
  const contentBytes = encoder.encode(content);
  const exactStart = encoder.encode(preamble(headerBytes.length, contentBytes.length));
  return {
    frame: concatBytes([exactStart, headerBytes, contentBytes, FRAME_END]),
    headerStart: exactStart.length,
    contentStart: exactStart.length + headerBytes.length,
  };
}

/** A raw event's lines cannot break a rule; what its header lacks, or holds too much of, can. */
function assertRawEvent(event: RawEvent): RawEvent {
  if (!Number.isFinite(event.timestamp) || event.idEnd === event.idStart) assertEvent(event);
  assertHeaderSize(event.contentStart - event.headerStart);
  return event;
}

const FRAME_END = new Uint8Array([NEWLINE]);

function headerText(event: Event): string {
  const { id, timestamp, source, tags, headers } = event;
  const text = `id:${id}\ntimestamp: ${formatTimestamp(timestamp)}\nsource:${source}\n` +
    `tags:${tags.join(",")}\n`;
  return headers.length === 0 ? text : `${text}${headers.join("\n")}\n`;
}

function assertHeaderSize(bytes: number): void {
  if (bytes <= MAX_HEADER_BYTES) return;
  throw new TypeError(
    `Cannot write event as its header must be at most ${MAX_HEADER_BYTES} bytes: it has ${bytes}`,
  );
}
