import { type RegisterEventInit, toRegisterEvent } from "../../hat/engine/register_event_init.ts";
import type { RegisterEvent } from "../../hat/event.ts";
import { parseJson } from "../../hat/json_text.ts";
import type { JsonValue } from "../../hat/json_value.ts";
import { EventPayloadJson } from "../../hat/payload.ts";
import { jsonMember } from "./json_member.ts";

/** Members that a line may have; `id` and `timestamp` are those of an event that was registered. */
const MEMBERS: readonly string[] = ["type", "sourceTimestamp", "payload", "id", "timestamp"];

/**
 * Reads an event to register from a line of JSON, as `theia eventer query --json` writes it. What the
 * server gives, id and timestamp, is passed over. A source timestamp may also be seconds since 1970. A JSON
 * payload has its value as `data`, which is registered as it is written, or its text as `text`.
 *
 * @throws {SyntaxError} When it is no JSON.
 * @throws {TypeError | RangeError} When it is no event; the message names the member.
 */
export function readRegisterLine(line: string): RegisterEvent {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("it must be a JSON object");
  }
  const unknown = Object.keys(value).find((key) => !MEMBERS.includes(key));
  if (unknown !== undefined) throw new TypeError(`'${unknown}' is no member of an event`);
  const { type, sourceTimestamp, payload } = value as { readonly [key: string]: JsonValue };
  return toRegisterEvent({
    type,
    sourceTimestamp,
    payload: readPayload(payload, line),
  } as RegisterEventInit);
}

function readPayload(payload: JsonValue | undefined, line: string): unknown {
  if (typeof payload !== "object" || payload === null || !("kind" in payload)) return payload;
  if (payload.kind === "binary") return withBytes(payload);
  if (payload.kind !== "json" || "text" in payload) return payload;
  const text = jsonMember(jsonMember(line, "payload") ?? "", "data");
  return text === undefined ? payload : EventPayloadJson.fromKnownText(text);
}

/** JSON has no bytes: they are in base64. */
function withBytes(payload: { readonly [key: string]: JsonValue }): unknown {
  const { data } = payload;
  if (typeof data !== "string") {
    throw new TypeError("'payload.data' must be bytes in base64");
  }
  try {
    return { ...payload, data: Uint8Array.fromBase64(data) };
  } catch (cause) {
    throw new TypeError("'payload.data' must be bytes in base64", { cause });
  }
}
