import type { HatEvent } from "../../hat/event.ts";
import { formatJson } from "../../hat/json_text.ts";
import type { JsonValue } from "../../hat/json_value.ts";
import type { EventPayload } from "../../hat/payload.ts";
import type { Timestamp } from "../../hat/timestamp.ts";
import { formatType } from "./type_argument.ts";

/** Bytes of a binary payload that are shown to people. */
const SHOWN_BYTES = 32;

/** An event as a line for people: timestamp, id, type, payload, and the timestamp of its source. */
export function formatEventLine(
  { id, type, timestamp, sourceTimestamp, payload }: HatEvent,
): string {
  const parts = [
    timestamp.toString(),
    `${id.server}:${id.session}:${id.instance}`,
    formatType(type),
    ...payload === undefined ? [] : [describePayload(payload)],
    ...sourceTimestamp === undefined ? [] : [`(source ${sourceTimestamp})`],
  ];
  return parts.join(" ").replaceAll("\n", "\\n");
}

/**
 * An event as a line of JSON, which `theia eventer register` reads.
 *
 * JSON payloads are in it as `data`, as they are but for line ends. Those that are JSON to Python alone,
 * such as `NaN`, would make the line none: their text is in it as `text`.
 */
export function formatEventJson(event: HatEvent): string {
  const { id, type, timestamp, sourceTimestamp, payload } = event;
  const { server, session, instance } = id;
  const head = formatJson({
    id: { server, session, instance },
    type,
    timestamp: momentOf(timestamp),
    sourceTimestamp: sourceTimestamp === undefined ? null : momentOf(sourceTimestamp),
  });
  return `${head.slice(0, -1)}, "payload": ${formatPayload(payload)}}`;
}

function describePayload(payload: EventPayload): string {
  if (payload.kind === "json") return payload.text;
  const { type, data } = payload;
  const more = data.length > SHOWN_BYTES ? "…" : "";
  return `<${type}, ${data.length} bytes: ${data.subarray(0, SHOWN_BYTES).toHex()}${more}>`;
}

function momentOf({ s, us }: Timestamp): JsonValue {
  return { s: Number.isSafeInteger(Number(s)) ? Number(s) : s, us };
}

function formatPayload(payload: EventPayload | undefined): string {
  if (payload === undefined) return "null";
  const { kind } = payload;
  if (kind === "binary") {
    return formatJson({ kind, type: payload.type, data: payload.data.toBase64() });
  }
  const { text } = payload;
  if (!isJson(text)) return formatJson({ kind, text });
  return `{"kind": "json", "data": ${text.replaceAll(/[\r\n]/g, " ")}}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
