import { ByteGatherer } from "../base/byte_gatherer.ts";
import type { Event } from "./event.ts";
import { NEWLINE } from "./ascii.ts";
import { EventFormatError, EventReader, NO_PREAMBLE } from "./event_reader.ts";
import type { RawEvent } from "./raw_event.ts";
import { MAX_EVENT_BYTES, serializeEvent } from "./text_format.ts";

/** Options of {@linkcode EventDecoder} and {@linkcode EventDecoderStream}. */
export interface EventDecoderOptions {
  /** Largest header plus content to take. @default {MAX_EVENT_BYTES} */
  readonly maxEventBytes?: number;
  /** Called for each run of bytes that was passed over. @default {nothing is called} */
  readonly onSkipped?: (error: EventFormatError) => void;
}

/** An event, or bytes that were passed over. */
export type DecodedItem = RawEvent | EventFormatError;

/** Decodes events from bytes that come in chunks of any size. */
export class EventDecoder {
  readonly #maxEventBytes: number;
  readonly #onSkipped: (error: EventFormatError) => void;
  readonly #held = new ByteGatherer();
  #needed = 0;
  #offset = 0;
  #isInLine = false;

  /** A decoder that holds nothing yet. */
  constructor(options: EventDecoderOptions = {}) {
    this.#maxEventBytes = options.maxEventBytes ?? MAX_EVENT_BYTES;
    this.#onSkipped = options.onSkipped ?? (() => {});
  }

  /**
   * The events that are complete with this chunk.
   *
   * The events may share the chunk's buffer: read them before it is used again, or hand over a copy.
   * What is held back is copied. An event that spans many chunks is looked at again only when as many
   * bytes have come as its sizes ask for, so that tiny chunks do not cost quadratic time.
   */
  push(chunk: Uint8Array): RawEvent[] {
    return this.#eventsOf(this.pushItems(chunk));
  }

  /** The events that the end of the bytes completes; an incomplete one is reported as skipped. */
  finish(): RawEvent[] {
    return this.#eventsOf(this.finishItems());
  }

  /** As {@linkcode EventDecoder.push}, with what was passed over in its place instead of a call. */
  pushItems(chunk: Uint8Array): DecodedItem[] {
    if (this.#held.length === 0 && chunk.length >= this.#needed) return this.#read(chunk, false);
    this.#held.add(chunk);
    return this.#held.length < this.#needed ? [] : this.#read(this.#held.take(), false);
  }

  /** As {@linkcode EventDecoder.finish}, with what was passed over in its place instead of a call. */
  finishItems(): DecodedItem[] {
    return this.#read(this.#held.take(), true);
  }

  #eventsOf(items: readonly DecodedItem[]): RawEvent[] {
    const events: RawEvent[] = [];
    for (const item of items) {
      if (item instanceof EventFormatError) this.#onSkipped(item);
      else events.push(item);
    }
    return events;
  }

  #read(all: Uint8Array, final: boolean): DecodedItem[] {
    const items: DecodedItem[] = [];
    const start = this.#isInLine ? this.#passOverLine(all, items) : 0;
    const bytes = all.subarray(start);
    const reader = new EventReader(bytes, {
      maxEventBytes: this.#maxEventBytes,
      final,
      baseOffset: this.#offset,
    });
    for (const item of reader) items.push(item);
    if (reader.offset > 0) {
      const isPassedOver = items.at(-1) instanceof EventFormatError;
      this.#isInLine = isPassedOver && bytes[reader.offset - 1] !== NEWLINE;
    }
    this.#held.add(bytes.subarray(reader.offset));
    this.#offset += reader.offset;
    this.#needed = reader.needed;
    return items;
  }

  /** An event begins at the start of a line: what was passed over goes on to the end of its line. */
  #passOverLine(bytes: Uint8Array, items: DecodedItem[]): number {
    const newline = bytes.indexOf(NEWLINE);
    const count = newline < 0 ? bytes.length : newline + 1;
    if (count > 0) items.push(new EventFormatError(this.#offset, count, NO_PREAMBLE));
    this.#offset += count;
    this.#isInLine = newline < 0;
    return count;
  }
}

/**
 * Bytes in, events out.
 *
 * @example
 * ```ts
 * import { EventDecoderStream } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const body = new Response("event: 34 32 2\nid:a\ntimestamp: 1.5\nsource:cron\nhi\n").body!;
 * const events = await Array.fromAsync(body.pipeThrough(new EventDecoderStream()));
 * assert.equal(events[0]?.content, "hi");
 * ```
 */
export class EventDecoderStream extends TransformStream<Uint8Array, RawEvent> {
  /** See {@linkcode EventDecoderOptions}. */
  constructor(options: EventDecoderOptions = {}) {
    const decoder = new EventDecoder(options);
    super({
      transform(chunk, controller) {
        for (const event of decoder.push(chunk)) controller.enqueue(event);
      },
      flush(controller) {
        for (const event of decoder.finish()) controller.enqueue(event);
      },
    });
  }
}

/**
 * Events in, bytes in Theia's text format out.
 *
 * @example
 * ```ts
 * import { createEvent, EventEncoderStream } from "@theia/collector/event";
 * import assert from "node:assert/strict";
 *
 * const event = createEvent({ id: "a", timestamp: 1, content: "hi" });
 * const text = await new Response(ReadableStream.from([event]).pipeThrough(new EventEncoderStream())).text();
 * assert.equal(text, "event: 42 40 2\nid:a\ntimestamp: 1.0000000\nsource:\ntags:\nhi\n");
 * ```
 */
export class EventEncoderStream extends TransformStream<Event, Uint8Array> {
  /** Takes no options: there is one way to write an event. */
  constructor() {
    super({
      transform(event, controller) {
        controller.enqueue(serializeEvent(event));
      },
    });
  }
}
