import { sleep } from "../base/backoff.ts";
import { type Criteria, CriteriaError } from "../event/criteria.ts";
import type { EventStore } from "../store/store.ts";
import { CLOSE } from "../wire/dialect.ts";
import { type DoneMessage, NON_PERSISTENT, OK } from "../wire/messages.ts";
import { FIND_PATH } from "../wire/paths.ts";
import type { CollectorCounts } from "./collector_counts.ts";
import type { CollectorObserver } from "./collector_notice.ts";
import type { Connection, Message } from "./connection.ts";
import { readCriteriaMessage } from "./criteria_message.ts";
import { EventWriter } from "./event_writer.ts";
import type { CollectorLimits } from "./limits.ts";
import { StalledClientError } from "./send_room.ts";
import { SendWindow } from "./send_window.ts";
import type { Session } from "./session.ts";

/** What the sessions that look into the store share. */
export interface FindSessionOptions {
  /** Absent when the collector keeps nothing. */
  readonly store: EventStore | undefined;
  readonly limits: CollectorLimits;
  readonly observer: CollectorObserver;
  readonly counts: CollectorCounts;
}

/**
 * How long a client of the default dialect has after an answer for its next criteria, before the
 * connection is closed: Theia 0.9.2 never closed it. One of `theia.v1` sends what it has at once.
 */
const LINGER_MS = 20;

/**
 * `/find`: answers criteria one after another. Once all that were received are answered, at least one
 * of them with events, it closes the connection; after errors alone it waits for better criteria. It
 * waits also for a client with a window to take everything: what came after the close would break it.
 */
export class FindSession implements Session {
  readonly #connection: Connection;
  readonly #options: FindSessionOptions;
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  readonly #queue: Message[] = [];
  readonly #window: SendWindow;
  #running: Promise<void> | undefined;
  #isAnswered = false;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, options: FindSessionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#window = new SendWindow(connection, options.limits.maxSilenceMs);
    this.#signal = AbortSignal.any([connection.gone, this.#stopping.signal]);
    this.#signal.addEventListener("abort", () => clearTimeout(this.#idleTimer), { once: true });
    this.#awaitMessage();
  }

  receive(message: Message): void {
    if (this.#signal.aborted) return;
    const { limits, observer } = this.#options;
    try {
      if (this.#window.receive(message)) return this.#awaitMessage();
    } catch (error) {
      if (!(error instanceof CriteriaError)) throw error;
      observer({ kind: "criteria-refused", client: this.#connection.info, error });
      return this.#refuse(error.message);
    }
    const { maxQueuedCriteria } = limits;
    if (this.#queue.length >= maxQueuedCriteria) {
      return this.#refuse(`Cannot take criteria: ${maxQueuedCriteria} wait for their turn already`);
    }
    clearTimeout(this.#idleTimer);
    this.#queue.push(message);
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  #refuse(reason: string): void {
    void this.#connection.refuse(CLOSE.POLICY, reason);
    this.#stopping.abort();
  }

  /** Closes when all is done, else gives the client time to say something. */
  #awaitMessage(): void {
    clearTimeout(this.#idleTimer);
    if (this.#running !== undefined || this.#signal.aborted) return;
    if (this.#isAnswered && this.#window.isSettled) {
      return this.#connection.close(CLOSE.NORMAL, "");
    }
    if (this.#connection.info.dialect !== "theia.v1") return;
    const { maxSilenceMs } = this.#options.limits;
    const error = new StalledClientError(maxSilenceMs);
    this.#idleTimer = setTimeout(() => this.#fail(error), maxSilenceMs);
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        if (await this.#answer(next)) this.#isAnswered = true;
        if (this.#signal.aborted) return;
      }
      const lingerMs = this.#connection.info.dialect === "theia.v1" ? 0 : LINGER_MS;
      await sleep(lingerMs, this.#signal).catch(() => {});
      if (this.#signal.aborted) return;
    }
    this.#running = undefined;
    this.#awaitMessage();
  }

  async #answer(message: Message): Promise<boolean> {
    const { store } = this.#options;
    try {
      this.#signal.throwIfAborted();
      if (store === undefined) {
        this.#connection.sendMessage({ error: NON_PERSISTENT });
        return false;
      }
      const { criteria } = readCriteriaMessage(message);
      const ended = this.#options.counts.searching(FIND_PATH);
      await this.#find(store, criteria).finally(ended);
      return true;
    } catch (error) {
      if (!this.#signal.aborted) this.#fail(error);
      return false;
    }
  }

  async #find(store: EventStore, criteria: Criteria): Promise<void> {
    const started = performance.now();
    const connection = this.#connection;
    const search = store.search(criteria, { signal: this.#signal });
    connection.send(OK);
    const { limits, counts } = this.#options;
    const window = this.#window;
    const writer = new EventWriter(connection, { limits, window, counts }, this.#signal);
    for await (const { events, free } of search) {
      await writer.write(events);
      free?.();
    }
    this.#signal.throwIfAborted();
    if (connection.info.dialect !== "theia.v1") return;
    const { matched, scanned, cursor } = search.summary;
    const elapsed_ms = Math.round(performance.now() - started);
    const done: DoneMessage = { done: true, matched, scanned, elapsed_ms, cursor };
    connection.sendMessage(done);
  }

  #fail(error: unknown): void {
    const { observer } = this.#options;
    const client = this.#connection.info;
    if (error instanceof StalledClientError) {
      observer({ kind: "stalled-client", client });
      this.#stopping.abort();
      return this.#connection.close(CLOSE.TRY_AGAIN, error.message);
    }
    if (error instanceof CriteriaError) observer({ kind: "criteria-refused", client, error });
    else observer({ kind: "search-failed", client, error });
    this.#connection.sendMessage({ error: describeSearchError(error) });
  }
}

/** What a client is told of a search that failed. */
export function describeSearchError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
