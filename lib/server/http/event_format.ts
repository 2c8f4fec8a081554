import { concatBytes } from "../../base/bytes.ts";
import { makeInert } from "../../base/inert_text.ts";
import type { Event } from "../../event/event.ts";
import { eventToJson } from "../../event/event_json.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { readWeightedList } from "./weighted_list.ts";

/** A form in which events are given. */
export type EventFormatName = "json" | "theia" | "text";

/** How events are written in a form. */
export interface EventFormat {
  readonly name: EventFormatName;
  /** The media type. */
  readonly type: string;
  /** What a file of it is called after its dot. */
  readonly extension: string;
  /** Writes events in pieces of a bounded size, which share no memory with them. */
  readonly write: (events: readonly RawEvent[]) => Iterable<Uint8Array>;
}

/** Writes an event as a line of text, without a line end, with nothing that a terminal would obey. */
export type LineWriter = (event: Event) => string;

/** The media type of JSON, a value a line. */
export const JSON_LINES_TYPE = "application/x-ndjson";

/** The media type of Theia's text format. */
export const THEIA_TYPE = "application/vnd.theia.events";

/** The names, the one that is chosen by itself first. */
export const EVENT_FORMATS: readonly EventFormatName[] = ["json", "theia", "text"];

/** Bytes made in one go: enough for a busy line, little to hold for a slow reader. */
const PIECE_BYTES = 64 << 10;

const encoder = new TextEncoder();

/** The form of this name. */
export function eventFormat(name: EventFormatName, writeLine: LineWriter): EventFormat {
  switch (name) {
    case "json":
      return textFormat(name, JSON_LINES_TYPE, "ndjson", eventToJson);
    case "text":
      return textFormat(name, "text/plain; charset=utf-8", "txt", writeLine);
    case "theia":
      return { name, type: THEIA_TYPE, extension: "theia", write: writeFrames };
  }
}

/** The form that a client would have by its `Accept`, JSON when it does not care or asks for others. */
export function acceptedFormat(accept: string | null): EventFormatName {
  for (const { value: type, weight } of readWeightedList(accept)) {
    if (!(weight > 0)) continue;
    if (type === THEIA_TYPE || type === "application/octet-stream") return "theia";
    if (type === "text/plain") return "text";
    if (type === JSON_LINES_TYPE || type === "application/json" || type === "*/*") return "json";
  }
  return "json";
}

/** How text is written unless the collector is told otherwise; the time is UTC. */
export function writePlainLine(event: Event): string {
  const ms = event.timestamp * 1000;
  const time = Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(event.timestamp);
  return makeInert(`${time} [${event.source}] ${event.tags.join(",")}: ${event.content}`);
}

function textFormat(
  name: EventFormatName,
  type: string,
  extension: string,
  writeLine: LineWriter,
): EventFormat {
  function* write(events: readonly RawEvent[]): Generator<Uint8Array> {
    let text = "";
    for (const event of events) {
      // The strings of a view live for a moment, those of the event as long as its batch.
      text += `${writeLine(event.view())}\n`;
      if (text.length < PIECE_BYTES) continue;
      yield encoder.encode(text);
      text = "";
    }
    if (text !== "") yield encoder.encode(text);
  }
  return { name, type, extension, write };
}

function* writeFrames(events: readonly RawEvent[]): Generator<Uint8Array> {
  let frames: Uint8Array[] = [];
  let bytes = 0;
  for (const event of events) {
    const frame = event.frame();
    frames.push(frame);
    bytes += frame.length;
    if (bytes < PIECE_BYTES) continue;
    yield concatBytes(frames);
    frames = [];
    bytes = 0;
  }
  if (bytes > 0) yield concatBytes(frames);
}
