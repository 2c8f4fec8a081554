import { concatBytes } from "../base/bytes.ts";
import type { Event } from "./event.ts";
import { EventFormatError, EventReader } from "./event_reader.ts";
import type { RawEvent } from "./raw_event.ts";
import { MAX_EVENT_BYTES, serializeEvent } from "./text_format.ts";

/** Options of {@linkcode EventDecoder} and {@linkcode EventDecoderStream}. */
export interface EventDecoderOptions {
  /** Largest header plus content to take. @default {MAX_EVENT_BYTES} */
  readonly maxEventBytes?: number;
  /** Called for each run of bytes that was passed over. @default {nothing is called} */
  readonly onSkipped?: (error: EventFormatError) => void;
}

/** Decodes events from bytes that come in chunks of any size. */
export class EventDecoder {
  readonly #maxEventBytes: number;
  readonly #onSkipped: (error: EventFormatError) => void;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #needed = 0;
  #offset = 0;

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
    this.#held += chunk.length;
    if (this.#held < this.#needed) {
      this.#chunks.push(chunk.slice());
      return [];
    }
    this.#chunks.push(chunk);
    return this.#read(false);
  }

  /** The events that the end of the bytes completes; an incomplete one is reported as skipped. */
  finish(): RawEvent[] {
    return this.#read(true);
  }

  #read(final: boolean): RawEvent[] {
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : concatBytes(this.#chunks);
    const reader = new EventReader(bytes, {
      maxEventBytes: this.#maxEventBytes,
      final,
      baseOffset: this.#offset,
    });
    const events: RawEvent[] = [];
    for (const item of reader) {
      if (item instanceof EventFormatError) this.#onSkipped(item);
      else events.push(item);
    }
    const rest = bytes.slice(reader.offset);
    this.#offset += reader.offset;
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    this.#needed = reader.needed;
    return events;
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
