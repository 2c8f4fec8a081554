import { RightOfWay } from "../../base/right_of_way.ts";
import {
  runAsWorker,
  startWorker,
  type WorkerPort,
  type WorkerThread,
} from "../../base/worker_thread.ts";
import type { WorkerListeners } from "../../base/worker_thread.ts";
import { CriteriaError } from "../../event/criteria.ts";
import { packEvents, transferables } from "../../event/packed_events.ts";
import type { StoredEvent } from "./stored_event.ts";
import { Database } from "./database.ts";
import { findById } from "./find_by_id.ts";
import { IdIndex } from "./id_index.ts";
import { Scan, type ScanStep } from "./scan.ts";
import { packPart, partTransferables, unpackPart } from "./scan_part.ts";
import { planScan } from "./scan_plan.ts";
import { type ScanReply, type ScanRequest, SEARCH_CREDITS } from "./scan_protocol.ts";
import { SpanCache } from "./span_cache.ts";
import { readStats } from "./store_stats.ts";

const WORKER_NAME = "theia-scan";

/** Bytes and events after which found events are handed over as a batch. */
const BATCH_BYTES = 256 << 10;
const BATCH_EVENTS = 2048;

/** How long found events wait for more of them before they are handed over. */
const BATCH_WAIT_MS = 50;

/**
 * How long a step of a search, which takes one or two milliseconds, waits for saves that are under way:
 * when they never end, searches go on at a third of their pace.
 */
const MAX_WAY_MS = 4;

/** Starts a thread that searches a store; its first message must be `open`. */
export function startScanThread(
  listeners: WorkerListeners<ScanReply>,
): WorkerThread<ScanRequest> {
  return startWorker(import.meta.url, WORKER_NAME, listeners);
}

/** A search under way in this thread. */
class RunningSearch {
  credits = SEARCH_CREDITS;
  readonly #id: number;
  readonly #steps: Iterator<ScanStep>;
  readonly #post: (reply: ScanReply, transfer?: Transferable[]) => void;
  #found: StoredEvent[] = [];
  #foundBytes = 0;
  #scanned = 0;
  #lastBatch = performance.now();

  constructor(
    id: number,
    scan: Scan,
    post: (reply: ScanReply, transfer?: Transferable[]) => void,
  ) {
    this.#id = id;
    this.#steps = scan.steps();
    this.#post = post;
  }

  /** Does one step; false when the search has ended. */
  step(): boolean {
    const { done, value } = this.#steps.next();
    if (done) {
      this.#postBatch();
      this.#post({ kind: "end", search: this.#id, scanned: this.#scanned });
      return false;
    }
    this.#scanned += value.scanned;
    if (value.damaged !== undefined) this.#post({ kind: "damaged", ...value.damaged });
    this.#add(value.found);
    return true;
  }

  #add(found: readonly StoredEvent[]): void {
    for (const stored of found) {
      this.#found.push(stored);
      this.#foundBytes += stored.event.frameLength;
      if (this.#foundBytes >= BATCH_BYTES || this.#found.length >= BATCH_EVENTS) this.#postBatch();
    }
    if (performance.now() - this.#lastBatch > BATCH_WAIT_MS) this.#postBatch();
  }

  #postBatch(): void {
    this.#lastBatch = performance.now();
    if (this.#found.length === 0) return;
    const events = packEvents(this.#found.map((stored) => stored.event));
    const arrivals = this.#found.map((stored) => stored.arrival);
    this.#found = [];
    this.#foundBytes = 0;
    this.credits--;
    this.#post(
      { kind: "batch", search: this.#id, events, arrivals, scanned: this.#scanned },
      transferables(events),
    );
  }
}

/** Runs the searches of this thread in turns, a step each, as long as their readers keep up. */
class ScanThread {
  readonly #port: WorkerPort<ScanRequest, ScanReply>;
  readonly #searches = new Map<number, RunningSearch>();
  /** A message to itself lets messages from outside in between two steps. */
  readonly #turns = new MessageChannel();
  #database: Database | undefined;
  #ids: IdIndex | undefined;
  #spans: SpanCache | undefined;
  #rightOfWay: RightOfWay | undefined;
  #isTurnDue = false;

  constructor(port: WorkerPort<ScanRequest, ScanReply>) {
    this.#port = port;
    this.#turns.port1.onmessage = () => this.#takeTurn();
    port.onMessage((request) => this.#handle(request));
  }

  #handle(request: ScanRequest): void {
    switch (request.kind) {
      case "open":
        this.#database = Database.openForReading(request.path);
        this.#rightOfWay = request.rightOfWay && new RightOfWay(request.rightOfWay);
        break;
      case "plan":
        this.#attempt(request.search, (database) => {
          const spans = this.#spans ??= new SpanCache(database);
          const parts = planScan(database, request.criteria, spans).map(packPart);
          const reply = { kind: "planned", search: request.search, parts } as const;
          this.#port.post(reply, parts.flatMap(partTransferables));
        });
        break;
      case "search":
        this.#attempt(request.search, (database) => {
          const part = unpackPart(request.part);
          const scan = new Scan(database, request.criteria, request.until, part);
          const post = this.#port.post.bind(this.#port);
          this.#searches.set(request.search, new RunningSearch(request.search, scan, post));
        });
        break;
      case "credit": {
        const search = this.#searches.get(request.search);
        if (search !== undefined) search.credits++;
        break;
      }
      case "cancel":
        this.#searches.delete(request.search);
        break;
      case "get":
        this.#attempt(request.search, (database) => {
          const index = this.#ids ??= new IdIndex(database);
          const found = findById(database, index, request.id);
          const events = packEvents(found === undefined ? [] : [found]);
          this.#port.post({ kind: "got", search: request.search, events }, transferables(events));
        });
        break;
      case "stats":
        this.#attempt(request.search, (database) => {
          this.#port.post({ kind: "stats", search: request.search, stats: readStats(database) });
        });
        break;
    }
    this.#scheduleTurn();
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    for (const [id, search] of this.#searches) {
      if (search.credits <= 0) continue;
      this.#rightOfWay?.giveWay(MAX_WAY_MS);
      this.#attempt(id, () => {
        if (!search.step()) this.#searches.delete(id);
      });
    }
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#isTurnDue) return;
    for (const { credits } of this.#searches.values()) {
      if (credits <= 0) continue;
      this.#isTurnDue = true;
      this.#turns.port2.postMessage(undefined);
      return;
    }
  }

  #attempt(search: number, run: (database: Database) => void): void {
    try {
      if (this.#database === undefined) throw new Error("the store is not open");
      run(this.#database);
    } catch (error) {
      this.#searches.delete(search);
      const message = error instanceof Error ? error.message : String(error);
      const fault = error instanceof CriteriaError ? "criteria" : "store";
      this.#port.post({ kind: "error", search, fault, message });
    }
  }
}

runAsWorker<ScanRequest, ScanReply>(WORKER_NAME, (port) => void new ScanThread(port));
