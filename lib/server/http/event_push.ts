import { sleep } from "../../base/backoff.ts";
import { RawEvent } from "../../event/raw_event.ts";
import type { ClientInfo } from "../collector_notice.ts";
import type { DoorCounts } from "../collector_counts.ts";
import type { Producer } from "../intake_budget.ts";
import { MESSAGE_OVERHEAD_BYTES, PUSH_BATCH_BYTES } from "../limits.ts";
import type { BodyItem, BodyReader } from "./body_reader.ts";
import type { HttpContext } from "./operation.ts";
import { PushResult } from "./push_result.ts";

/** How long a body is read before others get a turn, also when no event is in it. */
const TURN_MS = 10;

/** Bytes read without a look at the clock: of the shortest lines, none of them JSON, some 20 ms of work. */
const SLICE_BYTES = 8 << 10;

/** Saves of one body under way at once, so that the store commits one while it syncs another. */
const MAX_SAVES = 3;

/** The collector holds too much that is not saved yet: the rest of a body is not taken. */
export class PushOverloadError extends Error {
  override readonly name = "PushOverloadError";
}

/** What pushing works with. */
type PushContext = Pick<HttpContext, "budget" | "counts" | "ingest" | "observer">;

interface Batch {
  readonly events: RawEvent[];
  bytes: number;
}

/**
 * Saves the events of a body while it is read: what is read while a save is under way is saved
 * together. No more is read ahead than a few batches.
 */
export class EventPush implements Producer {
  pendingBytes = 0;
  readonly result = new PushResult();
  readonly #reader: BodyReader;
  readonly #client: ClientInfo;
  readonly #context: PushContext;
  readonly #received: DoorCounts;
  #batch: Batch = { events: [], bytes: 0 };
  #index = 0;
  readonly #saves = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #lastTurn = performance.now();

  constructor(reader: BodyReader, client: ClientInfo, context: PushContext) {
    this.#reader = reader;
    this.#client = client;
    this.#context = context;
    this.#received = context.counts.door(client.path, "http");
  }

  /**
   * Reads a body to its end and saves its events. What was read before an error is saved, too, unless
   * saving is what failed.
   *
   * @throws {PushOverloadError} When too much waits to be saved.
   * @throws What reading the body or saving throws.
   */
  async run(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of pieces) await this.#take(piece);
      this.#add(this.#reader.finish());
    } finally {
      await this.#saveRest();
    }
    this.#throwFailure();
  }

  /** Not called: nothing of it goes through a shared save. */
  fail(reason: string): void {
    this.overload(reason);
  }

  overload(reason: string): void {
    const { observer } = this.#context;
    const { pendingBytes } = this;
    observer({ kind: "producer-overload", client: this.#client, pendingBytes });
    this.#failure ??= { error: new PushOverloadError(reason) };
  }

  async #take(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; at += SLICE_BYTES) {
      if (at > 0) await this.#giveTurn();
      this.#add(this.#reader.push(piece.subarray(at, at + SLICE_BYTES)));
    }
    this.#throwFailure();
    const isFull = this.#batch.bytes >= PUSH_BATCH_BYTES;
    if (isFull && this.#saves.size >= MAX_SAVES) await Promise.race(this.#saves);
    if (isFull || this.#saves.size === 0) this.#beginSave();
    await this.#giveTurn();
  }

  async #giveTurn(): Promise<void> {
    if (performance.now() - this.#lastTurn < TURN_MS) return;
    await sleep(0);
    this.#lastTurn = performance.now();
  }

  #add(items: readonly BodyItem[]): void {
    const batch = this.#batch;
    for (const item of items) {
      if (item instanceof RawEvent) {
        batch.events.push(item);
        batch.bytes += item.frameLength;
      } else {
        this.result.rejected(this.#index, item.reason);
      }
      this.#index++;
    }
  }

  #beginSave(): void {
    if (this.#batch.events.length === 0) return;
    const save = this.#save().finally(() => this.#saves.delete(save));
    this.#saves.add(save);
  }

  /** Never rejects. */
  async #save(): Promise<void> {
    const { ingest, budget } = this.#context;
    const { events, bytes } = this.#batch;
    this.#batch = { events: [], bytes: 0 };
    this.#received.events.value += events.length;
    this.#received.bytes.value += bytes;
    const cost = bytes + MESSAGE_OVERHEAD_BYTES;
    // A refusal calls `overload`.
    if (!budget.take(this, cost)) return;
    try {
      const { saved, duplicates } = await ingest.save(events);
      this.result.saved(saved, duplicates);
    } catch (error) {
      this.#failure ??= { error };
    } finally {
      budget.release(this, cost);
    }
  }

  async #saveRest(): Promise<void> {
    if (this.#failure === undefined) this.#beginSave();
    await Promise.all(this.#saves);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
