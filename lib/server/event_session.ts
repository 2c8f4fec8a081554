import { readMessage } from "../event/intake.ts";
import { CLOSE, MAX_PUSH_BYTES } from "../wire/dialect.ts";
import { EVENT_PATH } from "../wire/paths.ts";
import type { CollectorCounts, DoorCounts } from "./collector_counts.ts";
import type { CollectorObserver } from "./collector_notice.ts";
import type { Connection, Message } from "./connection.ts";
import type { Ingest } from "./ingest.ts";
import type { IntakeBudget, Producer } from "./intake_budget.ts";
import { type CollectorLimits, MESSAGE_OVERHEAD_BYTES } from "./limits.ts";
import type { Session } from "./session.ts";

/** What the sessions of `/event` share. */
export interface EventSessionOptions {
  readonly ingest: Ingest;
  readonly budget: IntakeBudget;
  readonly limits: CollectorLimits;
  readonly observer: CollectorObserver;
  readonly counts: CollectorCounts;
}

const encoder = new TextEncoder();

/** The bytes of a message, which text stands for in UTF-8. */
export function toBytes(message: Message): Uint8Array<ArrayBuffer> {
  return typeof message === "string" ? encoder.encode(message) : message;
}

/** What a producer is told whose message is longer than {@linkcode MAX_PUSH_BYTES}. */
export function describeTooBig(bytes: number): string {
  return `Cannot take message of ${bytes} bytes: the limit is ${MAX_PUSH_BYTES}`;
}

/**
 * `/event` as Theia 0.9.2's producers speak it: no answer but to what is malformed or could not be
 * stored. Per message it only reads and counts; {@linkcode Ingest} gathers.
 */
export class EventSession implements Session, Producer {
  pendingBytes = 0;
  readonly #connection: Connection;
  readonly #options: EventSessionOptions;
  readonly #received: DoorCounts;
  #stopped = false;

  constructor(connection: Connection, options: EventSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#received = options.counts.door(EVENT_PATH, connection.info.dialect);
  }

  receive(message: Message): void {
    if (this.#stopped) return;
    const { ingest, budget, limits, observer } = this.#options;
    const bytes = toBytes(message);
    if (bytes.length > MAX_PUSH_BYTES) {
      this.#stopped = true;
      void this.#connection.refuse(CLOSE.TOO_BIG, describeTooBig(bytes.length));
      return;
    }
    const cost = bytes.length + MESSAGE_OVERHEAD_BYTES;
    if (!budget.take(this, cost)) return;
    const { events, rejected } = readMessage(bytes, limits);
    for (const { error } of rejected) {
      observer({ kind: "malformed-event", client: this.#connection.info, error });
      this.#connection.sendMessage({ error: error.message });
    }
    this.#received.events.value += events.length;
    this.#received.bytes.value += bytes.length;
    if (events.length > 0) ingest.push(this, events, cost);
    else budget.release(this, cost);
  }

  fail(reason: string): void {
    this.#connection.sendMessage({ error: reason });
  }

  overload(reason: string): void {
    this.#stopped = true;
    const { observer } = this.#options;
    const client = this.#connection.info;
    observer({ kind: "producer-overload", client, pendingBytes: this.pendingBytes });
    void this.#connection.refuse(CLOSE.TRY_AGAIN, reason);
  }

  // deno-lint-ignore require-await -- what was taken is the ingest's to finish
  async stop(): Promise<void> {
    this.#stopped = true;
  }
}
