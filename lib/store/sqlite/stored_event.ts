import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";

/** An event with its arrival number. */
export interface StoredEvent {
  readonly event: RawEvent;
  readonly arrival: Cursor;
}

/** Orders events as a block holds them: by timestamp, then by arrival. */
export function compareStored(a: StoredEvent, b: StoredEvent): number {
  return a.event.timestamp - b.event.timestamp || a.arrival - b.arrival;
}
