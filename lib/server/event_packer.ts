import { concatBytes } from "../base/bytes.ts";
import type { Cursor } from "../event/criteria.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { LIVE_FLUSH_MS, MAX_PACKED_BYTES } from "../wire/dialect.ts";

/** Takes a message of packed events, complete up to the cursor. */
export type PackListener = (pack: Uint8Array, cursor: Cursor) => void;

/**
 * Packs live events into messages: at once when nothing was sent for {@linkcode LIVE_FLUSH_MS}, else
 * when that time is over or a message is full.
 */
export class EventPacker implements Disposable {
  readonly #onPack: PackListener;
  #frames: Uint8Array[] = [];
  #bytes = 0;
  #cursor: Cursor = 0;
  #lastFlush = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onPack: PackListener) {
    this.#onPack = onPack;
  }

  /** Bytes that wait to be packed. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an event. */
  push(event: RawEvent, arrival: Cursor): void {
    const frame = event.frame();
    if (this.#bytes + frame.length > MAX_PACKED_BYTES) this.flush();
    this.#frames.push(frame);
    this.#bytes += frame.length;
    this.#cursor = arrival;
  }

  /** The last of what arrived together was pushed: events up to `cursor` were looked at. */
  endBatch(cursor: Cursor): void {
    if (this.#frames.length === 0) return;
    this.#cursor = cursor;
    const wait = this.#lastFlush + LIVE_FLUSH_MS - performance.now();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait);
  }

  /** Packs what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#frames.length === 0) return;
    const pack = concatBytes(this.#frames);
    this.#frames = [];
    this.#bytes = 0;
    this.#lastFlush = performance.now();
    this.#onPack(pack, this.#cursor);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#frames = [];
    this.#bytes = 0;
  }
}
