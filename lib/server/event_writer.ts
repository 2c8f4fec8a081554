import { concatBytes } from "../base/bytes.ts";
import type { RawEvent } from "../event/raw_event.ts";
import { MAX_PACKED_BYTES } from "../wire/dialect.ts";
import type { CollectorCounts } from "./collector_counts.ts";
import type { Connection } from "./connection.ts";
import type { CollectorLimits } from "./limits.ts";
import { waitForRoom } from "./send_room.ts";
import type { SendWindow } from "./send_window.ts";

/** Bytes sent between two looks at the socket. */
const CHECK_BYTES = 64 << 10;

/** What {@linkcode EventWriter} works with. */
export interface EventWriterOptions {
  readonly limits: CollectorLimits;
  /** How far ahead of the client it may be. */
  readonly window: SendWindow;
  readonly counts: CollectorCounts;
}

/** Sends found events in the connection's dialect, no faster than the client reads and takes them. */
export class EventWriter {
  readonly #connection: Connection;
  readonly #options: EventWriterOptions;
  readonly #signal: AbortSignal;
  #unchecked = CHECK_BYTES;

  /** @param signal Ends a wait for the client. */
  constructor(connection: Connection, options: EventWriterOptions, signal: AbortSignal) {
    this.#connection = connection;
    this.#options = options;
    this.#signal = signal;
  }

  /**
   * Resolves when all but a bounded amount has left.
   *
   * @throws {StalledClientError} When the client reads nothing, or says nothing about its window.
   * @throws The signal's reason.
   */
  async write(events: readonly RawEvent[]): Promise<void> {
    const { limits, window, counts } = this.#options;
    counts.sent(this.#connection.info.path).value += events.length;
    const packs = this.#connection.info.dialect === "theia.v1";
    for (const message of packs ? packFrames(events) : frames(events)) {
      if (this.#unchecked >= CHECK_BYTES) {
        this.#signal.throwIfAborted();
        const { maxSendBufferBytes, maxSilenceMs } = limits;
        const stallMs = window.isGiven ? maxSilenceMs : limits.stallMs;
        await waitForRoom(this.#connection, { maxSendBufferBytes, stallMs }, this.#signal);
        this.#unchecked = 0;
      }
      await window.room(this.#signal);
      this.#connection.send(message);
      this.#unchecked += message.length;
    }
  }
}

function* frames(events: readonly RawEvent[]): Generator<Uint8Array> {
  for (const event of events) yield event.frame();
}

/** Messages of whole events, as long as allowed; an event that is longer is alone in its own. */
function* packFrames(events: readonly RawEvent[]): Generator<Uint8Array> {
  let pack: Uint8Array[] = [];
  let bytes = 0;
  for (const event of events) {
    const frame = event.frame();
    if (bytes + frame.length > MAX_PACKED_BYTES && pack.length > 0) {
      yield concatBytes(pack);
      pack = [];
      bytes = 0;
    }
    pack.push(frame);
    bytes += frame.length;
  }
  if (pack.length > 0) yield concatBytes(pack);
}
