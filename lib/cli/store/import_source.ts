import { createHash } from "node:crypto";
import { concatBytes } from "../../base/bytes.ts";
import type { Event } from "../../event/event.ts";
import { eventFromJson } from "../../event/event_json.ts";
import { EventDecoder } from "../../event/event_streams.ts";
import { RawEvent } from "../../event/raw_event.ts";
import { toRawEvent } from "../../event/text_format.ts";
import { readOlderEvents } from "../../store/sqlite/older_database.ts";

/** How events are written in a file. */
export type ImportFormat = "theia" | "jsonl" | "database";

/** A piece of a file that holds no event that could be read. */
export interface Damage {
  /** Where it is: `byte 123`, `line 4, byte 123`, `row 7`. */
  readonly place: string;
  readonly reason: string;
}

/** What readers tell beside the events. */
export interface ImportListeners {
  readonly onDamage: (damage: Damage) => void;
}

/** With which every SQLite file starts. */
const DATABASE_START = "SQLite format 3\0";

/** The format that the first bytes of a file speak of. */
export function detectFormat(start: Uint8Array): ImportFormat {
  const text = new TextDecoder().decode(start.subarray(0, 64));
  if (text.startsWith(DATABASE_START)) return "database";
  return text.trimStart().startsWith("{") ? "jsonl" : "theia";
}

/** Reads events from bytes in a format. */
export function readEvents(
  chunks: AsyncIterable<Uint8Array>,
  format: Exclude<ImportFormat, "database">,
  listeners: ImportListeners,
): AsyncGenerator<readonly RawEvent[]> {
  return format === "jsonl" ? readJsonLines(chunks, listeners) : readText(chunks, listeners);
}

/** Reads events from a database that Theia 0.9.2 wrote. */
export function* readDatabase(
  path: string,
  { onDamage }: ImportListeners,
): Generator<readonly RawEvent[]> {
  for (const rows of readOlderEvents(path)) {
    const events: RawEvent[] = [];
    for (const { row, event } of rows) {
      const place = row === undefined ? "the database as a whole" : `row ${row}`;
      if (typeof event === "string") onDamage({ place, reason: event });
      else pushSound(events, event, place, onDamage);
    }
    yield events;
  }
}

async function* readText(
  chunks: AsyncIterable<Uint8Array>,
  { onDamage }: ImportListeners,
): AsyncGenerator<readonly RawEvent[]> {
  const decoder = new EventDecoder({
    onSkipped: ({ offset, skipped, reason }) =>
      onDamage({ place: `byte ${offset}`, reason: `${reason} (${skipped} bytes skipped)` }),
  });
  for await (const chunk of chunks) yield decoder.push(chunk).map(withId);
  yield decoder.finish().map(withId);
}

/** An event without an id gets one that depends on it alone, so that it is recognised another time. */
function withId(event: RawEvent): RawEvent {
  if (event.idEnd > event.idStart) return event;
  const header = event.headerBytes();
  const content = event.contentBytes();
  const id = createHash("sha256").update(header).update(content).digest("hex").slice(0, 32);
  const line = new TextEncoder().encode(`id:${id}\n`);
  return RawEvent.fromParts(concatBytes([line, header]), content);
}

/** A line longer than this is no event: those have 1 MiB, and JSON escapes a byte as six. */
const MAX_LINE_BYTES = 8 << 20;

const NEWLINE = 0x0a;

async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  { onDamage }: ImportListeners,
): AsyncGenerator<readonly RawEvent[]> {
  let rest: Uint8Array = new Uint8Array();
  let offset = 0;
  let line = 0;
  let isTooLong = false;
  async function* withEnd(): AsyncGenerator<Uint8Array> {
    yield* chunks;
    yield new Uint8Array([NEWLINE]);
  }
  for await (const chunk of withEnd()) {
    const bytes = rest.length === 0 ? chunk : concatBytes([rest, chunk]);
    const events: RawEvent[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      line++;
      const place = `line ${line}, byte ${offset + start}`;
      if (!isTooLong) readLine(events, bytes.subarray(start, end), place, onDamage);
      isTooLong = false;
      start = end + 1;
    }
    rest = bytes.slice(start);
    offset += start;
    if (rest.length > MAX_LINE_BYTES) {
      const place = `line ${line + 1}, byte ${offset}`;
      if (!isTooLong) onDamage({ place, reason: "the line is too long" });
      isTooLong = true;
      offset += rest.length;
      rest = new Uint8Array();
    }
    yield events;
  }
}

const strict = new TextDecoder("utf-8", { fatal: true });

function readLine(
  events: RawEvent[],
  line: Uint8Array,
  place: string,
  onDamage: (damage: Damage) => void,
): void {
  try {
    const text = strict.decode(line);
    if (text.trim() === "") return;
    pushSound(events, eventFromJson(text), place, onDamage);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    onDamage({ place, reason });
  }
}

/** A store refuses a batch for one event that breaks a rule, so each is looked at before. */
function pushSound(
  events: RawEvent[],
  event: Event,
  place: string,
  onDamage: (damage: Damage) => void,
): void {
  try {
    events.push(toRawEvent(event));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    onDamage({ place, reason: error.message });
  }
}
