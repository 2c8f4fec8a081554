import {
  runAsWorker,
  startWorker,
  type WorkerListeners,
  type WorkerThread,
} from "../../../base/worker_thread.ts";
import { Database, type Failure, failureOf, type SqlRow } from "./database.ts";
import { PACKED_EVENT, packRows } from "./found_rows.ts";
import { type PackedEvents, transferables } from "./packed_events.ts";
import { findTimeseries, type TimeseriesRequest } from "./timeseries.ts";

const WORKER_NAME = "theia-hat-query";

/** What the querying thread is asked, one after another. */
export type QueryRequest =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "timeseries"; readonly request: TimeseriesRequest }
  /** Events with ids between two that are not included, up to an arrival number. */
  | {
    readonly kind: "ids";
    readonly after: Uint8Array;
    readonly before: Uint8Array;
    readonly lastArrival: number;
    readonly limit: number;
  }
  /** The events with these arrival numbers, as far as they are still there, in that order. */
  | { readonly kind: "arrivals"; readonly arrivals: readonly number[] }
  | { readonly kind: "close" };

/** Answers, in the order of the requests. */
export type QueryReply =
  | { readonly kind: "done" }
  | { readonly kind: "found"; readonly events: PackedEvents }
  | Failure;

/** Starts a thread that reads the database of a backend; its first request must be `open`. */
export function startQueryThread(
  listeners: WorkerListeners<QueryReply>,
): WorkerThread<QueryRequest> {
  return startWorker(import.meta.url, WORKER_NAME, listeners);
}

runAsWorker<QueryRequest, QueryReply>(WORKER_NAME, (port) => {
  let database: Database | undefined;

  function find(database: Database, request: QueryRequest): SqlRow[] {
    switch (request.kind) {
      case "timeseries":
        return findTimeseries(database, request.request);
      case "ids":
        return database.all(
          `SELECT ${PACKED_EVENT} FROM event e
          WHERE e.id > ? AND e.id < ? AND e.arrival <= ? ORDER BY e.id LIMIT ?`,
          request.after,
          request.before,
          request.lastArrival,
          request.limit,
        );
      case "arrivals":
        return database.all(
          `SELECT ${PACKED_EVENT} FROM json_each(?) a CROSS JOIN event e ON e.arrival = a.value
          ORDER BY a.key`,
          JSON.stringify(request.arrivals),
        );
      default:
        return [];
    }
  }

  function handle(request: QueryRequest): QueryReply {
    if (request.kind === "open") {
      database = Database.openForReading(request.path);
      return { kind: "done" };
    }
    if (database === undefined) throw new Error("the database is not open");
    if (request.kind === "close") {
      database[Symbol.dispose]();
      database = undefined;
      return { kind: "done" };
    }
    return { kind: "found", events: packRows(find(database, request)) };
  }

  port.onMessage((request) => {
    try {
      const reply = handle(request);
      port.post(reply, reply.kind === "found" ? transferables(reply.events) : []);
    } catch (error) {
      port.post(failureOf(error));
    }
  });
});
