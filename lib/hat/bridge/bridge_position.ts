import type { HatEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import type { Engine } from "../engine/engine.ts";
import type { Source } from "../engine/source.ts";
import type { JsonValue } from "../json_value.ts";

/** What a bridge keeps a position of. */
export type PositionName = "cursor" | "pushed";

/** A position comes at the latest after so many events: they are what a restart looks through again. */
const MAX_EVENTS = 1_000;

/** A position comes at the latest with the first event after that time. */
const MAX_AGE_MS = 10_000;

/** What {@linkcode BridgePosition} works with. */
export interface BridgePositionParts {
  readonly engine: Engine;
  /** The module that is the bridge. */
  readonly source: Source;
  /** The name of the bridge. */
  readonly bridge: string;
  readonly name: PositionName;
}

/**
 * How far a bridge has come, kept as events of the server itself: `event/<server>/bridge/<bridge>/<name>`.
 * So a position is as durable as the events before it, and never more.
 *
 * Not every step is kept: whoever goes on from a position must recognise what came after it.
 */
export class BridgePosition {
  /** The type of its events. */
  readonly type: EventType;
  readonly #parts: BridgePositionParts;
  #events = 0;
  #keptAtMs = -Infinity;

  constructor(parts: BridgePositionParts) {
    const { engine, bridge, name } = parts;
    this.#parts = parts;
    this.type = ["event", String(engine.serverId), "bridge", bridge, name];
  }

  /** Whether something came since it was kept. */
  get isChanged(): boolean {
    return this.#events > 0;
  }

  /** Whether it is time to keep it. */
  get isDue(): boolean {
    return this.#events >= MAX_EVENTS || performance.now() - this.#keptAtMs >= MAX_AGE_MS;
  }

  /** The event by which it was kept last. */
  async load(): Promise<HatEvent | undefined> {
    const { events } = await this.#parts.engine.query({ kind: "latest", eventTypes: [this.type] });
    return events[0];
  }

  /** Counts events that came after the position. */
  count(events: number): void {
    this.#events += events;
  }

  /** The position was kept. */
  kept(): void {
    this.#events = 0;
    this.#keptAtMs = performance.now();
  }

  /** The event that keeps it. */
  event(value: JsonValue): { readonly type: EventType; readonly payload: PositionPayload } {
    return { type: this.type, payload: { kind: "json", data: value } };
  }

  /**
   * Keeps it in a session of its own.
   *
   * @returns The event, undefined when that was not possible.
   */
  async keep(value: JsonValue): Promise<HatEvent | undefined> {
    const { engine, source } = this.#parts;
    const [event] = await engine.register(source, [this.event(value)]) ?? [];
    if (event !== undefined) this.kept();
    return event;
  }
}

/** The payload of a position. */
interface PositionPayload {
  readonly kind: "json";
  readonly data: JsonValue;
}
