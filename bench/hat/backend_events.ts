import { EventPayloadJson, type HatEvent, Timestamp } from "../../lib/hat/mod.ts";

/** How many types there are: 100 groups of 100 devices with 10 signals each. */
export const TYPES = 100_000;

/** Events of a session. */
export const SESSION_EVENTS = 100;

/** Milliseconds between two sessions. */
const SESSION_MS = 10;

/** Seconds since 1970 at which the first session is. */
const START = 1_700_000_000;

/** The type of a number. */
export function benchType(number: number): readonly string[] {
  const device = Math.floor(number / 10);
  return [
    "plant",
    `group${Math.floor(device / 100)}`,
    `device${device % 100}`,
    `signal${number % 10}`,
  ];
}

/** The time of a session, and some seconds more. */
export function benchTime(session: number, seconds = 0): Timestamp {
  return Timestamp.fromNumber(START + session * SESSION_MS / 1000 + seconds);
}

/** A session of events, whose types are spread over all of them. */
export function benchSession(session: number): HatEvent[] {
  const timestamp = benchTime(session);
  return Array.from({ length: SESSION_EVENTS }, (_, i) => {
    const number = session * SESSION_EVENTS + i;
    return {
      id: { server: 1, session: session + 1, instance: i + 1 },
      type: benchType(number * 7919 % TYPES),
      timestamp,
      sourceTimestamp: benchTime(session, -(number % 1000) / 1e6),
      payload: EventPayloadJson.fromKnownText(`{"value": ${number % 1000}.5, "quality": "GOOD"}`),
    };
  });
}
