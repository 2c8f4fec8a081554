import { type Intake, readMessage } from "../event/intake.ts";
import type { SaveResult } from "../store/store.ts";
import { CLOSE, MAX_PUSH_BYTES } from "../wire/dialect.ts";
import { EVENT_PATH } from "../wire/paths.ts";
import type { AckMessage, Rejection } from "../wire/messages.ts";
import type { DoorCounts } from "./collector_counts.ts";
import type { Connection, Message } from "./connection.ts";
import { describeTooBig, type EventSessionOptions, toBytes } from "./event_session.ts";
import { describeSaveError, isRetryable } from "./ingest.ts";
import type { Producer } from "./intake_budget.ts";
import { MESSAGE_OVERHEAD_BYTES } from "./limits.ts";
import type { Session } from "./session.ts";

/** A message whose ack is due. */
interface Due {
  readonly number: number;
  ack?: AckMessage;
}

/**
 * `/event` in `theia.v1`: every message is saved on its own and answered, in order, once its events
 * are on disk. Several may be under way.
 */
export class AckedEventSession implements Session, Producer {
  pendingBytes = 0;
  readonly #connection: Connection;
  readonly #options: EventSessionOptions;
  readonly #due: Due[] = [];
  readonly #idle: (() => void)[] = [];
  readonly #counts: DoorCounts;
  #received = 0;
  #stopped = false;

  constructor(connection: Connection, options: EventSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#counts = options.counts.door(EVENT_PATH, connection.info.dialect);
  }

  receive(message: Message): void {
    if (this.#stopped) return;
    const { budget, limits } = this.#options;
    const bytes = toBytes(message);
    const cost = bytes.length + MESSAGE_OVERHEAD_BYTES;
    if (bytes.length > MAX_PUSH_BYTES) {
      // Answers come in the order of the messages: those before it are acknowledged first.
      void this.stop().then(() => this.#refuse(CLOSE.TOO_BIG, describeTooBig(bytes.length)));
      return;
    }
    if (this.pendingBytes + cost > limits.maxWindowBytes) {
      return this.overload(
        `Cannot take message: ${this.pendingBytes} bytes are not acked yet, the limit is ` +
          `${limits.maxWindowBytes}; wait for acks`,
      );
    }
    if (!budget.take(this, cost)) return;
    const due: Due = { number: ++this.#received };
    this.#due.push(due);
    const intake = readMessage(bytes, limits);
    this.#counts.events.value += intake.events.length;
    this.#counts.bytes.value += bytes.length;
    void this.#save(due, intake).then(() => {
      budget.release(this, cost);
      this.#sendAcks();
    });
  }

  /** Not called: nothing of this session goes through a shared save. */
  fail(reason: string): void {
    this.#connection.sendMessage({ error: reason });
  }

  overload(reason: string): void {
    const { observer } = this.#options;
    const client = this.#connection.info;
    observer({ kind: "producer-overload", client, pendingBytes: this.pendingBytes });
    this.#refuse(CLOSE.TRY_AGAIN, reason);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    if (this.#due.length === 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    return promise;
  }

  #refuse(code: number, reason: string): void {
    this.#stopped = true;
    void this.#connection.refuse(code, reason);
  }

  async #save(due: Due, intake: Intake): Promise<void> {
    const { ingest, observer } = this.#options;
    for (const { error } of intake.rejected) {
      observer({ kind: "malformed-event", client: this.#connection.info, error });
    }
    try {
      const result = intake.events.length > 0
        ? await ingest.save(intake.events)
        : { saved: 0, duplicates: 0 };
      due.ack = accepted(due.number, intake, result);
    } catch (error) {
      due.ack = failed(due.number, intake, error);
    }
  }

  #sendAcks(): void {
    for (let due = this.#due[0]; due?.ack !== undefined; due = this.#due[0]) {
      this.#connection.sendMessage(due.ack);
      this.#due.shift();
    }
    if (this.#due.length > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}

function accepted(number: number, intake: Intake, result: SaveResult): AckMessage {
  const ack = { ack: number, events: result.saved, duplicates: result.duplicates };
  return intake.rejected.length === 0 ? ack : { ...ack, rejected: malformed(intake) };
}

function malformed(intake: Intake): Rejection[] {
  return intake.rejected.map(({ index, error }) => ({ index, reason: error.message }));
}

/** All events of the message, at the places that the malformed pieces leave. */
function failed(number: number, intake: Intake, error: unknown): AckMessage {
  const rejected = malformed(intake);
  const taken = new Set(rejected.map(({ index }) => index));
  const reason = describeSaveError(error);
  const retryable = isRetryable(error);
  for (let index = 0; index < intake.events.length + intake.rejected.length; index++) {
    if (!taken.has(index)) rejected.push({ index, reason, retryable });
  }
  rejected.sort((a, b) => a.index - b.index);
  return { ack: number, events: 0, duplicates: 0, rejected };
}
