import { assertEventId, type EventId, type HatEvent, type RegisterEvent } from "./event.ts";
import type { EventType } from "./event_type.ts";
import { type EventPayload, EventPayloadBinary, EventPayloadJson } from "./payload.ts";
import { NONE, optional, type SbsChoice, type SbsRecord, type SbsValue } from "./sbs/value.ts";
import { Timestamp } from "./timestamp.ts";

/**
 * A timestamp as value of `HatEventer.Timestamp`.
 *
 * @example
 * ```ts
 * import { HAT_SCHEMA, Timestamp, timestampFromSbs, timestampToSbs } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const timestamp = new Timestamp(1n, 500_000);
 * const bytes = HAT_SCHEMA.encode("HatEventer.Timestamp", timestampToSbs(timestamp));
 * const value = HAT_SCHEMA.decode("HatEventer.Timestamp", bytes);
 * assert(timestampFromSbs(value).equals(timestamp));
 * ```
 */
export function timestampToSbs(timestamp: Timestamp): SbsRecord {
  const seconds = Number(timestamp.s);
  return { s: Number.isSafeInteger(seconds) ? seconds : timestamp.s, us: timestamp.us };
}

/**
 * The timestamp of a value of `HatEventer.Timestamp`.
 *
 * @throws {TypeError | RangeError} When it is out of range.
 */
export function timestampFromSbs(value: SbsValue): Timestamp {
  const { s, us } = value as { readonly s: number | bigint; readonly us: number };
  return new Timestamp(BigInt(s), us);
}

/** An event id as value of `HatEventer.EventId`. */
export function eventIdToSbs(id: EventId): SbsRecord {
  return id as EventId & SbsRecord;
}

/**
 * The event id of a value of `HatEventer.EventId`.
 *
 * @throws {TypeError} When a part is no safe integer.
 */
export function eventIdFromSbs(value: SbsValue): EventId {
  assertEventId(value);
  return value;
}

/** A payload as value of `HatEventer.EventPayload`. */
export function payloadToSbs(payload: EventPayload): SbsChoice {
  if (payload.kind === "json") return { name: "json", value: payload.text };
  return { name: "binary", value: { type: payload.type, data: payload.data } };
}

/**
 * The payload of a value of `HatEventer.EventPayload`.
 *
 * @throws {SyntaxError} When its text is not JSON.
 */
export function payloadFromSbs(value: SbsValue): EventPayload {
  const choice = value as SbsChoice;
  if (choice.name === "json") return EventPayloadJson.fromText(choice.value as string);
  const { type, data } = choice.value as { readonly type: string; readonly data: Uint8Array };
  return new EventPayloadBinary(type, data);
}

/** An event as value of `HatEventer.RegisterEvent`. */
export function registerEventToSbs(event: RegisterEvent): SbsRecord {
  return {
    type: event.type,
    sourceTimestamp: optionalToSbs(event.sourceTimestamp, timestampToSbs),
    payload: optionalToSbs(event.payload, payloadToSbs),
  };
}

/**
 * The event of a value of `HatEventer.RegisterEvent`.
 *
 * @throws {TypeError | RangeError | SyntaxError} When a part is out of range, or is not JSON.
 */
export function registerEventFromSbs(value: SbsValue): RegisterEvent {
  const record = value as SbsRecord;
  return {
    type: record["type"] as EventType,
    sourceTimestamp: optionalFromSbs(record["sourceTimestamp"], timestampFromSbs),
    payload: optionalFromSbs(record["payload"], payloadFromSbs),
  };
}

/**
 * An event as value of `HatEventer.Event`.
 *
 * @example
 * ```ts
 * import { eventFromSbs, eventToSbs, HAT_SCHEMA, type HatEvent, Timestamp } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const event: HatEvent = {
 *   id: { server: 1, session: 2, instance: 1 },
 *   type: ["plant", "pump"],
 *   timestamp: new Timestamp(1_700_000_000n, 0),
 *   sourceTimestamp: undefined,
 *   payload: undefined,
 * };
 * const bytes = HAT_SCHEMA.encode("HatEventer.Event", eventToSbs(event));
 * assert.deepEqual(eventFromSbs(HAT_SCHEMA.decode("HatEventer.Event", bytes)), event);
 * ```
 */
export function eventToSbs(event: HatEvent): SbsRecord {
  return {
    id: eventIdToSbs(event.id),
    type: event.type,
    timestamp: timestampToSbs(event.timestamp),
    sourceTimestamp: optionalToSbs(event.sourceTimestamp, timestampToSbs),
    payload: optionalToSbs(event.payload, payloadToSbs),
  };
}

/**
 * The event of a value of `HatEventer.Event`.
 *
 * @throws {TypeError | RangeError | SyntaxError} When a part is out of range, or is not JSON.
 */
export function eventFromSbs(value: SbsValue): HatEvent {
  const record = value as SbsRecord;
  return {
    id: eventIdFromSbs(record["id"] as SbsValue),
    type: record["type"] as EventType,
    timestamp: timestampFromSbs(record["timestamp"] as SbsValue),
    sourceTimestamp: optionalFromSbs(record["sourceTimestamp"], timestampFromSbs),
    payload: optionalFromSbs(record["payload"], payloadFromSbs),
  };
}

/** A value or none as value of `Optional`. */
export function optionalToSbs<T>(value: T | undefined, toSbs: (value: T) => SbsValue): SbsChoice {
  return value === undefined ? NONE : optional(toSbs(value));
}

/** The value, or undefined, of a value of `Optional`. */
export function optionalFromSbs<T>(
  value: SbsValue | undefined,
  fromSbs: (value: SbsValue) => T,
): T | undefined {
  const choice = value as SbsChoice;
  return choice.name === "none" ? undefined : fromSbs(choice.value);
}
