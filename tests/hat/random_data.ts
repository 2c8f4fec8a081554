import type { HatEvent } from "../../lib/hat/event.ts";
import type { EventType } from "../../lib/hat/event_type.ts";
import { type EventPayload, EventPayloadBinary, EventPayloadJson } from "../../lib/hat/payload.ts";
import type { QueryParams } from "../../lib/hat/query.ts";
import { Timestamp } from "../../lib/hat/timestamp.ts";
import type { Random } from "../random.ts";

const SEGMENTS = ["a", "b", "", "plant", "č", "日本", "😀", "x".repeat(65)];

/** An event type of a few segments. */
export function randomType(random: Random): EventType {
  return Array.from({ length: random.below(5) }, () => random.pick(SEGMENTS));
}

/** A timestamp of these days, or of any. */
export function randomTimestamp(random: Random): Timestamp {
  const us = random.below(1_000_000);
  if (random.chance(0.7)) {
    return new Timestamp(BigInt(random.int(1_600_000_000, 1_900_000_000)), us);
  }
  const s = BigInt(random.below(2 ** 32)) << BigInt(random.below(32));
  return new Timestamp(BigInt.asIntN(64, s), us);
}

/** A payload of either kind. */
export function randomPayload(random: Random): EventPayload {
  if (random.chance(0.5)) {
    const data = Uint8Array.from({ length: random.below(200) }, () => random.below(256));
    return new EventPayloadBinary(random.pick(SEGMENTS), data);
  }
  return EventPayloadJson.fromText(random.pick(["1.0", '{"a": [1, null]}', '"č"', "1e-05", "[]"]));
}

/** An event with any of what an event can have. */
export function randomEvent(random: Random): HatEvent {
  return {
    id: { server: random.int(1, 3), session: random.below(2 ** 32), instance: random.int(1, 300) },
    type: randomType(random),
    timestamp: randomTimestamp(random),
    sourceTimestamp: random.chance(0.5) ? randomTimestamp(random) : undefined,
    payload: random.chance(0.7) ? randomPayload(random) : undefined,
  };
}

/** A query with some of what a query can have. */
export function randomQuery(random: Random): QueryParams {
  const eventTypes = [randomType(random), [...randomType(random), "*"]];
  const maxResults = random.below(5000);
  const lastEventId = { server: 2, session: random.below(1000), instance: random.below(10) };
  switch (random.below(3)) {
    case 0:
      return { kind: "latest", ...(random.chance(0.5) ? { eventTypes } : {}) };
    case 1:
      return {
        kind: "timeseries",
        order: random.pick(["descending", "ascending"] as const),
        orderBy: random.pick(["timestamp", "sourceTimestamp"] as const),
        ...(random.chance(0.5) ? { eventTypes } : {}),
        ...(random.chance(0.5) ? { tFrom: randomTimestamp(random) } : {}),
        ...(random.chance(0.5) ? { tTo: randomTimestamp(random) } : {}),
        ...(random.chance(0.5) ? { sourceTFrom: randomTimestamp(random) } : {}),
        ...(random.chance(0.5) ? { sourceTTo: randomTimestamp(random) } : {}),
        ...(random.chance(0.5) ? { maxResults } : {}),
        ...(random.chance(0.5) ? { lastEventId } : {}),
      };
    default:
      return {
        kind: "server",
        serverId: 2,
        persisted: random.chance(0.5),
        ...(random.chance(0.5) ? { maxResults } : {}),
        ...(random.chance(0.5) ? { lastEventId } : {}),
      };
  }
}
