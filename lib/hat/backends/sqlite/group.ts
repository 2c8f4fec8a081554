import type { EventId } from "../../event.ts";
import { maxPayloadBytes, type NumberedEvent, packEvents } from "./packed_events.ts";
import { type Group, MAX_PART_BYTES } from "./writer.ts";

/** Events that were registered together, and go into one commit. */
export interface Batch {
  readonly events: readonly NumberedEvent[];
  /** Types that occur for the first time: number, and name as JSON. */
  readonly newTypes: readonly (readonly [number, string])[];
}

/** Packs batches for one commit. */
export function groupOf(firstArrival: number, batches: readonly Batch[]): Group {
  const parts: NumberedEvent[][] = [];
  let part: NumberedEvent[] = [];
  let bytes = 0;
  const servers = new Map<number, EventId>();
  for (const { events } of batches) {
    for (const numbered of events) {
      const size = maxPayloadBytes(numbered.event.payload);
      if (part.length > 0 && bytes + size > MAX_PART_BYTES) {
        parts.push(part);
        part = [];
        bytes = 0;
      }
      part.push(numbered);
      bytes += size;
      servers.set(numbered.event.id.server, numbered.event.id);
    }
  }
  parts.push(part);
  return {
    firstArrival,
    parts: parts.map(packEvents),
    types: batches.flatMap(({ newTypes }) => newTypes),
    servers: [...servers.values()].map((id) => [id.server, id.session, id.instance]),
  };
}
