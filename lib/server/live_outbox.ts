import type { Cursor } from "../event/criteria.ts";
import type { EventBatch } from "../store/store.ts";
import { CLOSE } from "../wire/dialect.ts";
import type { CursorMessage, GapMessage } from "../wire/messages.ts";
import type { Count } from "../base/metrics/counter.ts";
import type { CollectorCounts } from "./collector_counts.ts";
import type { CollectorObserver } from "./collector_notice.ts";
import type { Connection } from "./connection.ts";
import { EventPacker } from "./event_packer.ts";
import type { CollectorLimits } from "./limits.ts";
import { SendQueue } from "./send_queue.ts";
import { type RoomOptions, StalledClientError, waitForRoom } from "./send_room.ts";

/** Bytes sent between two looks at the socket. */
const CHECK_BYTES = 64 << 10;

/** What {@linkcode LiveOutbox} works with. */
export interface LiveOutboxOptions {
  readonly limits: CollectorLimits;
  readonly observer: CollectorObserver;
  readonly counts: CollectorCounts;
}

/**
 * What goes to one live subscriber, in order and bounded.
 *
 * When it reads too slowly, events are dropped until all that waits has been sent. In `theia.v1` it is
 * then told how many, and from which cursor they can be had; a client of Theia 0.9.2 knows no such
 * message and would miss them unknowingly, so it is closed with 1013.
 */
export class LiveOutbox implements Disposable {
  readonly #connection: Connection;
  readonly #options: LiveOutboxOptions;
  readonly #packer: EventPacker | undefined;
  readonly #queue = new SendQueue();
  readonly #room: RoomOptions;
  readonly #sent: Count;
  #sending: Promise<void> | undefined;
  #unchecked = CHECK_BYTES;
  #cursor: Cursor = 0;
  #dropped = 0;

  constructor(connection: Connection, options: LiveOutboxOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#sent = options.counts.sent(connection.info.path);
    const { maxSendBufferBytes, maxLiveQueueBytes, stallMs } = options.limits;
    this.#room = {
      maxSendBufferBytes: Math.min(maxSendBufferBytes, maxLiveQueueBytes / 2),
      stallMs,
    };
    if (connection.info.dialect === "theia.v1") {
      this.#packer = new EventPacker((pack, cursor) => {
        this.#send(pack);
        this.#sendCursor(cursor);
      });
    }
  }

  /** Sends text after what waits. */
  text(message: string): void {
    this.#packer?.flush();
    this.#send(message);
  }

  /** Other criteria hold from now on: everything up to the cursor was sent, or is not asked for. */
  restart(cursor: Cursor): void {
    this.#packer?.flush();
    this.#cursor = cursor;
    // What was dropped was not asked for by these criteria.
    this.#dropped = 0;
  }

  /** Everything up to the cursor was sent by others, or is not asked for. */
  moveTo(cursor: Cursor): void {
    this.#packer?.flush();
    this.#cursor = cursor;
    if (this.#packer !== undefined) this.#sendCursor(cursor);
  }

  /** Says again how far it is, unless something is on its way to the client already. */
  heartbeat(): void {
    if (this.#packer === undefined || this.#sending !== undefined) return;
    if (this.#connection.bufferedBytes === 0) this.moveTo(this.#cursor);
  }

  /** Sends those events of a batch that have these indexes. */
  offer(batch: EventBatch, indexes: readonly number[]): void {
    const cursor = batch.arrivals.at(-1) ?? this.#cursor;
    if (this.#dropped > 0) return this.#drop(indexes.length);
    if (indexes.length > 0 && !this.#hasRoom(batch, indexes)) return this.#drop(indexes.length);
    for (const index of indexes) {
      const event = batch.events[index];
      if (event === undefined) continue;
      if (this.#packer === undefined) this.#send(event.frame());
      else this.#packer.push(event, batch.arrivals[index] ?? cursor);
    }
    this.#packer?.endBatch(cursor);
    this.#sent.value += indexes.length;
    this.#cursor = cursor;
  }

  /** Events after those offered so far were dropped elsewhere. */
  gap(dropped: number): void {
    this.#drop(dropped);
  }

  /** Sends what waits, as far as the client reads. */
  async flush(): Promise<void> {
    this.#packer?.flush();
    while (this.#sending !== undefined) await this.#sending;
  }

  [Symbol.dispose](): void {
    this.#packer?.[Symbol.dispose]();
    this.#queue.clear();
  }

  #hasRoom(batch: EventBatch, indexes: readonly number[]): boolean {
    const waiting = this.#queue.bytes + (this.#packer?.bytes ?? 0) + this.#connection.bufferedBytes;
    if (waiting === 0) return true;
    let bytes = 0;
    for (const index of indexes) bytes += batch.events[index]?.frameLength ?? 0;
    return waiting + bytes <= this.#options.limits.maxLiveQueueBytes;
  }

  #drop(count: number): void {
    const { observer } = this.#options;
    const client = this.#connection.info;
    const isFirst = this.#dropped === 0;
    this.#packer?.flush();
    this.#dropped += count;
    if (!isFirst || count === 0) return;
    const closed = this.#packer === undefined;
    observer({ kind: "slow-subscriber", client, dropped: count, closed });
    if (closed) this.#connection.close(CLOSE.TRY_AGAIN, "Too slow: events would be missing");
    else this.#sending ??= this.#sendQueued();
  }

  #sendGap(): void {
    if (this.#dropped === 0) return;
    const message: GapMessage = { gap: { dropped: this.#dropped, since: this.#cursor } };
    this.#dropped = 0;
    this.#send(JSON.stringify(message));
  }

  #sendCursor(cursor: Cursor): void {
    const message: CursorMessage = { cursor };
    this.#send(JSON.stringify(message));
  }

  /** Sends at once while there is room; what must wait is copied, as a frame may be a view into far more. */
  #send(message: string | Uint8Array): void {
    if (this.#sending === undefined && this.#sendNow(message)) return;
    this.#queue.push(typeof message === "string" ? message : message.slice());
    this.#sending ??= this.#sendQueued();
  }

  #sendNow(message: string | Uint8Array): boolean {
    if (this.#unchecked >= CHECK_BYTES) {
      if (this.#connection.bufferedBytes > this.#room.maxSendBufferBytes) return false;
      this.#unchecked = 0;
    }
    this.#connection.send(message);
    this.#unchecked += message.length;
    return true;
  }

  async #sendQueued(): Promise<void> {
    const { observer } = this.#options;
    try {
      do {
        await waitForRoom(this.#connection, this.#room, this.#connection.gone);
        this.#unchecked = 0;
        while (this.#queue.size > 0 && this.#unchecked < CHECK_BYTES) {
          this.#sendNow(this.#queue.shift() ?? "");
        }
      } while (this.#queue.size > 0);
    } catch (error) {
      this.#queue.clear();
      if (error instanceof StalledClientError) {
        observer({ kind: "stalled-client", client: this.#connection.info });
        this.#connection.close(CLOSE.TRY_AGAIN, error.message);
      }
    }
    this.#sending = undefined;
    this.#sendGap();
  }
}
