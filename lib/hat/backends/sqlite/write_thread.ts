import {
  runAsWorker,
  startWorker,
  type WorkerListeners,
  type WorkerThread,
} from "../../../base/worker_thread.ts";
import { type Failure, failureOf } from "./database.ts";
import { type DropLimits, type DropStep, type Group, type Opened, Writer } from "./writer.ts";

const WORKER_NAME = "theia-hat-write";

/** What the writing thread is asked, one after another. */
export type WriteRequest =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "write"; readonly group: Group }
  | { readonly kind: "drop"; readonly limits: DropLimits }
  | { readonly kind: "close" };

/** Answers, in the order of the requests. */
export type WriteReply =
  | { readonly kind: "opened"; readonly opened: Opened }
  /** Committed, not yet on disk. */
  | { readonly kind: "written" }
  | { readonly kind: "dropped"; readonly step: DropStep }
  | { readonly kind: "closed" }
  | Failure;

/** Starts the thread that writes the database of a backend; its first request must be `open`. */
export function startWriteThread(
  listeners: WorkerListeners<WriteReply>,
): WorkerThread<WriteRequest> {
  return startWorker(import.meta.url, WORKER_NAME, listeners);
}

runAsWorker<WriteRequest, WriteReply>(WORKER_NAME, (port) => {
  let writer: Writer | undefined;

  function handle(request: WriteRequest): WriteReply {
    if (request.kind === "open") {
      writer = new Writer(request.path);
      return { kind: "opened", opened: writer.opened() };
    }
    if (writer === undefined) throw new Error("the database is not open");
    switch (request.kind) {
      case "write":
        writer.write(request.group);
        return { kind: "written" };
      case "drop":
        return { kind: "dropped", step: writer.drop(request.limits) };
      case "close":
        writer[Symbol.dispose]();
        writer = undefined;
        return { kind: "closed" };
    }
  }

  port.onMessage((request) => {
    try {
      port.post(handle(request));
    } catch (error) {
      port.post(failureOf(error));
    }
  });
});
