import { clearImmediate, setImmediate } from "node:timers";
import type { Event } from "../event/event.ts";
import { RawEvent } from "../event/raw_event.ts";
import { EventRejectedError, type PushResult } from "./push_result.ts";

interface GatheredEvent {
  readonly event: Event;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** About the header lines and the preamble of an event without source and tags. */
const OVERHEAD_BYTES = 128;

/** Gathers single events into batches: those of one turn of the event loop, or as many as make a message. */
export class EventGatherer {
  readonly #send: (events: readonly Event[]) => Promise<PushResult>;
  readonly #maxBytes: number;
  #gathered: GatheredEvent[] = [];
  #bytes = 0;
  #turn: ReturnType<typeof setImmediate> | undefined;

  constructor(
    send: (events: readonly Event[]) => Promise<PushResult>,
    maxBytes: number,
  ) {
    this.#send = send;
    this.#maxBytes = maxBytes;
  }

  /** Resolves when the event was sent and acknowledged. */
  add(event: Event): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#gathered.push({ event, resolve, reject });
    this.#bytes += OVERHEAD_BYTES +
      (event instanceof RawEvent ? event.frameLength : event.content.length);
    if (this.#bytes >= this.#maxBytes) this.flush();
    else this.#turn ??= setImmediate(() => this.flush());
    return promise;
  }

  /** Sends what was gathered. */
  flush(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#turn = undefined;
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    this.#gathered = [];
    this.#bytes = 0;
    this.#send(gathered.map(({ event }) => event)).then(
      (result) => settle(gathered, result),
      (error) => gathered.forEach(({ reject }) => reject(error)),
    );
  }
}

function settle(gathered: readonly GatheredEvent[], result: PushResult): void {
  const refused = new Map(result.rejected.map(({ index, reason }) => [index, reason]));
  for (const [index, { event, resolve, reject }] of gathered.entries()) {
    const reason = refused.get(index);
    if (reason === undefined) resolve();
    else reject(new EventRejectedError(event.id, reason));
  }
}
