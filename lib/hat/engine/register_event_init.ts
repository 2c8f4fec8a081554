import type { RegisterEvent } from "../event.ts";
import { assertEventType, type EventType } from "../event_type.ts";
import type { JsonValue } from "../json_value.ts";
import { type EventPayload, EventPayloadBinary, EventPayloadJson } from "../payload.ts";
import { Timestamp } from "../timestamp.ts";

/** A payload, as a plain object where that is easier: a module in a file of its own needs no import. */
export type PayloadInit =
  | EventPayload
  | { readonly kind: "json"; readonly data: JsonValue }
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "binary"; readonly type: string; readonly data: Uint8Array };

/** A moment: also a date, seconds since 1970, or the parts of a timestamp. */
export type TimestampInit =
  | Timestamp
  | Date
  | number
  | { readonly s: bigint | number; readonly us: number };

/** An event to be registered, as modules may write it. Every {@linkcode RegisterEvent} is one. */
export interface RegisterEventInit {
  /** Its kind. */
  readonly type: EventType;
  /** When it arose. @default {it does not say} */
  readonly sourceTimestamp?: TimestampInit | null | undefined;
  /** What it carries. @default {nothing} */
  readonly payload?: PayloadInit | null | undefined;
}

/**
 * The event that a module means.
 *
 * Classes are not told by identity: a module may have its own copy of this library.
 *
 * @example
 * ```ts
 * import { toRegisterEvent } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const event = toRegisterEvent({ type: ["a"], payload: { kind: "json", data: { v: 1 } } });
 * assert(event.payload?.kind === "json");
 * assert.equal(event.payload.text, '{"v": 1}');
 * ```
 *
 * @throws {TypeError} When a member has the wrong kind, or a text with half a surrogate pair, which no
 * encoding carries.
 * @throws {RangeError} When a moment is out of range.
 * @throws {SyntaxError} When the text of a payload is no JSON.
 */
export function toRegisterEvent(init: RegisterEventInit): RegisterEvent {
  if (typeof init !== "object" || init === null) {
    throw problem("event", "must be an object with a type", init);
  }
  const { type, sourceTimestamp, payload } = init;
  assertEventType(type);
  const broken = type.findIndex((segment) => !segment.isWellFormed());
  if (broken >= 0) throw illFormed(`type[${broken}]`, type[broken]);
  return { type, sourceTimestamp: toTimestamp(sourceTimestamp), payload: toPayload(payload) };
}

function toTimestamp(init: RegisterEventInit["sourceTimestamp"]): Timestamp | undefined {
  if (init === undefined || init === null) return undefined;
  if (init instanceof Timestamp) return init;
  if (init instanceof Date) return Timestamp.fromDate(init);
  if (typeof init === "number") return Timestamp.fromNumber(init);
  if (typeof init !== "object") throw problem("sourceTimestamp", "must be a moment", init);
  const { s, us } = init;
  const isWhole = typeof s === "bigint" || Number.isSafeInteger(s);
  if (!isWhole) throw problem("sourceTimestamp.s", "must be an integer", s);
  return new Timestamp(BigInt(s), us);
}

function toPayload(init: RegisterEventInit["payload"]): EventPayload | undefined {
  if (init === undefined || init === null) return undefined;
  const payload = readPayload(init);
  const [name, text] = payload.kind === "json" ? ["text", payload.text] : ["type", payload.type];
  if (!text.isWellFormed()) throw illFormed(`payload.${name}`, text);
  return payload;
}

function readPayload(init: PayloadInit): EventPayload {
  if (init instanceof EventPayloadJson || init instanceof EventPayloadBinary) return init;
  if (typeof init === "object" && init.kind === "binary") {
    return new EventPayloadBinary(init.type, init.data);
  }
  if (typeof init === "object" && init.kind === "json") {
    return "text" in init ? EventPayloadJson.fromText(init.text) : EventPayloadJson.of(init.data);
  }
  throw problem("payload", "must have the kind 'json' or 'binary'", init);
}

function illFormed(name: string, text: unknown): TypeError {
  return problem(name, "must be well-formed Unicode", JSON.stringify(text).slice(0, 100));
}

function problem(name: string, rule: string, value: unknown): TypeError {
  return new TypeError(`Cannot use event as '${name}' ${rule}: current value is ${String(value)}`);
}
