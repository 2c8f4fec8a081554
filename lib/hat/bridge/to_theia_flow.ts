import type { Event } from "../../event/event.ts";
import type { Engine } from "../engine/engine.ts";
import { ANY_REST } from "../event_type.ts";
import type { EventId, HatEvent } from "../event.ts";
import { Subscription } from "../subscription.ts";
import type { BridgeNotice, ToTheiaOptions } from "./bridge_options.ts";
import type { BridgePosition } from "./bridge_position.ts";
import { hatToTheia } from "./hat_to_theia.ts";
import type { Retry } from "./retry.ts";

/** What {@linkcode ToTheiaFlow} works with. */
export interface ToTheiaFlowParts {
  readonly engine: Engine;
  readonly bridge: string;
  readonly options: ToTheiaOptions;
  readonly position: BridgePosition;
  readonly retry: Retry;
  readonly observer: (notice: BridgeNotice) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Events that are pushed together: the server queries give some thousand at most. */
const PAGE_EVENTS = 1_000;

/**
 * Pushes Hat events to a collector: those on disk, in order, each until it is acknowledged.
 *
 * The last event that was acknowledged is registered now and then. What is pushed again after a restart
 * is a duplicate to the collector.
 */
export class ToTheiaFlow {
  readonly #parts: ToTheiaFlowParts;
  readonly #subscription: Subscription;
  #last: EventId | undefined;
  #isMore = true;
  #wake: () => void = () => {};

  constructor(parts: ToTheiaFlowParts) {
    this.#parts = parts;
    this.#subscription = new Subscription([[...parts.options.prefix, ANY_REST]]);
  }

  /** Goes on until the signal aborts. */
  async run(): Promise<void> {
    const { engine, retry, signal } = this.#parts;
    using _listening = engine.onFlushed(() => this.#look());
    signal.addEventListener("abort", () => this.#look(), { once: true });
    await retry.untilDone(() => this.#begin());
    while (!signal.aborted) {
      this.#isMore = false;
      await retry.untilDone(() => this.#pushPages());
      if (!this.#isMore && !signal.aborted) await new Promise<void>((wake) => this.#wake = wake);
    }
  }

  /** Keeps where it is, for the next start. */
  async close(): Promise<void> {
    if (this.#parts.position.isChanged) await this.#keep();
  }

  #look(): void {
    this.#isMore = true;
    this.#wake();
  }

  async #begin(): Promise<void> {
    const { engine: { serverId }, options, position } = this.#parts;
    const beginning: EventId = { server: serverId, session: 0, instance: 0 };
    let kept = await position.load();
    if (kept === undefined && options.start === "stored") this.#last = beginning;
    else this.#last = positionOf(kept ??= await this.#mark());
  }

  /** Where the first start begins: an event that stands for itself. */
  async #mark(): Promise<HatEvent> {
    const event = await this.#parts.position.keep(null);
    if (event === undefined) throw new Error("Cannot keep position: the engine refused it");
    return event;
  }

  async #pushPages(): Promise<void> {
    const { engine, position, retry } = this.#parts;
    for (let moreFollows = true; moreFollows;) {
      const page = await engine.query({
        kind: "server",
        serverId: engine.serverId,
        persisted: true,
        maxResults: PAGE_EVENTS,
        lastEventId: this.#last,
      });
      const chosen = page.events.filter((event) => this.#isChosen(event));
      if (chosen.length > 0) await this.#push(chosen);
      retry.works();
      this.#last = page.events.at(-1)?.id ?? this.#last;
      if (position.isChanged && position.isDue) await this.#keep();
      moreFollows = page.moreFollows && page.events.length > 0;
    }
  }

  /** Positions of bridges are nobody's events: pushed, they would lead to others without end. */
  #isChosen({ type }: HatEvent): boolean {
    return this.#subscription.matches(type) && !(type[0] === "event" && type[2] === "bridge");
  }

  async #push(events: readonly HatEvent[]): Promise<void> {
    const { options, bridge, observer, position, signal } = this.#parts;
    const made: Event[] = events.map((event) => hatToTheia(event, options));
    const { rejected } = await unlessAborted(options.push(made), signal);
    position.count(events.length);
    for (const { index, reason } of rejected) {
      const id = made[index]?.id ?? "";
      observer({ kind: "bridge-refused", bridge, direction: "to-theia", id, reason });
    }
  }

  async #keep(): Promise<void> {
    const { session, instance } = this.#last ?? { session: 0, instance: 0 };
    await this.#parts.position.keep({ session, instance });
  }
}

function positionOf({ id, payload }: HatEvent): EventId {
  const value = payload?.kind === "json" ? payload.data : null;
  if (typeof value !== "object" || value === null) return id;
  const { session, instance }: { session?: unknown; instance?: unknown } = Object(value);
  if (!Number.isSafeInteger(session) || !Number.isSafeInteger(instance)) return id;
  return { server: id.server, session: Number(session), instance: Number(instance) };
}

/** What a collector has not acknowledged when the bridge ends is pushed again after the next start. */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const abort = () => ended.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([promise, ended.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
