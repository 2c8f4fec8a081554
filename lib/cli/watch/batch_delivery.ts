import type { Client } from "../../client/client.ts";
import type { PushResult } from "../../client/push_result.ts";
import type { Checkpoint } from "../../tail/checkpoint/checkpoint.ts";
import type { RecordedBatch } from "../../tail/checkpoint/recorded_batch.ts";
import type { WatchedBatch } from "../../tail/watched_batch.ts";
import type { RejectedEvents } from "../rejected_events.ts";

/**
 * Batches that are read and not sent yet: they wait for the sync of the checkpoint, one for all of
 * them, and keep the next message full.
 */
const MAX_RECORDING = 16;

/** What became of what was read. */
export interface DeliveryCounts {
  /** Events read. */
  readonly read: number;
  /** Events stored that were not before. */
  readonly stored: number;
  /** Events that were stored already. */
  readonly duplicates: number;
  /** Events that the collector refused for good. */
  readonly rejected: number;
  /** Bytes of files, read for the first time, that became events. */
  readonly bytes: number;
  /** Those of them whose events are stored or refused. */
  readonly deliveredBytes: number;
}

/** What was read and is not acknowledged. */
export type Undelivered = Pick<RecordedBatch, "path" | "timestamp" | "spans"> & {
  /** The id of its record, where an earlier run made it. */
  readonly id?: number;
};

/** Nothing was read yet. */
export const NO_COUNTS: DeliveryCounts = {
  read: 0,
  stored: 0,
  duplicates: 0,
  rejected: 0,
  bytes: 0,
  deliveredBytes: 0,
};

/** What a {@linkcode BatchDelivery} works with. */
export interface DeliveryParts {
  readonly client: Pick<Client, "ready" | "send">;
  readonly checkpoint: Pick<Checkpoint, "record" | "settle">;
  readonly rejected: Pick<RejectedEvents, "keep">;
  /** What an earlier run left, which is to be taken first. @default {[]} */
  readonly unsettled?: readonly RecordedBatch[];
}

/**
 * Gets batches to a collector, each event once: a batch is recorded in the checkpoint before it is
 * sent, and settled there when it is acknowledged. Only what the client's window takes, and a few
 * batches besides, are in memory.
 */
export class BatchDelivery {
  readonly #parts: DeliveryParts;
  readonly #unfinished = new Set<Promise<void>>();
  #recording = 0;
  #sending: Promise<void> = Promise.resolve();
  #roomForRecord: PromiseWithResolvers<void> | undefined;
  readonly #counts: { -readonly [K in keyof DeliveryCounts]: number } = { ...NO_COUNTS };
  readonly #undelivered = new Set<Undelivered>();
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    for (const batch of parts.unsettled ?? []) this.#undelivered.add(batch);
  }

  /** Figures up to now. */
  get counts(): DeliveryCounts {
    return { ...this.#counts };
  }

  /** How many events are neither stored nor refused. */
  get pending(): number {
    const { read, stored, duplicates, rejected } = this.#counts;
    return read - stored - duplicates - rejected;
  }

  /** What was read and is not acknowledged, with what an earlier run left. */
  undelivered(): Iterable<Undelivered> {
    return this.#undelivered.values();
  }

  /**
   * Takes all batches, the next one when there is room for it; resolves when the last one is sent.
   *
   * @throws What recording or sending one of them threw.
   */
  async take(batches: AsyncIterable<WatchedBatch>): Promise<void> {
    for await (const batch of batches) {
      await this.#add(batch);
      if (this.#failure !== undefined) throw this.#failure.error;
    }
    await this.#sending;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /**
   * Resolves when everything that was sent is acknowledged, and settled.
   *
   * @throws What recording or sending threw.
   */
  async finish(): Promise<void> {
    await this.#sending;
    await Promise.all(this.#unfinished);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #add(batch: WatchedBatch): Promise<void> {
    while (this.#recording >= MAX_RECORDING && this.#failure === undefined) {
      this.#roomForRecord ??= Promise.withResolvers();
      await this.#roomForRecord.promise;
    }
    this.#recording++;
    this.#counts.read += batch.events.length;
    if (batch.repeats === undefined) this.#counts.bytes += bytesOf(batch);
    for (const left of batch.repeats === undefined ? [] : this.#undelivered) {
      if (left.id === batch.repeats) this.#undelivered.delete(left);
    }
    this.#undelivered.add(batch);
    const recorded = this.#record(batch);
    this.#sending = this.#sending
      .then(() => this.#send(batch, recorded))
      .catch((error) => void (this.#failure ??= { error }))
      .finally(() => this.#leaveRecording());
  }

  #leaveRecording(): void {
    this.#recording--;
    this.#roomForRecord?.resolve();
    this.#roomForRecord = undefined;
  }

  /** The id of the record; none for what can be read but once. */
  #record({ path, timestamp, spans, repeats }: WatchedBatch): Promise<number | undefined> {
    if (repeats !== undefined || spans.length === 0) return Promise.resolve(repeats);
    const recorded = this.#parts.checkpoint.record({ path, timestamp, spans });
    // Whoever waits for it hears of a failure; nobody may be there yet.
    recorded.catch(() => {});
    return recorded;
  }

  async #send(batch: WatchedBatch, recorded: Promise<number | undefined>): Promise<void> {
    const id = await recorded;
    if (this.#failure !== undefined) return;
    await this.#parts.client.ready();
    const unfinished = this.#push(batch, id).finally(() => this.#unfinished.delete(unfinished));
    this.#unfinished.add(unfinished);
  }

  async #push(batch: WatchedBatch, id: number | undefined): Promise<void> {
    const { events } = batch;
    try {
      const result = await this.#parts.client.send(events);
      this.#count(result);
      await this.#parts.rejected.keep(events, result.rejected);
      if (id !== undefined) this.#parts.checkpoint.settle(id);
      this.#undelivered.delete(batch);
      if (batch.repeats === undefined) this.#counts.deliveredBytes += bytesOf(batch);
    } catch (error) {
      this.#failure ??= { error };
      this.#roomForRecord?.resolve();
    }
  }

  #count({ events, duplicates, rejected }: PushResult): void {
    this.#counts.stored += events;
    this.#counts.duplicates += duplicates;
    this.#counts.rejected += rejected.length;
  }
}

/** How many bytes of files they are. */
export function bytesOf({ spans }: Pick<WatchedBatch, "spans">): number {
  return spans.reduce((sum, { from, to }) => sum + Math.max(0, to.offset - from), 0);
}
