import type { Cursor } from "../../event/criteria.ts";
import type { Event } from "../../event/event.ts";
import type { Engine } from "../engine/engine.ts";
import type { RegisterEventInit } from "../engine/register_event_init.ts";
import type { Source } from "../engine/source.ts";
import { ANY_REST } from "../event_type.ts";
import type { EventId, RegisterEvent } from "../event.ts";
import { Subscription } from "../subscription.ts";
import type { BridgeNotice, ToHatOptions } from "./bridge_options.ts";
import type { BridgePosition } from "./bridge_position.ts";
import type { Retry } from "./retry.ts";
import { theiaIdPrefix } from "./hat_to_theia.ts";
import { type RefusedEvent, theiaSessions } from "./theia_sessions.ts";
import { theiaKey } from "./theia_to_hat.ts";

/** What {@linkcode ToHatFlow} works with. */
export interface ToHatFlowParts {
  readonly engine: Engine;
  readonly source: Source;
  readonly bridge: string;
  readonly options: ToHatOptions;
  readonly position: BridgePosition;
  readonly retry: Retry;
  readonly observer: (notice: BridgeNotice) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Makes Hat events of Theia events, each once.
 *
 * The collector's cursor is registered now and then, with events that came after it. After a restart
 * the feed goes on from the last one; what it brings again is recognised among the events registered
 * since then.
 */
export class ToHatFlow {
  readonly #parts: ToHatFlowParts;
  readonly #ownIds: string;
  /** All that arrived up to here is registered. */
  #cursor: Cursor | undefined;
  /** The one that was kept last: what is registered after it is what the feed may bring again. */
  #keptCursor: Cursor | undefined;
  /** What the feed may bring again. */
  #seen = new Set<string>();

  constructor(parts: ToHatFlowParts) {
    this.#parts = parts;
    this.#ownIds = theiaIdPrefix(parts.engine.serverId);
  }

  /** Goes on until the signal aborts. */
  async run(): Promise<void> {
    const { retry } = this.#parts;
    await retry.untilDone(async () => {
      await this.#begin();
      await this.#follow();
    });
  }

  /** Keeps where it is, for the next start. */
  async close(): Promise<void> {
    const { position } = this.#parts;
    if (position.isChanged) await this.#keep();
  }

  async #begin(): Promise<void> {
    const { position, options } = this.#parts;
    this.#seen = new Set();
    const kept = await position.load();
    this.#cursor = kept?.payload?.kind === "json" ? readCursor(kept.payload.data) : undefined;
    this.#keptCursor = this.#cursor;
    if (kept !== undefined && this.#cursor !== undefined) return await this.#readSeen(kept.id);
    if (options.start !== "stored") return;
    this.#cursor = 0;
    await this.#keep();
  }

  /** The events of the session that kept the cursor came after it as well. */
  async #readSeen({ server, session }: EventId): Promise<void> {
    const { engine, options: { prefix }, signal } = this.#parts;
    const subscription = new Subscription([[...prefix, ANY_REST]]);
    let lastEventId: EventId = { server, session, instance: 0 };
    for (let moreFollows = true; moreFollows;) {
      const result = await engine.query({ kind: "server", serverId: server, lastEventId });
      signal.throwIfAborted();
      for (const { id, type, payload } of result.events) {
        lastEventId = id;
        if (payload?.kind !== "json" || !subscription.matches(type)) continue;
        const key = readKey(payload.data);
        if (key !== undefined) this.#seen.add(key);
      }
      moreFollows = result.moreFollows && result.events.length > 0;
    }
  }

  async #follow(): Promise<void> {
    const { options, signal, retry } = this.#parts;
    const onCursor = (cursor: Cursor) => this.#moveTo(cursor);
    for await (const events of options.feed(this.#cursor, { signal, onCursor })) {
      const fresh = events.filter((event) => this.#isFresh(event));
      const onRefused = (refused: RefusedEvent) => this.#report(refused);
      for (const session of theiaSessions(fresh, options.prefix, onRefused)) {
        await retry.untilDone(() => this.#register(session));
      }
      signal.throwIfAborted();
      retry.works();
    }
  }

  #moveTo(cursor: Cursor): void {
    const isFirst = this.#cursor === undefined;
    this.#cursor = cursor;
    this.#seen.clear();
    this.#parts.retry.works();
    // From here on nothing is missed, even if nothing comes before the next start.
    if (isFirst) void this.#keep();
  }

  #isFresh(event: Event): boolean {
    if (event.id.startsWith(this.#ownIds)) return false;
    return this.#seen.size === 0 || !this.#seen.delete(theiaKey(event));
  }

  #report({ id, reason }: RefusedEvent): void {
    const { bridge, observer } = this.#parts;
    observer({ kind: "bridge-refused", bridge, direction: "to-hat", id, reason });
  }

  async #register(events: readonly RegisterEvent[]): Promise<void> {
    const { engine, source, position } = this.#parts;
    const made: RegisterEventInit[] = [...events];
    const cursor = this.#cursor;
    const isDue = position.isDue && cursor !== this.#keptCursor && cursor !== undefined;
    if (isDue) made.push(position.event(cursor));
    const registered = await engine.register(source, made);
    if (registered === undefined) {
      throw new Error("Cannot register events: the engine refused them");
    }
    if (isDue) this.#kept(cursor);
    position.count(events.length);
  }

  /** The same cursor is not kept again: what came since it was kept first would no more be recognised. */
  async #keep(): Promise<void> {
    const cursor = this.#cursor;
    if (cursor === undefined || cursor === this.#keptCursor) return;
    if (await this.#parts.position.keep(cursor) !== undefined) this.#kept(cursor);
  }

  #kept(cursor: Cursor): void {
    this.#keptCursor = cursor;
    this.#parts.position.kept();
  }
}

function readCursor(value: unknown): Cursor | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

/** The key of a Theia event that became the payload of a Hat event; others may register there, too. */
function readKey(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, timestamp }: { id?: unknown; timestamp?: unknown } = value;
  if (typeof id !== "string" || typeof timestamp !== "number") return undefined;
  return theiaKey({ id, timestamp });
}
