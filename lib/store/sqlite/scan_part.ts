import type { Cursor } from "../../event/criteria.ts";
import {
  type PackedEvents,
  packEvents,
  transferables,
  unpackEvents,
} from "../../event/packed_events.ts";
import type { BlockSpan } from "./block_summary.ts";
import type { StoredEvent } from "./stored_event.ts";

/** A part of a search: a span of time, and all that may hold events of it. */
export interface ScanPart {
  /** Least timestamp, inclusive. */
  readonly start: number;
  /** Greatest timestamp, inclusive. */
  readonly end: number;
  readonly spans: readonly BlockSpan[];
  /** Events that are not sealed yet. */
  readonly journal: readonly StoredEvent[];
}

/** A part as it is handed from thread to thread. */
export interface PackedPart {
  readonly start: number;
  readonly end: number;
  /** {@linkcode SPAN_FIELDS} of each block. */
  readonly spans: Float64Array<ArrayBuffer>;
  readonly journal: PackedEvents;
  readonly arrivals: readonly Cursor[];
}

/** What is handed over of each block. */
const SPAN_FIELDS = [
  "id",
  "minTimestamp",
  "maxTimestamp",
  "minArrival",
  "maxArrival",
  "events",
] as const satisfies readonly (keyof BlockSpan)[];

/** Makes a part ready to be handed over. */
export function packPart({ start, end, spans, journal }: ScanPart): PackedPart {
  const numbers = new Float64Array(spans.length * SPAN_FIELDS.length);
  for (const [i, span] of spans.entries()) {
    numbers.set(SPAN_FIELDS.map((field) => span[field]), i * SPAN_FIELDS.length);
  }
  return {
    start,
    end,
    spans: numbers,
    journal: packEvents(journal.map(({ event }) => event)),
    arrivals: journal.map(({ arrival }) => arrival),
  };
}

/** The part that was handed over. */
export function unpackPart({ start, end, spans, journal, arrivals }: PackedPart): ScanPart {
  return {
    start,
    end,
    spans: Array.from({ length: spans.length / SPAN_FIELDS.length }, (_, i) => {
      const [
        id = 0,
        minTimestamp = 0,
        maxTimestamp = 0,
        minArrival = 0,
        maxArrival = 0,
        events = 0,
      ] = spans.subarray(i * SPAN_FIELDS.length);
      return { id, minTimestamp, maxTimestamp, minArrival, maxArrival, events };
    }),
    journal: unpackEvents(journal).map((event, i) => ({ event, arrival: arrivals[i] ?? 0 })),
  };
}

/** The buffers to hand over with a part. */
export function partTransferables({ spans, journal }: PackedPart): ArrayBuffer[] {
  return [spans.buffer, ...transferables(journal)];
}

/** The id of the first block of a part, undefined when it has none. */
export function firstBlock({ spans }: PackedPart): number | undefined {
  return spans[0];
}
