import type { Client } from "../client/client.ts";
import type { PushResult } from "../client/push_result.ts";
import type { Event } from "../event/event.ts";
import type { Reporter } from "./reporter.ts";
import type { TimeLimit } from "./time_limit.ts";

/** What became of the events that were handed over. */
export interface PushCounts {
  /** Events handed over. */
  readonly sent: number;
  /** Events stored that were not before. */
  readonly stored: number;
  /** Events that were stored already. */
  readonly duplicates: number;
  /** Events that the collector refused for good. */
  readonly rejected: number;
}

/**
 * Hands events to a client without waiting for each acknowledgement, and counts these. Only what the
 * client's window takes is in memory.
 */
export class EventPush {
  readonly #client: Client;
  readonly #reporter: Reporter;
  #sent = 0;
  #stored = 0;
  #duplicates = 0;
  #rejected = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(client: Client, reporter: Reporter) {
    this.#client = client;
    this.#reporter = reporter;
  }

  /** Figures up to now. */
  get counts(): PushCounts {
    return {
      sent: this.#sent,
      stored: this.#stored,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
    };
  }

  /** How many events are neither stored nor refused. */
  get pending(): number {
    return this.#sent - this.#stored - this.#duplicates - this.#rejected;
  }

  /**
   * Waits for room and sends.
   *
   * @throws What an earlier call of `send` of the client rejected with.
   */
  async send(events: readonly Event[]): Promise<void> {
    this.#sent += events.length;
    await this.#client.ready();
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#client.send(events).then(
      (result) => this.#take(result, events),
      (error) => this.#failure ??= { error },
    );
  }

  /** Waits until all is acknowledged, but no longer than the limit. */
  async finish(limit: TimeLimit): Promise<void> {
    // What was not acknowledged shows in the counts.
    const flushed = this.#client.flush().catch(() => {});
    await Promise.race([flushed, limit.passed]);
  }

  #take({ events: stored, duplicates, rejected }: PushResult, events: readonly Event[]): void {
    this.#stored += stored;
    this.#duplicates += duplicates;
    this.#rejected += rejected.length;
    for (const { index, reason } of rejected) {
      this.#reporter.warning(`The collector refused event '${events[index]?.id}': ${reason}`);
    }
  }
}
