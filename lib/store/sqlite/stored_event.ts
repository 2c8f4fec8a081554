import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { SharedBytes } from "./shared_bytes.ts";

/** An event with its arrival number. */
export interface StoredEvent {
  readonly event: RawEvent;
  readonly arrival: Cursor;
  /** The bytes of the event, if those who share them can give them back. */
  readonly shared?: SharedBytes;
}

/** A place in the order of events. */
export interface StoredPosition {
  readonly timestamp: number;
  readonly arrival: Cursor;
}

/** Orders events as a block holds them: by timestamp, then by arrival. */
export function compareStored(a: StoredEvent, b: StoredEvent): number {
  return a.event.timestamp - b.event.timestamp || a.arrival - b.arrival;
}
