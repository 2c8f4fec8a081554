import type { Criteria, Cursor } from "../../event/criteria.ts";
import { CriteriaError } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { unpackEvents } from "../../event/packed_events.ts";
import { type EventBatch, EventReadError, EventStoreError, type StoreStats } from "../store.ts";
import type { WorkerThread } from "../../base/worker_thread.ts";
import type { ScanReply, ScanRequest } from "./scan_protocol.ts";
import { startScanThread } from "./scan_thread.ts";

/** A batch with the figures up to it, or the end of a search. */
export type SearchItem =
  | { readonly kind: "batch"; readonly batch: EventBatch; readonly scanned: number }
  | { readonly kind: "end"; readonly scanned: number };

/** One search as its reader sees it: items that came and were not taken yet. */
class OpenSearch {
  readonly #items: (SearchItem | Error)[] = [];
  #wake: (() => void) | undefined;

  put(item: SearchItem | Error): void {
    this.#items.push(item);
    this.#wake?.();
  }

  async take(): Promise<SearchItem> {
    while (this.#items.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const item = this.#items.shift();
    if (item instanceof Error || item === undefined) throw item;
    return item;
  }
}

/**
 * The threads that search a store: one for patterns that always end in time, one for the others, so
 * that a hostile pattern holds up nobody but its like. They are started when first needed.
 */
export class ScanPool implements Disposable {
  readonly #path: string;
  readonly #onDamaged: (block: number, reason: string) => void;
  readonly #threads = new Map<boolean, WorkerThread<ScanRequest>>();
  readonly #searches = new Map<number, OpenSearch>();
  readonly #answers = new Map<number, PromiseWithResolvers<ScanReply>>();
  #lastSearch = 0;
  #closed = false;

  constructor(path: string, onDamaged: (block: number, reason: string) => void) {
    this.#path = path;
    this.#onDamaged = onDamaged;
  }

  /**
   * Searches the store.
   *
   * @param until The last arrival number to look for.
   * @param isLinear Whether the patterns always end in time.
   * @throws {CriteriaError} When a pattern ran out of time.
   * @throws {EventReadError} When the store could not be read.
   */
  async *search(
    criteria: Criteria,
    until: Cursor,
    isLinear: boolean,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<SearchItem> {
    signal?.throwIfAborted();
    const search = ++this.#lastSearch;
    const open = new OpenSearch();
    const thread = this.#thread(isLinear);
    const onAbort = () => open.put(toError(signal?.reason));
    this.#searches.set(search, open);
    signal?.addEventListener("abort", onAbort);
    try {
      thread.post({ kind: "search", search, criteria, until });
      for (;;) {
        const item = await open.take();
        signal?.throwIfAborted();
        yield item;
        if (item.kind === "end") return;
        thread.post({ kind: "credit", search });
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      this.#searches.delete(search);
      if (!this.#closed) thread.post({ kind: "cancel", search });
    }
  }

  /**
   * The event of this id with the greatest timestamp, undefined when there is none.
   *
   * @throws {EventReadError} When the store could not be read.
   */
  async get(id: string): Promise<RawEvent | undefined> {
    const reply = await this.#ask((search) => ({ kind: "get", search, id }));
    return reply.kind === "got" ? unpackEvents(reply.events)[0] : undefined;
  }

  /** @throws {EventReadError} When the store could not be read. */
  async stats(): Promise<StoreStats> {
    const reply = await this.#ask((search) => ({ kind: "stats", search }));
    if (reply.kind !== "stats") throw new EventReadError(`Cannot read store '${this.#path}'`);
    return reply.stats;
  }

  #ask(request: (search: number) => ScanRequest): Promise<ScanReply> {
    const thread = this.#thread(true);
    const search = ++this.#lastSearch;
    const answer = Promise.withResolvers<ScanReply>();
    this.#answers.set(search, answer);
    thread.post(request(search));
    return answer.promise;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#fail(new EventStoreError("Cannot use store: it is closed"));
  }

  #thread(isLinear: boolean): WorkerThread<ScanRequest> {
    if (this.#closed) throw new EventStoreError("Cannot use store: it is closed");
    let thread = this.#threads.get(isLinear);
    if (thread === undefined) {
      thread = startScanThread({
        onMessage: (reply) => this.#handle(reply),
        onError: (error) => this.#fail(new EventReadError(error.message, { cause: error })),
      });
      thread.post({ kind: "open", path: this.#path });
      this.#threads.set(isLinear, thread);
    }
    return thread;
  }

  #handle(reply: ScanReply): void {
    switch (reply.kind) {
      case "batch": {
        const batch = { events: unpackEvents(reply.events), arrivals: reply.arrivals };
        this.#searches.get(reply.search)?.put({ kind: "batch", batch, scanned: reply.scanned });
        break;
      }
      case "end":
        this.#searches.get(reply.search)?.put(reply);
        break;
      case "got":
      case "stats":
        this.#answers.get(reply.search)?.resolve(reply);
        this.#answers.delete(reply.search);
        break;
      case "damaged":
        this.#onDamaged(reply.block, reply.reason);
        break;
      case "error": {
        const error = reply.fault === "criteria"
          ? new CriteriaError(reply.message)
          : new EventReadError(`Cannot search store '${this.#path}': ${reply.message}`);
        this.#searches.get(reply.search)?.put(error);
        this.#answers.get(reply.search)?.reject(error);
        this.#answers.delete(reply.search);
        break;
      }
    }
  }

  /** Ends the threads and everything that waits for them; the next search starts new ones. */
  #fail(error: EventStoreError): void {
    for (const thread of this.#threads.values()) thread[Symbol.dispose]();
    this.#threads.clear();
    for (const search of this.#searches.values()) search.put(error);
    this.#searches.clear();
    for (const answer of this.#answers.values()) answer.reject(error);
    this.#answers.clear();
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
