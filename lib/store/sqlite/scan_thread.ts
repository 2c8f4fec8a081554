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
import { planCount } from "./count_plan.ts";
import { CountScan } from "./count_scan.ts";
import { Database } from "./database.ts";
import { DigestCache } from "./digest_cache.ts";
import { findById } from "./find_by_id.ts";
import { IdIndex } from "./id_index.ts";
import { RunningCount } from "./running_count.ts";
import type { PostReply, RunningScan } from "./running_scan.ts";
import { RunningSearch } from "./running_search.ts";
import { Scan } from "./scan.ts";
import { packPart, partTransferables, unpackPart } from "./scan_part.ts";
import { planScan } from "./scan_plan.ts";
import type { ScanReply, ScanRequest } from "./scan_protocol.ts";
import { SpanCache } from "./span_cache.ts";
import { readStats } from "./store_stats.ts";

const WORKER_NAME = "theia-scan";

/**
 * How long a step of a search, which takes one or two milliseconds, waits for saves that are under way:
 * when they never end, searches go on at a third of their pace.
 */
const MAX_WAY_MS = 4;

/**
 * Searches that wait for their readers with what they found last in their hands, a megabyte or two each.
 * When there are more, the one that waits longest lets go, and reads its block again afterwards.
 */
const MAX_WAITING_SEARCHES = 8;

/** Starts a thread that searches a store; its first message must be `open`. */
export function startScanThread(
  listeners: WorkerListeners<ScanReply>,
): WorkerThread<ScanRequest> {
  return startWorker(import.meta.url, WORKER_NAME, listeners);
}

/** Runs the searches of this thread in turns, a step each, as long as their readers keep up. */
class ScanThread {
  readonly #port: WorkerPort<ScanRequest, ScanReply>;
  readonly #post: PostReply;
  readonly #searches = new Map<number, RunningScan>();
  /** Those that wait for their readers and do not rest, by number, the one that waits longest first. */
  readonly #waiting = new Set<number>();
  /** Those whose first turn is to be told. */
  readonly #untold = new Set<number>();
  /** A message to itself lets messages from outside in between two steps. */
  readonly #turns = new MessageChannel();
  #database: Database | undefined;
  #ids: IdIndex | undefined;
  #spans: SpanCache | undefined;
  #digests: DigestCache | undefined;
  #rightOfWay: RightOfWay | undefined;
  #isTurnDue = false;

  constructor(port: WorkerPort<ScanRequest, ScanReply>) {
    this.#port = port;
    this.#post = port.post.bind(port);
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
          this.#searches.set(
            request.search,
            new RunningSearch(request.search, scan, request.credits, this.#post),
          );
          if (request.tellsTurn) this.#untold.add(request.search);
        });
        break;
      case "plan-count":
        this.#attempt(request.search, (database) => this.#planCount(database, request));
        break;
      case "count":
        this.#attempt(request.search, (database) => {
          const { search, criteria, until, countBy, tellsTurn } = request;
          const part = unpackPart(request.part);
          const digests = this.#digests ??= new DigestCache(database);
          const scan = new CountScan(database, criteria, until, part, countBy, digests);
          this.#searches.set(search, new RunningCount(search, scan, this.#post));
          if (tellsTurn) this.#untold.add(search);
        });
        break;
      case "credit": {
        const search = this.#searches.get(request.search);
        if (search !== undefined) search.credits++;
        break;
      }
      case "cancel":
        this.#end(request.search);
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

  #planCount(
    database: Database,
    { search, criteria, until, countBy }: Extract<ScanRequest, { readonly kind: "plan-count" }>,
  ): void {
    const spans = this.#spans ??= new SpanCache(database);
    const { counts, scanned, ...plan } = planCount(database, criteria, until, countBy, spans);
    const parts = plan.parts.map(packPart);
    this.#port.post(
      { kind: "count-planned", search, parts, counts, scanned },
      parts.flatMap(partTransferables),
    );
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    for (const [id, search] of this.#searches) {
      if (search.credits <= 0) continue;
      if (this.#untold.delete(id)) this.#port.post({ kind: "turn", search: id });
      this.#rightOfWay?.giveWay(MAX_WAY_MS);
      this.#waiting.delete(id);
      this.#attempt(id, () => {
        if (!search.step()) this.#end(id);
        else if (search.credits <= 0) this.#waiting.add(id);
      });
    }
    this.#restSome();
    this.#scheduleTurn();
  }

  #restSome(): void {
    for (const id of this.#waiting) {
      if (this.#waiting.size <= MAX_WAITING_SEARCHES) return;
      this.#waiting.delete(id);
      this.#searches.get(id)?.rest();
    }
  }

  #end(search: number): void {
    this.#searches.get(search)?.rest();
    this.#searches.delete(search);
    this.#waiting.delete(search);
    this.#untold.delete(search);
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
      this.#end(search);
      const message = error instanceof Error ? error.message : String(error);
      this.#port.post({ kind: "error", search, fault: faultOf(error), message });
    }
  }
}

function faultOf(error: unknown): Extract<ScanReply, { readonly kind: "error" }>["fault"] {
  if (error instanceof CriteriaError) return "criteria";
  return error instanceof RangeError ? "range" : "store";
}

runAsWorker<ScanRequest, ScanReply>(WORKER_NAME, (port) => void new ScanThread(port));
