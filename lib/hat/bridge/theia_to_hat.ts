import type { Event } from "../../event/event.ts";
import { eventToJson } from "../../event/event_json.ts";
import type { RegisterEvent } from "../event.ts";
import type { EventType } from "../event_type.ts";
import { EventPayloadJson } from "../payload.ts";
import { Timestamp } from "../timestamp.ts";

/** Seconds before and after 1970 that a timestamp of 64 bits does not reach. */
const OUT_OF_REACH = 2 ** 63;

/**
 * A Theia event as a Hat event: of the type prefix, source, tags, each a segment, and with the whole event
 * as its JSON payload.
 *
 * A timestamp that Hat's 64 bits do not reach is in the payload alone: there is no source timestamp then.
 *
 * So `["theia", "/var/log/app.log", "*"]` chooses a source, `["theia", "?", "web", "*"]` the first tag.
 *
 * @example
 * ```ts
 * import { createEvent } from "@theia/collector/event";
 * import { theiaToHat } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const event = createEvent({ source: "oven", tags: ["kitchen"], content: "212 °C" });
 * assert.deepEqual(theiaToHat(event, ["theia"]).type, ["theia", "oven", "kitchen"]);
 * ```
 *
 * @param prefix The first segments of its type.
 */
export function theiaToHat(event: Event, prefix: EventType): RegisterEvent {
  return {
    type: [...prefix, event.source, ...event.tags],
    sourceTimestamp: Math.abs(event.timestamp) < OUT_OF_REACH
      ? Timestamp.fromNumber(event.timestamp)
      : undefined,
    payload: EventPayloadJson.fromKnownText(eventToJson(event)),
  };
}

/** What tells Theia events apart, for collectors and for bridges. */
export function theiaKey({ id, timestamp }: Pick<Event, "id" | "timestamp">): string {
  return `${timestamp} ${id}`;
}
