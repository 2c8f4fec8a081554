import type { PackedCounts } from "./packed_counts.ts";
import type { RightOfWay } from "../../base/right_of_way.ts";
import type { WorkerThread } from "../../base/worker_thread.ts";
import { freeBytes } from "../../base/bytes.ts";
import { CriteriaError } from "../../event/criteria.ts";
import { unpackEvents } from "../../event/packed_events.ts";
import { type EventBatch, EventReadError, EventStoreError } from "../store.ts";
import { partTransferables } from "./scan_part.ts";
import type { ScanReply, ScanRequest } from "./scan_protocol.ts";
import { startScanThread } from "./scan_thread.ts";

/** A batch with the figures up to it, or the end of a part; before them its first turn, if that is told. */
export type PartItem =
  | { readonly kind: "turn" }
  | { readonly kind: "batch"; readonly batch: EventBatch; readonly scanned: number }
  | { readonly kind: "end"; readonly scanned: number; readonly counts?: PackedCounts };

/** What a search brings. */
export type SearchItem = Exclude<PartItem, { readonly kind: "turn" }>;

/** What a thread says of a part. */
type PartReply = Extract<ScanReply, { readonly kind: "turn" | "batch" | "end" }>;

/**
 * A part of a search under way, as its reader sees it: what came and was not taken yet. Batches wait as
 * they came: as objects, which live only for a moment then, they would cost more than their bytes.
 */
export class RunningPart implements Disposable {
  readonly #post: (kind: "credit" | "cancel") => void;
  readonly #replies: (PartReply | Error)[] = [];
  #wake: (() => void) | undefined;

  constructor(post: (kind: "credit" | "cancel") => void) {
    this.#post = post;
  }

  /** For the threads. */
  put(reply: PartReply | Error): void {
    this.#replies.push(reply);
    this.#wake?.();
  }

  /** The next item; with taking it, room for another one is given. */
  async take(): Promise<PartItem> {
    while (this.#replies.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const reply = this.#replies.shift();
    if (reply instanceof Error || reply === undefined) throw reply;
    if (reply.kind !== "batch") return reply;
    this.#post("credit");
    const { events, arrivals } = reply;
    const batch = { events: unpackEvents(events), arrivals, free: () => freeBytes(events.bytes) };
    return { kind: "batch", batch, scanned: reply.scanned };
  }

  [Symbol.dispose](): void {
    this.#post("cancel");
  }
}

type PartRequest =
  | Omit<Extract<ScanRequest, { readonly kind: "search" }>, "search">
  | Omit<Extract<ScanRequest, { readonly kind: "count" }>, "search">;

/** What searches work with. */
export interface ScanContext {
  /** The database file. */
  readonly path: string;
  /** Where to give way to saves, if anybody saves here. */
  readonly rightOfWay?: RightOfWay;
  readonly onDamaged: (block: number, reason: string) => void;
}

/** A thread and how much it has to do. */
interface Lane {
  readonly thread: WorkerThread<ScanRequest>;
  parts: number;
}

/** Some threads that search a store; each is started when it is first needed. */
export class ScanThreads implements Disposable {
  readonly #path: string;
  readonly #size: number;
  readonly #rightOfWay: SharedArrayBuffer | undefined;
  readonly #onDamaged: (block: number, reason: string) => void;
  readonly #lanes: Lane[] = [];
  readonly #parts = new Map<number, RunningPart>();
  readonly #answers = new Map<number, PromiseWithResolvers<ScanReply>>();
  #lastNumber = 0;
  #closed = false;

  /** @param size How many threads there are at most. */
  constructor(size: number, { path, rightOfWay, onDamaged }: ScanContext) {
    this.#path = path;
    this.#size = size;
    this.#rightOfWay = rightOfWay?.buffer;
    this.#onDamaged = onDamaged;
  }

  /** How many threads there are at most. */
  get size(): number {
    return this.#size;
  }

  /** Asks the first thread, which is started if need be. */
  ask(request: (number: number) => ScanRequest): Promise<ScanReply> {
    this.#assertOpen();
    const number = ++this.#lastNumber;
    const answer = Promise.withResolvers<ScanReply>();
    this.#answers.set(number, answer);
    const lane = this.#lanes[0] ?? this.#start();
    lane.thread.post(request(number));
    return answer.promise;
  }

  /**
   * Starts a part of a search or of counting. Must be disposed.
   *
   * @param thread The number of the thread, from 0 up to `size`. @default {the one that has least to do}
   */
  run(request: PartRequest, thread?: number): RunningPart {
    this.#assertOpen();
    const search = ++this.#lastNumber;
    const lane = thread === undefined ? this.#idlest() : this.#lane(thread);
    const part = new RunningPart((kind) => {
      if (!this.#parts.has(search)) return;
      lane.thread.post({ kind, search });
      if (kind === "credit") return;
      this.#parts.delete(search);
      lane.parts--;
    });
    lane.parts++;
    this.#parts.set(search, part);
    lane.thread.post({ ...request, search }, partTransferables(request.part));
    return part;
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#fail(new EventStoreError("Cannot use store: it is closed"));
  }

  #assertOpen(): void {
    if (this.#closed) throw new EventStoreError("Cannot use store: it is closed");
  }

  #idlest(): Lane {
    const idlest = this.#lanes.toSorted((a, b) => a.parts - b.parts)[0];
    if (idlest === undefined) return this.#start();
    return idlest.parts > 0 && this.#lanes.length < this.#size ? this.#start() : idlest;
  }

  #lane(thread: number): Lane {
    while (this.#lanes.length < thread) this.#start();
    return this.#lanes[thread] ?? this.#start();
  }

  #start(): Lane {
    const thread = startScanThread({
      onMessage: (reply) => this.#handle(reply),
      onError: (error) => this.#fail(new EventReadError(error.message, { cause: error })),
    });
    thread.post({ kind: "open", path: this.#path, rightOfWay: this.#rightOfWay });
    const lane = { thread, parts: 0 };
    this.#lanes.push(lane);
    return lane;
  }

  #handle(reply: ScanReply): void {
    switch (reply.kind) {
      case "batch":
      case "turn":
      case "end":
        this.#parts.get(reply.search)?.put(reply);
        break;
      case "planned":
      case "count-planned":
      case "got":
      case "stats":
        this.#answers.get(reply.search)?.resolve(reply);
        this.#answers.delete(reply.search);
        break;
      case "damaged":
        this.#onDamaged(reply.block, reply.reason);
        break;
      case "error": {
        const error = this.#toError(reply);
        this.#parts.get(reply.search)?.put(error);
        this.#answers.get(reply.search)?.reject(error);
        this.#answers.delete(reply.search);
        break;
      }
    }
  }

  #toError({ fault, message }: Extract<ScanReply, { readonly kind: "error" }>): Error {
    switch (fault) {
      case "criteria":
        return new CriteriaError(message);
      case "range":
        return new RangeError(message);
      case "store":
        return new EventReadError(`Cannot search store '${this.#path}': ${message}`);
    }
  }

  /** Ends the threads and everything that waits for them; the next request starts new ones. */
  #fail(error: EventStoreError): void {
    for (const { thread } of this.#lanes.splice(0)) thread[Symbol.dispose]();
    for (const part of this.#parts.values()) part.put(error);
    this.#parts.clear();
    for (const answer of this.#answers.values()) answer.reject(error);
    this.#answers.clear();
  }
}
