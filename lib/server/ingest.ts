import { Backoff, sleep } from "../base/backoff.ts";
import type { RawEvent } from "../event/raw_event.ts";
import {
  type EventBatch,
  type EventStore,
  EventWriteError,
  type SaveResult,
} from "../store/store.ts";
import type { CollectorObserver } from "./collector_notice.ts";
import type { IntakeBudget, Producer } from "./intake_budget.ts";

/** What of a store the doors need. */
export type EventSink = Pick<EventStore, "save">;

/** Bytes saved together: a store takes them at once, and live subscribers get them at once. */
const MAX_GROUP_BYTES = 8 << 20;

/**
 * Longest wait before events that could not be saved are saved again: within a second of space coming
 * back they are stored, also when the store was asked just before.
 */
const MAX_RETRY_MS = 500;

/** Consecutive messages of one producer within a group. */
interface Share {
  readonly producer: Producer;
  bytes: number;
}

interface Group {
  readonly events: RawEvent[];
  readonly shares: Share[];
  bytes: number;
}

/** What {@linkcode Ingest} works with. */
export interface IngestOptions {
  readonly sink: EventSink;
  readonly budget: IntakeBudget;
  /** Takes what a save accepted, before it is on disk. */
  readonly onAccepted: (batch: EventBatch) => void;
  readonly observer: CollectorObserver;
}

/**
 * Hands events to the store.
 *
 * Events of producers that wait for no answer are gathered while a save is under way and saved
 * together. When that fails but may succeed later they are kept and saved again; when it cannot
 * succeed, or when the collector stops, their producers are told.
 */
export class Ingest {
  readonly #options: IngestOptions;
  readonly #stopping = new AbortController();
  #groups: Group[] = [];
  #running: Promise<void> | undefined;

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Takes events of a producer that waits for no answer; `bytes` were taken from the budget for them. */
  push(producer: Producer, events: readonly RawEvent[], bytes: number): void {
    let group = this.#groups.at(-1);
    if (group === undefined || group.bytes >= MAX_GROUP_BYTES) {
      group = { events: [], shares: [], bytes: 0 };
      this.#groups.push(group);
    }
    for (const event of events) group.events.push(event);
    group.bytes += bytes;
    const share = group.shares.at(-1);
    if (share?.producer === producer) share.bytes += bytes;
    else group.shares.push({ producer, bytes });
    this.#running ??= this.#run();
  }

  /**
   * Saves events at once, on their own.
   *
   * @throws {EventWriteError} As the store does; the observer was told.
   */
  async save(events: readonly RawEvent[]): Promise<SaveResult> {
    try {
      return await this.#options.sink.save(events, { onAccepted: this.#options.onAccepted });
    } catch (error) {
      this.#options.observer({
        kind: "save-failed",
        events: events.length,
        retrying: false,
        error,
      });
      throw error;
    }
  }

  /** Resolves when all that was pushed is saved or was answered; nothing is waited for to be retried. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#groups.length > 0) {
      // A turn of the event loop lets the messages that arrived meanwhile join the group.
      await sleep(0);
      const group = this.#groups.shift();
      if (group !== undefined) await this.#saveGroup(group);
    }
    this.#running = undefined;
  }

  async #saveGroup(group: Group): Promise<void> {
    const { sink, budget, onAccepted, observer } = this.#options;
    const backoff = new Backoff({ maxDelayMs: MAX_RETRY_MS });
    for (;;) {
      try {
        await sink.save(group.events, { onAccepted });
        break;
      } catch (error) {
        const retrying = isRetryable(error) && !this.#stopping.signal.aborted;
        observer({ kind: "save-failed", events: group.events.length, retrying, error });
        if (!retrying) {
          for (const { producer } of group.shares) producer.fail(describeSaveError(error));
          break;
        }
        await backoff.sleep(backoff.next(), this.#stopping.signal).catch(() => {});
      }
    }
    for (const { producer, bytes } of group.shares) budget.release(producer, bytes);
  }
}

/** Whether saving the same events again may succeed. */
export function isRetryable(error: unknown): boolean {
  return error instanceof EventWriteError && error.retryable;
}

/** What a producer is told. */
export function describeSaveError(error: unknown): string {
  return error instanceof EventWriteError
    ? error.message
    : "Cannot store events: the store failed; see the collector's messages";
}
