import { freeBytes } from "../../base/bytes.ts";
import {
  runAsWorker,
  startWorker,
  type WorkerListeners,
  type WorkerThread,
} from "../../base/worker_thread.ts";
import type { Cursor } from "../../event/criteria.ts";
import { type PackedEvents, unpackEvents } from "../../event/packed_events.ts";
import { isCorruption, isDiskFull } from "./database.ts";
import type { DamagedRow } from "./journal.ts";
import type { RetentionLimits, RetentionStep } from "./retention_step.ts";
import { openWriter } from "./open_writer.ts";
import type { Salvage } from "./salvage.ts";
import { SalvageFiles } from "./salvage_files.ts";
import type { Writer } from "./writer.ts";

const WORKER_NAME = "theia-write";

/** What the writing thread is asked, one after another. */
export type WriteRequest =
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "save"; readonly events: PackedEvents }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "retain"; readonly limits: RetentionLimits }
  | { readonly kind: "close" };

/** Answers, in the order of the requests. */
export type WriteReply =
  | {
    readonly kind: "opened";
    readonly cursor: Cursor;
    readonly damaged: readonly DamagedRow[];
    readonly salvage: Salvage | undefined;
    readonly isLogTorn: boolean;
  }
  /** Committed, not yet on disk; the arrival number of each event, 0 for a duplicate. */
  | {
    readonly kind: "saved";
    readonly arrivals: Float64Array<ArrayBuffer>;
    /** Whether events were sealed into blocks. */
    readonly sealed: boolean;
  }
  | { readonly kind: "deleted"; readonly events: number }
  | { readonly kind: "retained"; readonly step: RetentionStep }
  | { readonly kind: "closed" }
  | {
    readonly kind: "failed";
    readonly message: string;
    readonly retryable: boolean;
    readonly isDiskFull: boolean;
  };

/** Starts the thread that writes a store; its first message must be `open`. */
export function startWriteThread(
  listeners: WorkerListeners<WriteReply>,
): WorkerThread<WriteRequest> {
  return startWorker(import.meta.url, WORKER_NAME, listeners);
}

/** SQLite's primary result codes for what may be over later: busy, locked, out of memory, I/O error. */
const RETRYABLE_CODES: readonly number[] = [5, 6, 7, 10];

runAsWorker<WriteRequest, WriteReply>(WORKER_NAME, (port) => {
  let writer: Writer | undefined;
  let path = "";
  /** Bytes of events that may not be sealed yet. */
  let held: Uint8Array[] = [];

  function save(writer: Writer, packed: PackedEvents): Float64Array<ArrayBuffer> {
    const arrivals = writer.save(unpackEvents(packed));
    held.push(packed.bytes);
    if (writer.pending === 0) {
      for (const bytes of held) freeBytes(bytes);
      held = [];
    } else if (arrivals.every((arrival) => arrival === 0)) {
      freeBytes(held.pop());
    }
    return arrivals;
  }

  function handle(request: WriteRequest): WriteReply {
    if (request.kind === "open") {
      path = request.path;
      const { writer: opened, salvage, isLogTorn } = openWriter(path);
      writer = opened;
      return { kind: "opened", cursor: opened.cursor, damaged: opened.damaged, salvage, isLogTorn };
    }
    if (writer === undefined) throw new Error("the store is not open");
    switch (request.kind) {
      case "save": {
        const before = writer.sealed;
        const arrivals = save(writer, request.events);
        return { kind: "saved", arrivals, sealed: writer.sealed > before };
      }
      case "delete":
        return { kind: "deleted", events: writer.delete(request.id) };
      case "retain":
        return { kind: "retained", step: writer.retain(request.limits) };
      case "close":
        writer[Symbol.dispose]();
        writer = undefined;
        return { kind: "closed" };
    }
  }

  port.onMessage((request) => {
    try {
      const reply = handle(request);
      port.post(reply, reply.kind === "saved" ? [reply.arrivals.buffer] : []);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // The opening of a damaged store repairs it; while it is open it is left as it is.
      const message = writer === undefined || !isCorruption(error)
        ? reason
        : `${reason}: its structure is damaged; open it again to repair it`;
      if (message !== reason) new SalvageFiles(path).suspect();
      const isFull = isDiskFull(error);
      const retryable = isFull || isRetryable(error);
      port.post({ kind: "failed", message, retryable, isDiskFull: isFull });
    }
  });
});

function isRetryable(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return RETRYABLE_CODES.includes(code & 0xff);
}
