import { eventToJson } from "../../event/event_json.ts";
import type { Event } from "../../event/event.ts";
import { RawEvent } from "../../event/raw_event.ts";
import { escapeUnseen, makeInert } from "../../base/inert_text.ts";

/** How events are printed. */
export interface EventFormat {
  /** Comes before the first event. @default {nothing} */
  readonly head?: string;
  /** Comes between groups of events that are not next to each other. @default {nothing} */
  readonly separator?: string;
  /**
   * What is printed of an event, a newline following.
   *
   * @param isContext Whether it is only around one that was asked for.
   * @throws What only the event can show to be wrong.
   */
  line(event: Event, isContext: boolean): string | Uint8Array;
}

/** What separates groups, as of `grep`. */
export const SEPARATOR = "--";

/** The members of an event, in the order of its JSON. */
const COLUMNS = ["id", "timestamp", "source", "tags", "content", "headers"] as const;

const encoder = new TextEncoder();

/**
 * JSON lines. Where a person looks, what a terminal would obey is written as an escape of JSON: the text is
 * the same to whoever reads it as JSON.
 */
export function jsonFormat(isInert: boolean): EventFormat {
  return { line: (event) => isInert ? escapeUnseen(eventToJson(event)) : eventToJson(event) };
}

/** logfmt: one line of `key=value`, values in quotes as JSON writes them where they need it. */
export function logfmtFormat(isInert: boolean): EventFormat {
  return {
    line(event) {
      const line = COLUMNS
        .filter((name) => name !== "headers" || event.headers.length > 0)
        .map((name) => `${name}=${quoteValue(columnOf(event, name))}`)
        .join(" ");
      return isInert ? escapeUnseen(line) : line;
    },
  };
}

/**
 * CSV of RFC 4180, with a header. Nothing is added to what looks like a formula: the data stays as it is,
 * and a spreadsheet must be told to take it as text.
 */
export function csvFormat(isInert: boolean): EventFormat {
  return {
    head: csvRow(COLUMNS),
    line(event) {
      const row = COLUMNS.map((name) => columnOf(event, name));
      return csvRow(isInert ? row.map(makeInert) : row);
    },
  };
}

/** The content alone, byte for byte as it is stored. */
export function rawFormat(isInert: boolean): EventFormat {
  return {
    separator: SEPARATOR,
    line(event) {
      if (isInert) return makeInert(event.content);
      return event instanceof RawEvent ? event.contentBytes() : encoder.encode(event.content);
    },
  };
}

/** A row of CSV without its newline: its line ends by CR LF. */
export function csvRow(values: readonly (string | number)[]): string {
  return `${values.map((value) => quoteField(`${value}`)).join(",")}\r`;
}

function quoteField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Bare where no reader of logfmt could take it for something else. */
function quoteValue(text: string): string {
  return /^[^"=\\\p{C}\p{Z}]+$/u.test(text) ? text : JSON.stringify(text);
}

function columnOf(event: Event, name: (typeof COLUMNS)[number]): string {
  switch (name) {
    case "timestamp":
      return `${event.timestamp}`;
    case "tags":
      return event.tags.join(",");
    case "headers":
      return event.headers.join("\n");
    default:
      return event[name];
  }
}
