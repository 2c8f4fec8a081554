import { RawEvent } from "./raw_event.ts";

/**
 * Events in two buffers, as they are handed from thread to thread without being read again.
 *
 * `bytes` holds the frames one after another, which is also what a file or a `theia.v1` message of
 * these events holds.
 */
export interface PackedEvents {
  readonly count: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** {@linkcode SPAN_FIELDS} numbers per event. */
  readonly spans: Uint32Array<ArrayBuffer>;
  /** One per event. */
  readonly timestamps: Float64Array<ArrayBuffer>;
}

/** Per event: frame start, header start, content start, content end, id start, id end. */
export const SPAN_FIELDS = 6;

/**
 * Copies events into one buffer. Frames that follow each other in a buffer, as those of a message do,
 * are copied together.
 */
export function packEvents(events: readonly RawEvent[]): PackedEvents {
  let length = 0;
  for (const event of events) length += event.frameLength;
  const bytes = new Uint8Array(length);
  const spans = new Uint32Array(events.length * SPAN_FIELDS);
  const timestamps = new Float64Array(events.length);
  const run = new FrameRun(bytes);
  let offset = 0;
  for (let i = 0, at = 0; i < events.length; i++, at += SPAN_FIELDS) {
    const event = events[i];
    if (event === undefined) continue;
    run.add(event);
    const end = offset + event.frameLength;
    // The frame ends with the content and a newline, whatever the preamble's length.
    const shift = end - 1 - event.contentEnd;
    spans[at] = offset;
    spans[at + 1] = event.headerStart + shift;
    spans[at + 2] = event.contentStart + shift;
    spans[at + 3] = event.contentEnd + shift;
    spans[at + 4] = event.idStart + shift;
    spans[at + 5] = event.idEnd + shift;
    timestamps[i] = event.timestamp;
    offset = end;
  }
  run.flush();
  return { count: events.length, bytes, spans, timestamps };
}

/** Frames that lie one after another in one buffer and are still to be copied. */
class FrameRun {
  readonly #target: Uint8Array;
  #offset = 0;
  #buffer: Uint8Array | undefined;
  #start = 0;
  #end = 0;

  constructor(target: Uint8Array) {
    this.#target = target;
  }

  add(event: RawEvent): void {
    const { frameStart, buffer } = event;
    if (frameStart < 0) {
      this.flush();
      this.#copy(event.frame());
      return;
    }
    if (buffer !== this.#buffer || frameStart !== this.#end) {
      this.flush();
      this.#buffer = buffer;
      this.#start = frameStart;
    }
    this.#end = event.contentEnd + 1;
  }

  flush(): void {
    if (this.#buffer !== undefined) this.#copy(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = undefined;
  }

  #copy(frames: Uint8Array): void {
    this.#target.set(frames, this.#offset);
    this.#offset += frames.length;
  }
}

/** The events, which share the buffer. */
export function unpackEvents(packed: PackedEvents): RawEvent[] {
  const { count, bytes, spans, timestamps } = packed;
  const events: RawEvent[] = [];
  for (let i = 0, at = 0; i < count; i++, at += SPAN_FIELDS) {
    events.push(
      new RawEvent(bytes, {
        frameStart: spans[at] ?? 0,
        headerStart: spans[at + 1] ?? 0,
        contentStart: spans[at + 2] ?? 0,
        contentEnd: spans[at + 3] ?? 0,
        idStart: spans[at + 4] ?? 0,
        idEnd: spans[at + 5] ?? 0,
        timestamp: timestamps[i] ?? 0,
      }),
    );
  }
  return events;
}

/** The buffers to hand over with a message to another thread. */
export function transferables(packed: PackedEvents): ArrayBuffer[] {
  return [packed.bytes.buffer, packed.spans.buffer, packed.timestamps.buffer];
}
