import { assertEventType, type EventType } from "./event_type.ts";
import { assertPayload, type EventPayload } from "./payload.ts";
import { Timestamp } from "./timestamp.ts";

/** Names an event: unique in the system. All parts are safe integers. */
export interface EventId {
  /** The event server that registered it. */
  readonly server: number;
  /** The session of that server in which it arose, counted from 1. */
  readonly session: number;
  /** Which event of the session it is, counted from 1. */
  readonly instance: number;
}

/** An event as a server registered it. In {@linkcode EventId} order is the order of registering. */
export interface HatEvent {
  /** Its unique name. */
  readonly id: EventId;
  /** Its kind. */
  readonly type: EventType;
  /** When the server registered it. */
  readonly timestamp: Timestamp;
  /** When it arose, as its source says. */
  readonly sourceTimestamp: Timestamp | undefined;
  /** What it carries. */
  readonly payload: EventPayload | undefined;
}

/** An event that is to be registered. */
export interface RegisterEvent {
  /** Its kind. */
  readonly type: EventType;
  /** When it arose, as its source says. */
  readonly sourceTimestamp: Timestamp | undefined;
  /** What it carries. */
  readonly payload: EventPayload | undefined;
}

/**
 * Whether an event comes before another in Hat's natural order: of the same server by session and
 * instance, else by timestamp.
 *
 * Events of different servers with the same timestamp have no order: each comes before the other, as in
 * Hat. So this is no order to search by; {@linkcode compareEvents} calls such events equal.
 *
 * @example
 * ```ts
 * import { type HatEvent, lessThan, Timestamp } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * function event(server: number, session: number, s: bigint): HatEvent {
 *   return {
 *     id: { server, session, instance: 1 },
 *     type: ["a"],
 *     timestamp: new Timestamp(s, 0),
 *     sourceTimestamp: undefined,
 *     payload: undefined,
 *   };
 * }
 * assert(lessThan(event(1, 1, 5n), event(1, 2, 4n)));
 * assert(lessThan(event(1, 1, 5n), event(2, 1, 6n)));
 * ```
 */
export function lessThan(a: HatEvent, b: HatEvent): boolean {
  if (a.id.server === b.id.server) return compareEventIds(a.id, b.id) < 0;
  return Timestamp.compare(a.timestamp, b.timestamp) <= 0;
}

/**
 * Compares by natural order, for a stable sort: events of different servers with the same timestamp
 * compare as 0 and stay as they were.
 */
export function compareEvents(
  a: Pick<HatEvent, "id" | "timestamp">,
  b: Pick<HatEvent, "id" | "timestamp">,
): number {
  if (a.id.server === b.id.server) return compareEventIds(a.id, b.id);
  return Timestamp.compare(a.timestamp, b.timestamp);
}

/** Compares by server, then session, then instance. */
export function compareEventIds(a: EventId, b: EventId): number {
  return a.server - b.server || a.session - b.session || a.instance - b.instance;
}

/**
 * Checks that something is an event id: for values that come from outside.
 *
 * @param value What should be an event id.
 * @param name What the value is called in the message.
 * @throws {TypeError} When a part is missing or no safe integer.
 */
export function assertEventId(value: unknown, name = "id"): asserts value is EventId {
  if (typeof value !== "object" || value === null) {
    throw problem(name, "must have server, session and instance", value);
  }
  for (const part of ["server", "session", "instance"] as const) {
    const number: unknown = (value as Partial<EventId>)[part];
    if (!Number.isSafeInteger(number)) {
      throw problem(`${name}.${part}`, "must be a safe integer", number);
    }
  }
}

/**
 * Checks that something is an event to register: for values that come from outside.
 *
 * @throws {TypeError} When a member has the wrong kind.
 */
export function assertRegisterEvent(value: unknown): asserts value is RegisterEvent {
  if (typeof value !== "object" || value === null) {
    throw problem("event", "must be an object", value);
  }
  const event = value as Partial<RegisterEvent>;
  assertEventType(event.type);
  assertTimestamp(event.sourceTimestamp, "sourceTimestamp");
  if (event.payload !== undefined) assertPayload(event.payload);
}

/**
 * Checks that something is a registered event: for values that come from outside.
 *
 * @throws {TypeError} When a member has the wrong kind.
 */
export function assertEvent(value: unknown): asserts value is HatEvent {
  assertRegisterEvent(value);
  const event = value as Partial<HatEvent>;
  assertEventId(event.id);
  if (event.timestamp === undefined) throw problem("timestamp", "must be a Timestamp", undefined);
  assertTimestamp(event.timestamp, "timestamp");
}

function assertTimestamp(value: unknown, name: string): void {
  if (value !== undefined && !(value instanceof Timestamp)) {
    throw problem(name, "must be a Timestamp", value);
  }
}

function problem(name: string, rule: string, value: unknown): TypeError {
  return new TypeError(`Cannot use event as '${name}' ${rule}: current value is ${String(value)}`);
}
