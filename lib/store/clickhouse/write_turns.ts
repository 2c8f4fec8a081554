import type { Cursor } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { EventStoreError, EventWriteError, type SaveOptions, type SaveResult } from "../store.ts";
import { ServerError } from "./server_error.ts";
import type { Writer } from "./writer.ts";

/** Bytes of events that one insert takes, unless a single save has more. */
const MAX_GROUP_BYTES = 8 << 20;

/** A request that broke sooner than this is tried once more: a kept connection may have been closed. */
const RETRY_WITHIN_MS = 5000;

interface Save {
  readonly events: readonly RawEvent[];
  readonly bytes: number;
  readonly options: SaveOptions;
  readonly result: PromiseWithResolvers<SaveResult>;
}

/** What else is to be done in turn with the saves. */
type Task = () => Promise<void>;

/**
 * Saves and other changes of a store, one after another. Saves that come while others are under way
 * are inserted together.
 */
export class WriteTurns implements AsyncDisposable {
  readonly #name: string;
  readonly #writer: Writer;
  readonly #queue: (Save | Task)[] = [];
  #running: Promise<void> | undefined;
  #failure: EventStoreError | undefined;
  #closing: Promise<void> | undefined;

  /** @param name Of the store, for messages. */
  constructor(name: string, writer: Writer) {
    this.#name = name;
    this.#writer = writer;
  }

  /** @throws {EventStoreError} When the store is closed. */
  assertOpen(): void {
    if (this.#closing !== undefined) {
      throw new EventStoreError(`Cannot use store '${this.#name}': it is closed`);
    }
  }

  /** @throws {EventWriteError} When the events were not stored. */
  save(events: readonly RawEvent[], options: SaveOptions): Promise<SaveResult> {
    this.assertOpen();
    let bytes = 0;
    for (const event of events) bytes += event.frameLength;
    const result = Promise.withResolvers<SaveResult>();
    this.#queue.push({ events, bytes, options, result });
    this.#running ??= this.#run();
    return result.promise;
  }

  /**
   * Does something when what was called before is done.
   *
   * @throws {EventWriteError} When it failed.
   */
  take<T>(task: () => Promise<T>): Promise<T> {
    this.assertOpen();
    const result = Promise.withResolvers<T>();
    this.#queue.push(() => this.#attempt(task).then(result.resolve, result.reject));
    this.#running ??= this.#run();
    return result.promise;
  }

  /** Waits for what was called. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#running;
    // What is not settled now is settled when the store is opened again.
    if (this.#failure === undefined) await this.#writer.close().catch(() => {});
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      const next = this.#takeNext();
      if (typeof next === "function") await next();
      else await this.#save(next);
    }
    this.#running = undefined;
  }

  /** The next saves that one insert takes, or a task, which keeps its turn among them. */
  #takeNext(): Task | readonly Save[] {
    const group: Save[] = [];
    let bytes = 0;
    for (const next of this.#queue) {
      if (typeof next === "function") {
        if (group.length > 0) break;
        this.#queue.shift();
        return next;
      }
      bytes += next.bytes;
      if (group.length > 0 && bytes > MAX_GROUP_BYTES) break;
      group.push(next);
    }
    this.#queue.splice(0, group.length);
    return group;
  }

  async #save(group: readonly Save[]): Promise<void> {
    const events = group.flatMap((save) => save.events);
    try {
      const arrivals = await this.#attempt(() => this.#writer.save(events));
      let offset = 0;
      for (const save of group) {
        accept(save, arrivals.slice(offset, offset + save.events.length));
        offset += save.events.length;
      }
    } catch (error) {
      for (const { result } of group) result.reject(error);
    }
  }

  async #attempt<T>(task: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    try {
      if (this.#failure !== undefined) throw this.#failure;
      return await task().catch((cause) => {
        const isBroken = cause instanceof ServerError && cause.fate === "unknown" &&
          performance.now() - startedMs < RETRY_WITHIN_MS;
        if (!isBroken) throw cause;
        // Once only: a server that went away is not back within moments.
        return task();
      });
    } catch (cause) {
      throw this.#toError(cause);
    }
  }

  #toError(cause: unknown): unknown {
    if (cause instanceof ServerError) {
      const message = `Cannot write store '${this.#name}': ${cause.message}`;
      return new EventWriteError(message, { cause, retryable: cause.retryable });
    }
    // Another one has taken the store over, which cannot be undone.
    if (cause instanceof EventStoreError) this.#failure ??= cause;
    return cause;
  }
}

function accept(save: Save, arrivals: readonly Cursor[]): void {
  const events = save.events.filter((_, i) => arrivals[i] !== 0);
  const numbers = arrivals.filter((arrival) => arrival !== 0);
  try {
    save.options.onAccepted?.({ events, arrivals: numbers });
  } catch (error) {
    // A fault of one caller must not keep the others of the group from their results.
    save.result.reject(error);
  }
  save.result.resolve({ saved: events.length, duplicates: save.events.length - events.length });
}
