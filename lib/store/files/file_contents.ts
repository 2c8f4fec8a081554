import { Buffer } from "node:buffer";
import { NEWLINE, RETURN } from "../../event/ascii.ts";
import { EventFormatError, EventReader } from "../../event/event_reader.ts";
import type { RawEvent } from "../../event/raw_event.ts";

/** Bytes of a data file that are no event. */
export interface Damage {
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
  /** How many events were read before. */
  readonly eventsBefore: number;
}

/** What a data file holds. */
export interface FileContents {
  readonly events: readonly RawEvent[];
  readonly damages: readonly Damage[];
  /** Where an event begins that the file ends in, undefined when there is none. */
  readonly tornAt: number | undefined;
  /** Newlines that are missing before the next event. */
  readonly missingNewlines: number;
}

const EVENT = "event:";

/**
 * Reads the bytes of a data file. Stricter than the wire: in a file every event has the preamble that
 * its sizes ask for and ends with a newline, so that a damaged size is told from a good one and does
 * not take the events after it along. Only the newline at the very end may be missing.
 *
 * The events share the buffer.
 */
export function readContents(bytes: Uint8Array): FileContents {
  const events: RawEvent[] = [];
  const damages: Damage[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let base = 0;
  let reader = newReader(bytes);

  function addDamage(offset: number, end: number, reason: string): void {
    damages.push({ offset, bytes: end - offset, reason, eventsBefore: events.length });
  }

  for (;;) {
    const before = base + reader.offset;
    const item = reader.next();
    if (item === undefined) break;
    if (item instanceof EventFormatError) {
      addDamage(base + item.offset, base + item.offset + item.skipped, item.reason);
    } else if (item.frameStart >= 0 || base + item.contentEnd === bytes.length) {
      events.push(item);
    } else {
      const start = skipLineEnds(bytes, before);
      const next = buffer.indexOf(`\n${EVENT}`, start);
      base = next < 0 ? bytes.length : next + 1;
      addDamage(start, base, "sizes do not fit the event");
      reader = newReader(bytes.subarray(base));
    }
  }
  const last = damages.at(-1);
  const isTorn = last !== undefined && last.offset + last.bytes === bytes.length &&
    startsLikeEvent(buffer, last.offset);
  return {
    events,
    damages: isTorn ? damages.slice(0, -1) : damages,
    tornAt: isTorn ? last.offset : undefined,
    missingNewlines: countMissingNewlines(bytes, events.at(-1)),
  };
}

/** A save may be as large as it likes: what is in a file was taken once. */
function newReader(bytes: Uint8Array): EventReader {
  return new EventReader(bytes, { maxEventBytes: Infinity });
}

function skipLineEnds(bytes: Uint8Array, offset: number): number {
  while (bytes[offset] === NEWLINE || bytes[offset] === RETURN) offset++;
  return offset;
}

function startsLikeEvent(buffer: Buffer, offset: number): boolean {
  return EVENT.startsWith(buffer.toString("latin1", offset, offset + EVENT.length));
}

/** An event ends with a newline, and a blank line follows it. */
function countMissingNewlines(bytes: Uint8Array, last: RawEvent | undefined): number {
  if (bytes.length === 0) return 0;
  // The events share the buffer, perhaps from some offset on; their ends tell where that is.
  const rest = last === undefined
    ? bytes.length
    : bytes.byteOffset + bytes.length - (last.buffer.byteOffset + last.contentEnd);
  if (last !== undefined && rest === 0) return 2;
  if (bytes.at(-1) !== NEWLINE) return 2;
  return last !== undefined && rest === 1 ? 1 : 0;
}
